"""What a person sees who takes part in a run and does not lead it. Pure."""

from __future__ import annotations

from runbook_tui.book.plain_text import printable
from runbook_tui.run.events import Actor
from runbook_tui.run.signing import holds_role
from runbook_tui.run.state import RunState


def you(state: RunState, me: Actor) -> str:
    """“you: Grace (cto)”: who one is here, and the roles that the plan gives one by name."""
    named = [
        role
        for role, people in state.runbook.roles.items()
        if "*" not in people and holds_role(state, me, role)
    ]
    roles = f" ({', '.join(named)})" if named else ""
    return printable(f"you: {me.name}{roles}", 40)


def nobody_leads(state: RunState, me: Actor | None = None) -> str:
    """What to do where the lead's program is gone; ``me``: the lead may have been given to one."""
    if me is not None and state.lead is not None and state.lead.key == me.key and state.handed:
        return "the lead is yours and nobody leads: Ctrl+P “Lead the run” takes it"
    return f"nobody leads now: `runbook resume {state.run}` takes over"


def who_starts(state: RunState, me: Actor, *, leaderless: bool) -> str:
    """Who starts the steps, for somebody who may not."""
    if leaderless:
        return nobody_leads(state, me)
    lead = state.lead
    if lead is None:
        return "the lead starts it"
    if lead.key == me.key:
        return "you lead this run in another terminal; it is started there"
    return f"{printable(lead.name, 40)} leads and starts it"
