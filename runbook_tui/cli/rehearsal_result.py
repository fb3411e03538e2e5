"""What a rehearsal has found, as lines: said at its end, and again once a screen has closed."""

from __future__ import annotations

from runbook_tui.cli import exits, say
from runbook_tui.run.rehearsal import as_if, came_to
from runbook_tui.run.rollback import running_plan
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.state import RunState


def rehearsed(state: RunState, rollback: RollbackState) -> int:
    """Say how the rehearsed rollback ended; the status of a rollback that ended so."""
    came = came_to(state, rollback)
    if came.taken_back and not came.stands:
        many = len(came.taken_back)
        say.out(f"what really ran is taken back: {many} step{'' if many == 1 else 's'}")
    for id_ in came.stands:
        why = state.step(id_).undo_reason
        say.out(
            f"REALLY RAN AND STANDS: {state.outline[id_].title}: {why}", colour="red", bold=True
        )
    if came.stands:
        say.out(f"  take it back: runbook rollback {state.run}", colour="red")
    if came.ready or came.unready:
        say.out(f"REHEARSED  {came.would}", colour="red" if came.unready else "green", bold=True)
    found = running_plan(as_if(state))
    for item in found.items if found is not None else ():
        within = f" in {item.within}" if item.within else ""
        if item.step in came.unready:
            say.out(f"  {item.title}{within}: {item.outcome}", colour="red")
    return exits.INCOMPLETE if came.unready or came.stands else exits.ROLLED_BACK
