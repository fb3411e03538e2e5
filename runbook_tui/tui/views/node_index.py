"""All nodes of a run made ready to be looked through: folded, and many of them as one text.

In one text of hundreds of nodes Python looks for a word in one call; asking each node by itself
takes ten times as long.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from re import Pattern

from runbook_tui.book.model import Step
from runbook_tui.run.nodes import Node
from runbook_tui.run.once import of_parts
from runbook_tui.run.state import RunState

LONGEST = 20_000
"""Characters of a node that are looked through."""
PIECE = 512
"""Nodes that are made ready, or looked through, in one go: at most some milliseconds."""
BETWEEN = "\0"
"""Stands between two nodes, and in none of them."""


def holds(text: str, words: Sequence[str]) -> bool:
    """Whether a text holds every word."""
    for word in words:  # noqa: SIM110  `all` of a generator takes four times as long
        if word not in text:
            return False
    return True


class Joined:
    """Texts behind one another, in which it is found which of them hold something."""

    def __init__(self, parts: list[str]) -> None:
        self.parts = parts
        self._text = BETWEEN + BETWEEN.join(parts)
        self._begins: list[int] = []
        at = 1
        for part in parts:
            self._begins.append(at)
            at += len(part) + 1

    def holding(self, words: Sequence[str], start: str = "") -> Iterator[int]:
        """Numbers of the texts that hold every word, and begin with ``start``; in order."""
        begins, parts, text = self._begins, self.parts, self._text
        wanted = [*words, BETWEEN + start] if start else words
        # Who looks for the rarest of them passes over most of the texts.
        rarest = min(wanted, key=text.count) if len(wanted) > 1 else wanted[0]
        at = text.find(rarest)
        while at >= 0:
            number = bisect_right(begins, at + (rarest[0] == BETWEEN)) - 1
            if parts[number].startswith(start) and holds(parts[number], words):
                yield number
            if number + 1 == len(parts):
                return
            at = text.find(rarest, begins[number + 1] - 1)

    def matching(self, pattern: Pattern[str]) -> Iterator[int]:
        """Numbers of the texts that match behind the sign that stands before each."""
        for found in pattern.finditer(self._text):
            yield bisect_right(self._begins, found.start() + 1) - 1


class Piece:
    """Nodes that stand behind one another in the plan, the first of which has a number."""

    def __init__(
        self, first: int, nodes: Iterable[Node], notes: Mapping[str, Sequence[str]]
    ) -> None:
        self.first = first
        titles, texts = [], []
        for node in nodes:
            titles.append(_folded(node.title))
            texts.append(_folded(f"{node.title}\n{node.id}\n{body(node, notes)}"))
        self.titles = Joined(titles)
        self.texts = Joined(texts)


def _folded(text: str) -> str:
    return text.replace(BETWEEN, " ").casefold()


def body(node: Node, notes: Mapping[str, Sequence[str]]) -> str:
    """What a node can be found by beside its title and id: text, notes, command, undo."""
    texts = [getattr(node.item, "text", "") or "", *notes.get(node.id, ())]
    if isinstance(node.item, Step):
        texts += [node.item.run or "", node.item.undo or ""]
    return "\n".join(texts)[:LONGEST]


class Index:
    """Every node of a run and what it can be found by, made ready as it is needed.

    For one thread: whoever looks makes ready what is not yet.
    """

    def __init__(self, nodes: Sequence[Node], notes: Mapping[str, Sequence[str]]) -> None:
        self.nodes = nodes
        self._notes = notes
        self._pieces: list[Piece] = []
        self.looked_at = 0
        """How many pieces were looked through or made ready until now."""

    @property
    def whole(self) -> bool:
        """Whether all of it is ready."""
        return len(self._pieces) * PIECE >= len(self.nodes)

    def pieces(self) -> Iterator[Piece]:
        """All pieces in order; what is not ready yet is made so when its turn comes."""
        number = 0
        while number * PIECE < len(self.nodes):
            if number == len(self._pieces):
                self.make_next()
            self.looked_at += 1
            yield self._pieces[number]
            number += 1

    def make_next(self) -> None:
        """Make another piece ready, where it is not yet `whole`."""
        first = len(self._pieces) * PIECE
        nodes = self.nodes[first : first + PIECE]
        self._pieces.append(Piece(first, nodes, self._notes))

    def body(self, number: int) -> str:
        """What a node can be found by beside its title and id, as it was written."""
        return body(self.nodes[number], self._notes)

    def folded(self, number: int) -> tuple[str, str]:
        """The title of a node that was looked at, and all of it, without capitals."""
        piece, at = self._pieces[number // PIECE], number % PIECE
        return piece.titles.parts[at], piece.texts.parts[at]


@of_parts("outline", "notes")
def index(state: RunState) -> Index:
    """The index of a run, the same as long as its plan and its notes are."""
    notes: dict[str, list[str]] = {}
    for note in state.notes:
        notes.setdefault(note.node, []).append(note.text)
    return Index(tuple(state.outline.nodes.values()), notes)
