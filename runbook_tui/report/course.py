"""The course of a run, worked out once from its plan and its events: what a report is made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from runbook_tui.book.model import Runbook
from runbook_tui.frozen import frozen
from runbook_tui.report.attempts import Ran
from runbook_tui.report.gathered import Gathered
from runbook_tui.report.gathering import gather
from runbook_tui.report.incidents import Rollback
from runbook_tui.report.model import PlanTaken
from runbook_tui.report.replanned import plans_taken
from runbook_tui.report.rollbacks import rollbacks
from runbook_tui.run.events import Event, RunStarted
from runbook_tui.run.fold import begin, fold
from runbook_tui.run.frame import ClockSet, steadied
from runbook_tui.run.state import Reads, RunState

Lines = Callable[[str], tuple[str, ...] | None]
"""The last lines of a command's output by its folder; None where that is not kept any more."""
NOT_KEPT = "its output is not kept any more"
ROLLED_BACK = {
    "complete": "rolled back",
    "incomplete": "rolled back, INCOMPLETE",
    "stopped": "rollback stopped",
    "running": "rollback not finished",
}


@frozen
class Course:
    """``state`` is how it stands, ``found`` what its events tell, ``until`` the moment (epoch
    seconds) up to which that is so. ``jumps`` are the times that the clock was set meanwhile."""

    events: Sequence[Event]
    jumps: Sequence[ClockSet]
    state: RunState
    begun: RunStarted
    found: Gathered
    plans: tuple[PlanTaken, ...]
    rollbacks: tuple[Rollback, ...]
    until: float

    @property
    def runbook(self) -> Runbook:
        """The plan that counted last."""
        return self.state.runbook

    @property
    def ended_by(self) -> Rollback | None:
        """The rollback that the run ended with; None where anything was started after it."""
        last = self.rollbacks[-1] if self.rollbacks else None
        if last is None or any(s.started_seq > last.seq for s in self.state.steps.values()):
            return None
        return last

    @property
    def ended(self) -> float | None:
        """When it was over (epoch seconds); None while it is not."""
        if self.state.finished is not None:
            return self.state.finished
        last = self.ended_by
        return (
            last.ended if last is not None and last.result in {"complete", "incomplete"} else None
        )

    @property
    def result(self) -> str:
        """What it came to, in a word or two."""
        if self.state.finished is not None:
            return self.state.result or "done"
        last = self.ended_by
        return ROLLED_BACK[last.result] if last is not None else "open"

    @property
    def good(self) -> bool:
        """Whether it came to what was wanted last: all done, or all taken back."""
        last = self.ended_by
        return self.state.result == "done" if last is None else last.result == "complete"


def course_of(
    run: str, runbook: Runbook, events: Sequence[Event], reads: Reads, lines: Lines, now: float
) -> Course:
    """Go through a run's events; they begin with its start. ``now``: epoch seconds."""
    events, jumps = steadied(events)
    state = fold(begin(run, runbook, reads), events)
    assert state.begun is not None
    taken = list(plans_taken(begin(run, runbook, reads), events))
    found = gather(state.outline, events, [outline for _, outline in taken], state.runbook.watches)
    found.commands = {id_: [_read(c, lines) for c in ran] for id_, ran in found.commands.items()}
    return Course(
        events=events,
        jumps=jumps,
        state=state,
        begun=state.begun,
        found=found,
        plans=tuple(plan for plan, _ in taken),
        rollbacks=rollbacks(state.outline, events, found.commands, state.runbook),
        until=_until(state, found, now),
    )


def _until(state: RunState, found: Gathered, now: float) -> float:
    if state.finished is not None:
        return state.finished
    running = any(c.ended is None for ran in found.commands.values() for c in ran)
    return max(now, state.last_at) if state.rolling_back or running else state.last_at


def _read(command: Ran, lines: Lines) -> Ran:
    found = lines(command.folder)
    return dataclasses.replace(
        command, lines=found, kept=NOT_KEPT if found is None and command.bytes else ""
    )
