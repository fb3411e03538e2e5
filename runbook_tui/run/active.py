"""How long a run was worked on, beside how long ago it began: a change may take days. Pure.

Worked on is a run while a step, an undo or a rollback is under way. What was begun by hand rests
while the lead is away; a command does not.
"""

from __future__ import annotations

from runbook_tui.run.state import RunState

DAY = 86400.0


def active(state: RunState, now: float) -> float:
    """Seconds in which the run was worked on until ``now``."""
    since = max(0.0, now - state.last_at) if works(state) else 0.0
    return state.active + since


def works(state: RunState) -> bool:
    """Whether it is worked on as things stand."""
    if state.finished is not None:
        return False
    if state.rolling_back:
        return True
    if not state.paused:
        return bool(state.busy)
    return any(state.step(id_).running_command() is not None for id_ in state.busy)
