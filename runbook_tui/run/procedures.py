"""A procedure beside a rollback or after it: its stages and their steps as boxes with windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runbook_tui.book.model import Procedure, Stage
from runbook_tui.frozen import frozen
from runbook_tui.run.offers import Offer, stage_offer
from runbook_tui.run.state import RunState, Tick, goes_on_since


@frozen
class Duty:
    """A stage, or one step in a stage.

    ``start`` and ``end`` are its window, in seconds from where the procedure begins, which is at
    ``since`` (epoch seconds; None while nothing has begun). ``ticked`` of a stage is that of its
    last step once all are ticked; ``done`` of ``of`` are ticked of a stage's steps. ``offer`` is
    the command that the plan gives for a step. ``current`` is the stage that is to be done now.
    """

    id: str
    title: str
    number: int
    is_stage: bool
    procedure: str = ""
    start: float = 0.0
    end: float | None = None
    since: float | None = None
    ticked: Tick | None = None
    offer: Offer | None = None
    done: int = 0
    of: int = 0
    current: bool = False

    @property
    def due(self) -> float | None:
        """When its window closes (epoch seconds)."""
        return None if self.end is None or self.since is None else self.since + self.end

    def left(self, now: float) -> float | None:
        """Seconds until its window closes, below 0 once it has; None without one, or if ticked."""
        return None if self.due is None or self.ticked is not None else self.due - now

    def overdue(self, now: float) -> bool:
        """Whether its window has closed and it is still open."""
        left = self.left(now)
        return left is not None and left < 0

    def opens_in(self, now: float) -> float | None:
        """Seconds until its window opens; None once it has, or before anything has begun."""
        if self.since is None or self.ticked is not None:
            return None
        wait = self.since + self.start - now
        return wait if wait > 0 else None

    @property
    def late(self) -> float | None:
        """Seconds by which it was ticked after its window had closed; None where it was not."""
        if self.ticked is None or self.due is None or self.ticked.at <= self.due:
            return None
        return self.ticked.at - self.due


def tick_of(state: RunState, id_: str) -> Tick | None:
    """The tick of a box beside the nodes, as far as it counts.

    For a rollback that is only looked at, what was ticked for an earlier one does not; but who was
    called is called where it would go on with that one.
    """
    tick, rollback = state.ticks.get(id_), state.rollback
    if tick is None or rollback is None or rollback.started is not None:
        return tick
    if id_ in state.outline.beside.calls and goes_on_since(state.ended, state.steps) is not None:
        return tick
    return tick if tick.at >= rollback.opened else None


def duties(
    state: RunState, procedures: Iterable[Procedure], since: float | None = None, now: float = 0.0
) -> tuple[Duty, ...]:
    """Stages and steps of procedures in document order, as they stand ``now``.

    ``since``: when the procedures have begun; None: not yet.
    """
    return tuple(
        duty for procedure in procedures for duty in _of_procedure(state, procedure, since, now)
    )


def _of_procedure(
    state: RunState, procedure: Procedure, since: float | None, now: float
) -> Iterator[Duty]:
    current = _current(state, procedure, since, now)
    for number, stage in enumerate(procedure.stages, 1):
        yield from _stage(
            state, stage, number, procedure=procedure.title, since=since,
            current=stage is current,
        )  # fmt: skip


def _current(
    state: RunState, procedure: Procedure, since: float | None, now: float
) -> Stage | None:
    """The open stage whose window it is; else the first one that is open and has begun."""
    if since is None:
        return None
    open_ = [s for s in procedure.stages if _over(state, s) is None]
    begun = [s for s in open_ if since + (s.from_minute or 0.0) * 60 <= now]
    for stage in begun:
        if stage.to_minute is not None and now < since + stage.to_minute * 60:
            return stage
    return begun[0] if begun else None


def _stage(
    state: RunState,
    stage: Stage,
    number: int,
    *,
    procedure: str,
    since: float | None,
    current: bool,
) -> Iterator[Duty]:
    start = (stage.from_minute or 0.0) * 60
    end = stage.to_minute * 60 if stage.to_minute is not None else None
    whole = tick_of(state, stage.id)
    ticks = [tick_of(state, step.id) or whole for step in stage.steps]
    yield Duty(
        id=stage.id, title=stage.title, number=number, is_stage=True, procedure=procedure,
        start=start, end=end, since=since, ticked=_over(state, stage), current=current,
        done=sum(tick is not None for tick in ticks), of=len(ticks),
    )  # fmt: skip
    for step, tick in zip(stage.steps, ticks, strict=True):
        yield Duty(
            id=step.id, title=step.title, number=number, is_stage=False, procedure=procedure,
            start=start, end=end, since=since, ticked=tick, current=current,
            offer=stage_offer(state, step) if step.run else None,
        )  # fmt: skip


def _over(state: RunState, stage: Stage) -> Tick | None:
    own = tick_of(state, stage.id)
    if own is not None or not stage.steps:
        return own
    ticks = [tick_of(state, step.id) for step in stage.steps]
    given = [tick for tick in ticks if tick is not None]
    return max(given, key=lambda tick: tick.at) if len(given) == len(ticks) else None


def boxes(found: Iterable[Duty]) -> tuple[Duty, ...]:
    """What is ticked one by one: steps, and stages without steps."""
    return tuple(duty for duty in found if not duty.is_stage or not duty.of)
