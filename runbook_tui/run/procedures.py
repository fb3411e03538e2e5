"""A procedure beside a rollback: its stages and their steps as boxes with time windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runbook_tui.book.model import Procedure, Stage
from runbook_tui.run.offers import Offer, stage_offer
from runbook_tui.run.state import RunState, Tick


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A stage, or one step in a stage; ``start`` and ``end`` are seconds from the rollback's start.

    ``ticked`` of a stage is that of its last step once all are ticked. ``offer`` is the command
    that the plan gives for a step.
    """

    id: str
    title: str
    number: int
    is_stage: bool
    start: float = 0.0
    end: float | None = None
    ticked: Tick | None = None
    offer: Offer | None = None

    def now(self, spent: float) -> bool:
        """Whether it is time for it."""
        return self.start <= spent and (self.end is None or spent < self.end)

    def late(self, spent: float) -> bool:
        """Whether its window has closed and it is still open."""
        return self.ticked is None and self.end is not None and spent >= self.end


def duties(state: RunState, procedures: Iterable[Procedure]) -> tuple[Duty, ...]:
    """Stages and steps of procedures in document order, as they stand now."""
    return tuple(
        duty
        for procedure in procedures
        for number, stage in enumerate(procedure.stages, 1)
        for duty in _stage(state, stage, number)
    )


def _stage(state: RunState, stage: Stage, number: int) -> Iterator[Duty]:
    start = (stage.from_minute or 0.0) * 60
    end = stage.to_minute * 60 if stage.to_minute is not None else None
    yield Duty(
        id=stage.id, title=stage.title, number=number, is_stage=True, start=start, end=end,
        ticked=_over(state, stage),
    )  # fmt: skip
    for step in stage.steps:
        yield Duty(
            id=step.id, title=step.title, number=number, is_stage=False, start=start, end=end,
            ticked=state.ticks.get(step.id) or state.ticks.get(stage.id),
            offer=stage_offer(state, step) if step.run else None,
        )  # fmt: skip


def _over(state: RunState, stage: Stage) -> Tick | None:
    own = state.ticks.get(stage.id)
    if own is not None or not stage.steps:
        return own
    ticks = [state.ticks.get(step.id) for step in stage.steps]
    given = [tick for tick in ticks if tick is not None]
    return max(given, key=lambda tick: tick.at) if len(given) == len(ticks) else None


def open_duties(state: RunState, procedures: Iterable[Procedure]) -> tuple[str, ...]:
    """Titles of what the procedures still ask for: steps, and stages without steps."""
    all_ = duties(state, procedures)
    bare = {stage.id for p in procedures for stage in p.stages if not stage.steps}
    return tuple(d.title for d in all_ if d.ticked is None and (not d.is_stage or d.id in bare))
