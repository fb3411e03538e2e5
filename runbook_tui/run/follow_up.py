"""What is still to be done once a rollback is over: its procedure's open stages, the recovery."""

from __future__ import annotations

import dataclasses

from runbook_tui.frozen import frozen
from runbook_tui.run.procedures import Duty, boxes, duties
from runbook_tui.run.rollback import procedures_of
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.state import RunState


@frozen
class FollowUp:
    """The checklist after ``rollback``; nothing waits for it."""

    rollback: RollbackState
    duties: tuple[Duty, ...]

    @property
    def of(self) -> int:
        """How many boxes there are."""
        return len(boxes(self.duties))

    @property
    def open(self) -> tuple[Duty, ...]:
        """Boxes that are not ticked."""
        return tuple(duty for duty in boxes(self.duties) if duty.ticked is None)

    @property
    def due(self) -> float | None:
        """When the next of them is due (epoch seconds); None without a time."""
        return min((d.due for d in self.open if d.due is not None), default=None)


def follow_up(state: RunState, now: float = 0.0) -> FollowUp | None:
    """The follow-up of the last rollback that is over; None where there is none.

    The windows of its procedure count from its start, those of the recovery from its end. While
    another rollback runs nothing is followed up: that one decides what is left to do. Nor is
    anything after a rehearsal: nothing has gone wrong.
    """
    ended = None if state.rehearsal else state.ended
    if ended is None or ended.finished is None or not ended.steps or state.rolling_back:
        return None
    # What was ticked counts, though somebody looks at another rollback by now.
    state = dataclasses.replace(state, rollback=ended)
    during = duties(state, procedures_of(state, ended), ended.started, now)
    after = duties(state, procedures_of(state, ended, "recovery"), ended.finished, now)
    left = tuple(d for d in during if _left(d, ended.finished))
    if not left and not after:
        return None
    return FollowUp(rollback=ended, duties=(*left, *after))


def _left(duty: Duty, finished: float) -> bool:
    """Whether it was open when the rollback ended: what was done during it is no follow-up."""
    return duty.ticked is None or duty.ticked.at > finished
