"""When a run will be done, and how its parts lie in time: planned one after another, and really.

The plan's time is that of its estimates, a step beginning where the one before it ends. A step
without an estimate takes no planned time. What is foretold goes by past runs where there are any.
What takes longer than foretold counts as about to end. All times are epoch seconds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from runbook_tui.book.model import Phase
from runbook_tui.frozen import frozen
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.once import of_state
from runbook_tui.run.order import closed
from runbook_tui.run.remaining import estimated, parts_of, period
from runbook_tui.run.state import OVER, RunState, Status

SHORT = 5.0
"""Seconds within which nobody wants to hear that a step takes longer than it did before."""


@frozen
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


@frozen
class Forecast:
    """When a run will be done: ``likely``, and ``slow`` if all that is left is slow together.

    ``late`` is by how many seconds the likely end lies behind the planned one; negative is
    before. ``unknown`` counts the open steps of which nobody knows how long they take.
    """

    likely: float
    slow: float
    late: float
    unknown: int = 0


def forecast(
    state: RunState, now: float, past: Past = NO_PAST, zone: tzinfo | None = None
) -> Forecast | None:
    """When the run would be done from now on; None where nothing says how long it takes.

    Steps are taken one after another, as in the plan, and no phase before it may start (by the
    time of day in ``zone``, the person's). How long people take to sign and to decide is not
    foretold.
    """
    parts = parts_of(state, past, zone)
    if not any(part.whole for part in parts) or state.finished is not None:
        return None
    likely = slow = now
    planned = state.started
    for part in parts:
        more, most = part.left_at(now)
        likely = part.not_before(likely) + more
        slow = part.not_before(slow) + most
        planned = max(planned, part.begins or planned) + part.whole
    return Forecast(
        likely=likely,
        slow=slow,
        late=likely - planned,
        unknown=sum(part.unknown for part in parts),
    )


@frozen
class Delay:
    """What it costs to lose time now: ``free`` seconds do not move the end, since phases behind
    them may only start at their time (the first is ``phase``, at ``until``); every further one
    moves it by itself."""

    free: float = 0.0
    phase: str = ""
    until: float | None = None


def delay(
    state: RunState, now: float, past: Past = NO_PAST, zone: tzinfo | None = None
) -> Delay | None:
    """What it costs to lose time now; None where nothing says how long the run takes."""
    parts = parts_of(state, past, zone)
    if not any(part.whole for part in parts) or state.finished is not None:
        return None
    at = now
    found = Delay()
    for phase, part in zip(state.runbook.phases, parts, strict=True):
        starts = part.not_before(at)
        if starts > at:
            first = found if found.phase else Delay(phase=phase.id, until=starts)
            found = replace(first, free=found.free + starts - at)
        at = starts + part.left_at(now)[0]
    return found


def overruns(state: RunState, now: float, past: Past = NO_PAST) -> tuple[tuple[str, float], ...]:
    """Ids of running steps that take longer than estimated (without an estimate: than slow ones
    took, and longer than `SHORT`), each with the seconds over it."""
    found = []
    for id_ in sorted(state.busy & state.outline.steps.keys()):
        step = state.step(id_)
        known = past.steps.get(id_)
        wanted = estimated(state, id_) or (max(known.p90, SHORT) if known is not None else 0.0)
        if step.status is Status.RUNNING and step.started is not None and wanted:
            over = now - step.started - wanted
            if over > 0:
                found.append((id_, over))
    return tuple(found)


@frozen
class Window:
    """What is to be over by ``ends``: a phase with all before it.

    ``left`` is what that still takes if it is slow, ``back`` how long a rollback may take.
    """

    phase: str
    ends: float
    left: float
    back: float

    @property
    def safe_until(self) -> float:
        """The last moment to begin what is left so that a rollback after it still fits."""
        return self.ends - self.back - self.left

    @property
    def turn_back_by(self) -> float:
        """The last moment at which a rollback can begin and be over in time."""
        return self.ends - self.back


def window(
    state: RunState, now: float, past: Past = NO_PAST, *, back: float = 0.0,
    zone: tzinfo | None = None,
) -> Window | None:  # fmt: skip
    """The window that leaves the least time, of the phases that are not over; None without any.

    ``back`` is how many seconds a rollback takes where a phase gives no budget for its own.
    ``zone`` is the person's, for what the plan says by the time of day.
    """
    found: list[Window] = []
    parts = parts_of(state, past, zone)
    for number, phase in enumerate(state.runbook.phases):
        ends = period(state, phase, zone)[1]
        if ends is None or closed(state, phase.id):
            continue
        slow = sum(part.left_at(now)[1] for part in parts[: number + 1])
        budget = back if phase.rollback_within is None else phase.rollback_within
        found.append(Window(phase=phase.id, ends=ends, left=slow, back=budget))
    return min(found, key=lambda w: w.safe_until, default=None)


@of_state
def slots(state: RunState, *, calendar: bool = False) -> tuple[Slot, ...]:
    """Every phase, change and step in document order, but those without a step in them.

    ``calendar``: no phase is planned before it may start; else the plan knows no such breaks.
    """
    planned: dict[str, tuple[float, float]] = {}
    at, phase = state.started, ""
    for id_ in state.outline.order:
        if calendar and state.outline[id_].phase != phase:
            phase = state.outline[id_].phase
            item = state.outline[phase].item
            begins = period(state, item)[0] if isinstance(item, Phase) else None
            at = max(at, begins or at)
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
