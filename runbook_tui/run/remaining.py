"""What is left to do in each phase, in seconds, by past runs and estimates. Pure.

A plan may have ten thousand steps and a run a new state with each event: what hangs on the plan
alone is summed up once, and a state takes away from that what it has begun.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from runbook_tui.book.model import Phase, Step
from runbook_tui.book.moments import parse_moment
from runbook_tui.book.spreading import is_spread
from runbook_tui.frozen import frozen
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.once import of_parts, of_state, once
from runbook_tui.run.outline import Outline
from runbook_tui.run.state import BROKEN, OVER, RunState, Status


def estimated(state: RunState, id_: str) -> float:
    """Seconds a step is planned to take by itself; 0 where nothing is said.

    What a group of steps is planned to take is that of the steps in it, where they say so.
    """
    return _estimated(state.outline.steps[id_])


def _estimated(step: Step) -> float:
    if step.estimate is None or any(inner.estimate for s in step.steps for inner in s.walk()):
        return 0.0
    return step.estimate.maximum


@frozen(kw_only=False)
class Take:
    """Seconds that a step is likely to take, and that it takes if it is slow (nine of ten are
    quicker)."""

    likely: float
    slow: float


def take(outline: Outline, id_: str, past: Past = NO_PAST) -> Take | None:
    """How long a step takes by itself: by past runs, else by its estimate; None if nobody knows.

    What holds others takes what these take, where that is known. One on several machines takes its
    slowest machine, as often as it has batches.
    """
    step = outline.steps[id_]
    if outline.on_one_of_several(id_):
        return None
    if is_spread(step):
        known = [found for inner in step.steps if (found := past.steps.get(inner.id))]
        if known:
            turns = math.ceil(len(step.steps) / (step.batch or len(step.steps)))
            return Take(turns * max(k.median for k in known), turns * max(k.p90 for k in known))
    elif any(inner.id in past.steps for s in step.steps for inner in s.walk()):
        return None
    if (found := past.steps.get(id_)) is not None:
        return Take(found.median, found.p90)
    seconds = _estimated(step)
    return Take(seconds, seconds) if seconds else None


def period(
    state: RunState, phase: Phase, zone: tzinfo | None = None
) -> tuple[float | None, float | None]:
    """When a phase may begin and must be over, as the plan says; None where it says nothing that
    is a moment."""
    begins = parse_moment(phase.starts) if phase.starts else None
    ends = parse_moment(phase.ends) if phase.ends else None
    return (
        None if begins is None else begins.resolve(state.started, zone=zone),
        None if ends is None else ends.resolve(state.started, end=True, zone=zone),
    )


@frozen(kw_only=False)
class Part:
    """A phase: its planned seconds, what is left of what does not run, and of each step that
    runs what it takes, with the moment it was started. ``begins``: not before that moment, as
    long as nothing in it is ``touched``. ``unknown`` counts the open steps that nobody knows."""

    whole: float
    left: Take
    begun: tuple[tuple[Take, float], ...]
    unknown: int
    begins: float | None
    touched: bool

    def left_at(self, now: float) -> tuple[float, float]:
        """Seconds that are left, likely and if all is slow."""
        likely, slow = self.left.likely, self.left.slow
        for wanted, started in self.begun:
            likely += max(0.0, wanted.likely - (now - started))
            slow += max(0.0, wanted.slow - (now - started))
        return likely, slow

    def not_before(self, at: float) -> float:
        """That moment, or the one at which it may begin."""
        waits = self.begins is not None and not self.touched and self.left.slow
        return max(at, self.begins or at) if waits else at


@of_state
def parts_of(state: RunState, past: Past, zone: tzinfo | None) -> tuple[Part, ...]:
    """What is left in each phase, in the plan's order."""
    sums = _sums(state, past)
    return tuple(
        _part(sums.get(phase.id, _Sum()), period(state, phase, zone)[0])
        for phase in state.runbook.phases
    )


def _part(found: _Sum, begins: float | None) -> Part:
    known = found.known > 0
    left = Take(max(0.0, found.likely), max(0.0, found.slow)) if known else Take(0.0, 0.0)
    return Part(found.whole, left, tuple(found.begun), found.unknown, begins, found.touched)


@dataclass(slots=True)
class _Sum:
    """A phase being summed up; ``known`` counts the steps in ``likely`` and ``slow``."""

    whole: float = 0.0
    likely: float = 0.0
    slow: float = 0.0
    known: int = 0
    unknown: int = 0
    begun: list[tuple[Take, float]] = field(default_factory=list)
    touched: bool = False

    def copy(self) -> _Sum:
        return _Sum(self.whole, self.likely, self.slow, self.known, self.unknown)

    def take_away(self, wanted: Take) -> None:
        self.likely -= wanted.likely
        self.slow -= wanted.slow
        self.known -= 1


@of_parts("outline", "steps")
def _sums(state: RunState, past: Past) -> Mapping[str, _Sum]:
    """By phase, what is left of the whole once what was begun is taken away."""
    whole, takes = _planned(state.outline, past)
    sums = {phase: found.copy() for phase, found in whole.items()}
    nodes = state.outline.nodes
    for id_, step in state.steps.items():
        node = nodes.get(id_)
        if node is None or id_ not in state.outline.steps:
            continue
        found = sums[node.phase]
        found.touched = found.touched or step.touched
        wanted = takes.get(id_, MISSING)
        if wanted is MISSING:
            continue
        if wanted is None:
            found.unknown -= step.status in OVER
        elif step.status in OVER or step.status is Status.WAITING:
            found.take_away(wanted)
        elif step.started is not None and step.status not in BROKEN:
            found.take_away(wanted)
            found.begun.append((wanted, step.started))
    return sums


MISSING = Take(-1.0, -1.0)
"""Of a step that only holds others: it is not counted at all."""


@once
def _planned(outline: Outline, past: Past) -> tuple[Mapping[str, _Sum], Mapping[str, Take | None]]:
    """By phase the sums of a run in which nothing was begun, and what each step takes."""
    sums: dict[str, _Sum] = {}
    takes: dict[str, Take | None] = {}
    for id_ in outline.order:
        found = sums.setdefault(outline[id_].phase, _Sum())
        wanted = take(outline, id_, past)
        if wanted is None:
            if not outline.is_group(id_) and not outline.on_one_of_several(id_):
                takes[id_] = None
                found.unknown += 1
            continue
        takes[id_] = wanted
        found.whole += _estimated(outline.steps[id_]) or wanted.likely
        found.likely += wanted.likely
        found.slow += wanted.slow
        found.known += 1
    return sums, takes
