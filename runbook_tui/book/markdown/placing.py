"""Gates on the nodes that their sentences mean: by number, by title, by where they stand."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

from runbook_tui.book.ids import slug
from runbook_tui.book.markdown.gates import Sentence
from runbook_tui.book.markdown.numbers import phase_at
from runbook_tui.book.model import Change, Gate, GateStatement, Phase, Step
from runbook_tui.frozen import frozen

PHASE = re.compile(r"\b(?:phase|fase|stage)\s(\d{1,4})\b", re.IGNORECASE)
LETTERED = re.compile(r"\b(?:phase|fase|stage|part|teil)\s([A-Za-z])\b(?!['’-])", re.IGNORECASE)
STEP = re.compile(r"\b(?:steps?|paso|schritt|#)\s?#?(\d{1,3}(?:\.\d{1,3}){0,4})\b", re.IGNORECASE)
HERE = re.compile(
    r"^(?:(?:start|begin|run|execut|proceed|continu|do|perform)\w* ?(?:with )?)?"
    r"(?:this|the) (?:step|phase|change|section|task)\b"
    r"|^(?:cette|diese[nmrs]?|este|esta|essa) "
    r"(?:étape|phase|schritt|paso|passo|etapa|fase|tarefa)\b"
    r"|^(?:执行|実行|実施|进行|выполнением)\W*$",
    re.IGNORECASE,
)
NEXT = re.compile(
    r"^(?:we |you )?(?:proceed|continu|mov|go|advanc)\w*(?: (?:on|further|ahead))?$"
    r"|^(?:poursuivre|fortfahren|fortgefahren wird|seguir|avanzar|prosseguir)$"
    r"|\bnext (?:step|phase)\b",
    re.IGNORECASE,
)
START = re.compile(r"^(?:we |you |anyone |anything )?(?:start|begin)\w*$", re.IGNORECASE)
DULL = frozenset(
    {
        "the", "and", "any", "for", "with", "this", "that", "our", "its", "into", "from",
        "onto", "before", "starting", "start", "begin", "beginning", "begins", "starts", "run",
        "running", "proceed", "proceeding", "continue", "continuing", "can", "may", "step",
        "der", "die", "das", "den", "dem", "wird", "werden", "ist", "ein", "eine", "le", "la",
        "les", "de", "du", "des", "est", "el", "los", "las", "del", "se", "es", "os", "as",
        "phase", "to", "of", "in", "on", "a", "an", "it", "is", "be", "are", "we", "you",
    }
)  # fmt: skip


@frozen(kw_only=False)
class GateNode:
    """A node that can have a gate; ``number`` as the plan counts it, ``phase`` the one it is in."""

    id: str
    line: int
    number: str
    phase: str
    kind: str
    words: tuple[str, ...]


class GateNodes:
    """The nodes of a plan, found by line, by number and by the words of their titles."""

    def __init__(self, phases: tuple[Phase, ...], numbers: Mapping[str, str]) -> None:
        self.phases = phases
        self.all = list(_places(phases, numbers))
        self.by_line = {p.line: p for p in reversed(self.all)}
        self.by_id = {p.id: p for p in self.all}
        self._by_number: dict[str, list[GateNode]] = {}
        self._by_words: dict[str, GateNode | None] = {}
        for place in self.all:
            if place.number:
                self._by_number.setdefault(place.number, []).append(place)

    def standing(self, sentence: Sentence) -> GateNode | None:
        """The innermost node that the sentence stands in."""
        return next((self.by_line[n] for n in sentence.around if n in self.by_line), None)

    def first_behind(self, sentence: Sentence) -> GateNode | None:
        """The first phase, for what stands above all of them and in no section of its own."""
        first = self.by_id[self.phases[0].id] if self.phases else None
        outside = not any(line in self.by_line for line in sentence.around)
        if first is None or not outside:
            return None
        # A document that is one phase has that phase from its first line on.
        begins = next((s.line for s in self.phases[0].walk()), 0) if first.line == 1 else first.line
        return first if sentence.line < begins else None

    def numbered(self, number: str, near: GateNode | None) -> GateNode | None:
        """The step of a number: the one in the same phase, else the only one."""
        counted = self._by_number.get(number, [])
        same = [p for p in counted if p.kind == "step"] or counted
        beside = next((p for p in same if near is not None and p.phase == near.phase), None)
        return beside or (same[0] if len(same) == 1 else None)

    def lettered(self, letter: str) -> GateNode | None:
        """The phase that counts with this letter: “Phase B”."""
        for phase in self.phases:
            found = LETTERED.search(phase.title)
            if found is not None and found.group(1).lower() == letter.lower():
                return self.by_id[phase.id]
        return None

    def titled(self, what: str) -> GateNode | None:
        """The first node whose title has most of the words, their first one among them."""
        if what not in self._by_words:
            self._by_words[what] = self._with_words([w for w in _words(what) if w not in DULL])
        return self._by_words[what]

    def _with_words(self, wanted: list[str]) -> GateNode | None:
        best: tuple[float, GateNode] | None = None
        for place in self.all if wanted else ():
            hits = [any(_alike(w, t) for t in place.words) for w in wanted]
            share = sum(hits) / len(hits) if any(hits[:2]) else 0.0
            if share >= 0.5 and (best is None or share > best[0]):
                best = (share, place)
        return best[1] if best else None


def gated(
    found: list[Sentence], phases: tuple[Phase, ...], numbers: Mapping[str, str], title: str = ""
) -> tuple[tuple[Phase, ...], dict[str, tuple[str, ...]], tuple[GateStatement, ...]]:
    """The phases with their gates, the roles that these need, and what was read.

    ``numbers`` are those of steps in the plan, by id; ``title`` is that of the whole: what is
    before all of it is before its first phase. Anyone may hold a role that a plan names.
    """
    places = GateNodes(phases, numbers)
    gates: dict[str, Gate] = {}
    roles: dict[str, tuple[str, ...]] = {}
    statements = []
    for sentence in found:
        place = _meant(sentence, places)
        if place is None and (sentence.what is None or _names(sentence.what, title)):
            place = places.first_behind(sentence)
        if place is None and sentence.what is None:
            continue
        before = place.id if place else None
        statements.append(GateStatement(line=sentence.line, approver=sentence.who, before=before))
        if before is not None:
            names = _roles(sentence.who)
            roles.update((name, ("*",)) for name in names if name != "lead")
            known = gates[before].roles if before in gates else ()
            gates[before] = Gate(roles=tuple(dict.fromkeys((*known, *names))), line=sentence.line)
    return tuple(_with(p, gates) for p in phases), roles, tuple(statements)


def _names(what: str, title: str) -> bool:
    """Whether words say the whole plan by its title: “the failover”."""
    wanted = [w for w in _words(what) if w not in DULL]
    there = _words(title)
    return bool(wanted) and all(any(_alike(w, t) for t in there) for w in wanted)


def _roles(who: str) -> tuple[str, ...]:
    """``CTO and QA`` are two roles; each is a word or words joined by “-”."""
    parts = re.split(r"\s(?:and|&)\s|,\s", who)
    # A name in other letters than ours would be no name at all.
    names = (slug(part) if re.search(r"[a-z]", part, re.IGNORECASE) else "" for part in parts)
    return tuple(dict.fromkeys(name or "approver" for name in names))


def _places(phases: tuple[Phase, ...], numbers: Mapping[str, str]) -> Iterator[GateNode]:
    for phase in phases:
        inside: list[tuple[str, Phase | Change | Step]] = [("phase", phase)]
        inside += [("change", change) for change in phase.changes]
        inside += [("step", step) for step in phase.walk()]
        for kind, node in inside:
            number = numbers.get(node.id, "")
            words = tuple(_words(node.title))
            yield GateNode(node.id, node.line, number, phase.id, kind, words)


def _meant(sentence: Sentence, places: GateNodes) -> GateNode | None:
    standing = places.standing(sentence)
    what = (sentence.what or "").strip(" “”\"'’")
    if not what or HERE.search(what):
        return standing
    if NEXT.search(what):
        after = (p for p in places.all if p.line > sentence.line and p.kind == "step")
        return next(after, None)
    if START.search(what):
        return standing or next(iter(places.all), None)
    phase = PHASE.search(what)
    if phase:
        meant = phase_at(int(phase.group(1)), places.phases)
        return places.by_id[meant.id] if meant else None
    letter = LETTERED.search(what)
    if letter and (named := places.lettered(letter.group(1))):
        return named
    step = STEP.search(what)
    numbered = places.numbered(step.group(1), standing) if step else None
    return numbered or places.titled(what)


def _words(text: str) -> list[str]:
    return re.findall(r"\w{2,}", re.sub(r"(?<=\w)-(?=\w)", "", text.lower()))[:30]


def _alike(one: str, other: str) -> bool:
    """Whether two words have one stem: deploying and deployment, merge and merging."""
    common = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        common += 1
    return one == other or common >= max(4, min(len(one), len(other)) - 2)


def _with(phase: Phase, gates: Mapping[str, Gate]) -> Phase:
    if not gates:
        return phase
    return dataclasses.replace(
        phase,
        gate=gates.get(phase.id),
        changes=tuple(_changed(c, gates) for c in phase.changes),
        steps=tuple(_stepped(s, gates) for s in phase.steps),
    )


def _changed(change: Change, gates: Mapping[str, Gate]) -> Change:
    steps = tuple(_stepped(s, gates) for s in change.steps)
    return dataclasses.replace(change, gate=gates.get(change.id), steps=steps)


def _stepped(step: Step, gates: Mapping[str, Gate]) -> Step:
    if step.id not in gates and not step.steps:
        return step
    inner = tuple(_stepped(s, gates) for s in step.steps)
    return dataclasses.replace(step, gate=gates.get(step.id), steps=inner)
