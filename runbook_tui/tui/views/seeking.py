"""Finding a node by any words of it: its title, text, commands, undo, checks, notes."""

from __future__ import annotations

from runbook_tui.book.model import Step
from runbook_tui.frozen import frozen
from runbook_tui.run.state import RunState
from runbook_tui.tui.views.tone import GLYPHS, Line, cells, spread
from runbook_tui.tui.views.words import said

MOST = 200
LONGEST = 20_000
"""Characters of a node that are looked through."""
IN_THE_REST = 2
"""The rank of what holds the words beside its title."""


@frozen
class Place:
    """A node with all that it can be found by; ``folded`` is that without capitals."""

    id: str
    title: str
    lines: tuple[str, ...]
    folded: str
    title_folded: str


@frozen
class Hit:
    """A node that was found, and the line of it that holds the words; empty: its title does."""

    id: str
    title: str
    line: str = ""
    folder: str = ""
    """Of the command that put the line out; empty: it stands in the plan or a note."""


def places(state: RunState) -> tuple[Place, ...]:
    """Every node, made ready to be looked through; to be made once for many searches."""
    notes: dict[str, list[str]] = {}
    for note in state.notes:
        notes.setdefault(note.node, []).append(note.text)
    found = []
    for node in state.outline.nodes.values():
        texts = [getattr(node.item, "text", "") or "", *notes.get(node.id, ())]
        if isinstance(node.item, Step):
            texts += [node.item.run or "", node.item.undo or ""]
        body = "\n".join(texts)[:LONGEST]
        found.append(
            Place(id=node.id, title=node.title, lines=tuple(body.splitlines()),
                  folded=f"{node.title}\n{node.id}\n{body}".casefold(),
                  title_folded=node.title.casefold())
        )  # fmt: skip
    return tuple(found)


def find(among: tuple[Place, ...], text: str) -> list[Hit]:
    """What holds every word of a text, the best first: at the start of a title, in it, in the rest,
    then titles that hold its letters in this order."""
    words = text.casefold().split()
    if not words:
        return [Hit(id=place.id, title=place.title) for place in among[:MOST]]
    # Of thousands that hold a letter only those that are shown are looked at more closely.
    ranks = ((_rank(place, words), number) for number, place in enumerate(among))
    best = sorted((rank, number) for rank, number in ranks if rank is not None)[:MOST]
    return [_hit(among[number], words, rank) for rank, number in best]


def _hit(place: Place, words: list[str], rank: int) -> Hit:
    line = _line(place, words) if rank == IN_THE_REST else ""
    return Hit(id=place.id, title=place.title, line=line)


def _rank(place: Place, words: list[str]) -> int | None:
    title = place.title_folded
    if _holds(title, words):
        return 0 if title.startswith(words[0]) else 1
    if _holds(place.folded, words):
        return IN_THE_REST
    return 3 if _in_order("".join(words), title) else None


def _holds(text: str, words: list[str]) -> bool:
    for word in words:  # noqa: SIM110  `all` of a generator takes four times as long
        if word not in text:
            return False
    return True


def _in_order(letters: str, title: str) -> bool:
    """Whether a title holds these letters one after another."""
    at = 0
    for letter in letters:
        at = title.find(letter, at) + 1
        if not at:
            return False
    return True


def _line(place: Place, words: list[str]) -> str:
    rest = [word for word in words if word not in place.title_folded] or words
    for wanted in (rest, rest[:1]):
        for line in place.lines:
            folded = line.casefold()
            if all(word in folded for word in wanted):
                return line.strip()
    return ""


def row(state: RunState, hit: Hit, width: int) -> Line:
    """One that was found: its sign, title, line, and what it lies in."""
    glyph, tone = (
        GLYPHS[state.step(hit.id).status] if hit.id in state.outline.steps else ("·", "dim")
    )
    left: Line = [(f"{glyph} ", tone), (said(hit.title, 200), "strong")]
    if hit.folder:
        left = [("› ", "accent"), (said(hit.title, 200), "plain")]
    if hit.line:
        left.append((f"  {said(hit.line, 200)}", "accent" if hit.folder else "dim"))
    around = _around(state, hit.id, width // 2) if width >= 60 else ""
    return spread(left, [(around, "dim")] if around else [], width)


def _around(state: RunState, id_: str, room: int) -> str:
    """What a node lies in, from the inside out as far as there is room: many a group is called
    like that of another change."""
    parent = state.outline[id_].parent
    if not parent:
        return ""
    words = said(state.outline[parent].title, 30)
    while parent := state.outline[parent].parent:
        more = f"{said(state.outline[parent].title, 30)} › {words}"
        if cells(more) > room:
            break
        words = more
    return words
