"""When a run will be done, and how its parts lie in time: planned one after another, and really.

The plan's time is that of its estimates, a step beginning where the one before it ends. A step
without an estimate takes no planned time. All times are epoch seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from runbook_tui.run.once import of_state
from runbook_tui.run.state import OVER, RunState, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A phase or step in time; ``began`` and ``ended`` are None where that did not happen yet."""

    id: str
    planned_from: float
    planned_to: float
    began: float | None = None
    ended: float | None = None

    @property
    def planned(self) -> float:
        """Planned seconds; 0 where nothing was estimated."""
        return self.planned_to - self.planned_from

    def over_by(self, now: float) -> float | None:
        """Seconds it took, or takes by now, beyond its estimate; None where there is none."""
        if self.began is None or not self.planned:
            return None
        return (self.ended if self.ended is not None else now) - self.began - self.planned


def estimated(state: RunState, id_: str) -> float:
    """Seconds a step is planned to take by itself; 0 where nothing is said.

    What a group of steps is planned to take is that of the steps in it, where they say so.
    """
    step = state.outline.steps[id_]
    if step.estimate is None or any(inner.estimate for s in step.steps for inner in s.walk()):
        return 0.0
    return step.estimate.maximum


def expected_finish(state: RunState, now: float) -> float | None:
    """When the run would be done by its estimates; None where nothing is estimated."""
    work = _work(state)
    begun = sum(max(0.0, wanted - (now - started)) for wanted, started in work.begun)
    return now + work.left + begun if work.whole else None


def lateness(state: RunState, now: float) -> float | None:
    """Seconds by which the expected finish lies behind the planned one; negative where before."""
    end = expected_finish(state, now)
    return None if end is None else end - state.started - _work(state).whole


@dataclass(frozen=True, slots=True)
class _Work:
    """Planned seconds: of the whole, of what was not begun, and of each step that was, with the
    moment it was started."""

    whole: float
    left: float
    begun: tuple[tuple[float, float], ...]


@of_state
def _work(state: RunState) -> _Work:
    whole = left = 0.0
    begun = []
    for id_ in state.outline.order:
        wanted = estimated(state, id_)
        whole += wanted
        found = state.step(id_)
        if not wanted or found.status in OVER:
            continue
        if found.started is None:
            left += wanted
        else:
            begun.append((wanted, found.started))
    return _Work(whole, left, tuple(begun))


@of_state
def slots(state: RunState) -> tuple[Slot, ...]:
    """Every phase, change and step in document order, but those without a step in them."""
    planned: dict[str, tuple[float, float]] = {}
    at = state.started
    for id_ in state.outline.order:
        planned[id_] = (at, at + estimated(state, id_))
        at = planned[id_][1]
    found = []
    for node in state.outline.nodes.values():
        inside = [step.id for step in state.outline.steps_inside(node.id)]
        if inside:
            span = (planned[inside[0]][0], planned[inside[-1]][1])
            found.append(_slot(state, node.id, inside, span))
    return tuple(found)


def _slot(state: RunState, id_: str, inside: list[str], planned: tuple[float, float]) -> Slot:
    steps = [state.step(step) for step in inside]
    ran = [s for s in steps if s.touched and s.status is not Status.SKIPPED]
    starts = [s.started for s in ran if s.started is not None]
    ends = [s.finished for s in ran if s.finished is not None]
    through = all(s.status in OVER or (s in ran and len(steps) == 1) for s in steps)
    return Slot(
        id=id_,
        planned_from=planned[0],
        planned_to=planned[1],
        began=min(starts, default=None),
        ended=max(ends) if ends and through else None,
    )
