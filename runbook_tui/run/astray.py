"""Steps for other machines that cannot be carried out there as the plan says."""

from __future__ import annotations

from runbook_tui.book.model import Step
from runbook_tui.run.prepare import host_of
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import RunState


def astray(state: RunState, step: Step) -> Refusal | None:
    """The refusal of a step whose values lead it to no machine, or away from where it has run.

    An undo acts on one machine: what an attempt before has left on another would stay there.
    """
    host, wrong = host_of(state, step)
    if wrong:
        return Refusal(
            reason=f"“{step.title}” has no host to run on: {wrong} ({host!r})",
            hint="correct the value that its name comes from",
        )
    at = state.step(step.id)
    before = at.undo.host if at.acted and at.undo is not None else host
    if before != host:
        return Refusal(
            reason=f"“{step.title}”: it has run on {before} and would now run on {host}",
            hint="take it back first, or correct the value that the name comes from",
        )
    return None
