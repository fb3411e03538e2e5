"""Gates on the nodes that their sentences mean: by number, by title, by where they stand."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from runbook_tui.book.markdown.gates import Sentence
from runbook_tui.book.markdown.numbers import phase_at
from runbook_tui.book.model import Change, Gate, GateStatement, Phase, Step

PHASE = re.compile(r"\b(?:phase|fase|stage)\s(\d{1,4})\b", re.IGNORECASE)
STEP = re.compile(r"\b(?:steps?|paso|schritt|#)\s?#?(\d{1,3}(?:\.\d{1,3}){0,4})\b", re.IGNORECASE)
HERE = re.compile(
    r"^(?:(?:start|begin|run|execut|proceed|continu|do|perform)\w* ?(?:with )?)?"
    r"(?:this|the) (?:step|phase|change|section|task)\b",
    re.IGNORECASE,
)
NEXT = re.compile(
    r"^(?:we |you )?(?:proceed|continu|mov|go|advanc)\w*(?: (?:on|further|ahead))?$"
    r"|\bnext (?:step|phase)\b",
    re.IGNORECASE,
)
START = re.compile(r"^(?:we |you |anyone |anything )?(?:start|begin)\w*$", re.IGNORECASE)
DULL = frozenset(
    {
        "the", "and", "any", "for", "with", "this", "that", "our", "its", "into", "from",
        "onto", "before", "starting", "start", "begin", "beginning", "begins", "starts", "run",
        "running", "proceed", "proceeding", "continue", "continuing", "can", "may", "step",
        "phase", "to", "of", "in", "on", "a", "an", "it", "is", "be", "are", "we", "you",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A node that can have a gate; ``number`` as the plan counts it, ``phase`` the one it is in."""

    id: str
    title: str
    line: int
    number: str
    phase: str
    kind: str


def gated(
    found: list[Sentence], phases: tuple[Phase, ...], numbers: Mapping[str, str]
) -> tuple[tuple[Phase, ...], dict[str, tuple[str, ...]], tuple[GateStatement, ...]]:
    """The phases with their gates, the roles that these need, and what was read.

    ``numbers`` are those of steps in the plan, by id. Anyone may hold a role that a plan names.
    """
    places = _places(phases, numbers)
    gates: dict[str, Gate] = {}
    roles: dict[str, tuple[str, ...]] = {}
    statements = []
    for sentence in found:
        place = _meant(sentence, places, phases)
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


def _roles(who: str) -> tuple[str, ...]:
    """``CTO and QA`` are two roles; each is a word or words joined by “-”."""
    parts = re.split(r"\s(?:and|&)\s|,\s", who)
    names = (re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts)
    return tuple(dict.fromkeys(name or "approver" for name in names))


def _places(phases: tuple[Phase, ...], numbers: Mapping[str, str]) -> list[Place]:
    found = []
    for phase in phases:
        found.append(
            Place(phase.id, phase.title, phase.line, numbers.get(phase.id, ""), phase.id, "phase")
        )
        found += [Place(c.id, c.title, c.line, "", phase.id, "change") for c in phase.changes]
        found += [
            Place(s.id, s.title, s.line, numbers.get(s.id, ""), phase.id, "step")
            for s in phase.walk()
        ]
    return found


def _meant(sentence: Sentence, places: list[Place], phases: tuple[Phase, ...]) -> Place | None:
    standing = _standing(sentence, places)
    what = (sentence.what or "").strip(" “”\"'’")
    if not what or HERE.search(what):
        return standing
    if NEXT.search(what):
        return next((p for p in places if p.line > sentence.line and p.kind == "step"), None)
    if START.search(what):
        return standing or next(iter(places), None)
    numbered = _numbered(what, sentence, places, phases)
    return numbered or _titled(what, places)


def _standing(sentence: Sentence, places: list[Place]) -> Place | None:
    """The innermost node that the sentence stands in."""
    by_line = {p.line: p for p in reversed(places)}
    return next((by_line[line] for line in sentence.around if line in by_line), None)


def _numbered(
    what: str, sentence: Sentence, places: list[Place], phases: tuple[Phase, ...]
) -> Place | None:
    phase = PHASE.search(what)
    if phase:
        meant = phase_at(int(phase.group(1)), phases)
        return next((p for p in places if meant and p.id == meant.id), None)
    step = STEP.search(what)
    if step is None:
        return None
    same = [p for p in places if p.number == step.group(1)]
    standing = _standing(sentence, places)
    near = [p for p in same if standing and p.phase == standing.phase]
    return next(iter(near or same), None) if near or len(same) == 1 else None


def _titled(what: str, places: list[Place]) -> Place | None:
    """The first node whose title has most of the words, their first one among them."""
    wanted = [w for w in _words(what) if w not in DULL]
    best: tuple[float, Place] | None = None
    for place in places:
        titled = _words(place.title)
        hits = [any(_alike(w, t) for t in titled) for w in wanted]
        share = sum(hits) / len(hits) if hits and (hits[0] or all(hits[1:2])) else 0.0
        if share >= 0.5 and (best is None or share > best[0]):
            best = (share, place)
    return best[1] if best else None


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
    inner = tuple(_stepped(s, gates) for s in step.steps)
    return dataclasses.replace(step, gate=gates.get(step.id), steps=inner)
