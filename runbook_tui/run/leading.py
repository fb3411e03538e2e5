"""What only the person who leads may do."""

from __future__ import annotations

from runbook_tui.run.events import Actor
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import RunState


def not_lead(state: RunState, actor: Actor, deed: str) -> Refusal | None:
    """The refusal of a deed that is the lead's, for anybody else."""
    if state.lead is not None and state.lead.key != actor.key:
        return Refusal(
            reason=f"only the lead may {deed}, and that is {state.lead.name}",
            hint="you may tick, note, sign in your own name, and open the rollback",
        )
    return None
