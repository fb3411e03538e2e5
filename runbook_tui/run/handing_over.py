"""The lead changes hands: given on with a note, or taken over with a reason. Pure."""

from __future__ import annotations

from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor, LeadHandedOver, Payload, RunResumed
from runbook_tui.run.leading import not_lead
from runbook_tui.run.people import EXAMPLE, NoIdentity, parse_identity, says_something
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import RunState

Pairs = list[tuple[Payload, str | None]]


def hand_over(state: RunState, q: r.HandOver, actor: Actor) -> Pairs | Refusal:
    """The lead gives the lead to somebody else; what they should know stands in the note."""
    refusal = not_lead(state, actor, "hand the lead over")
    if refusal is not None:
        return refusal
    if state.finished is not None:
        return Refusal(reason="the run is over")
    if not says_something(q.note):
        return Refusal(
            reason="a handover needs a note: what whoever leads next has to know", exit_code=2
        )
    try:
        name, mail = parse_identity(q.to)
    except NoIdentity as error:
        return Refusal(reason=str(error), hint=EXAMPLE, exit_code=2)
    person = Actor(name=name or mail, email=mail)
    if person.key == actor.key:
        return Refusal(reason=f"{person.identity} leads already", exit_code=0)
    handed = LeadHandedOver(name=person.name, email=person.email, reason=q.note.strip())
    return [(handed, None)]


def taken_over(state: RunState, actor: Actor, reason: str) -> Pairs:
    """Somebody leads from here on whatever the one before them does; in two events, of which the
    second is whoever goes on."""
    handed = LeadHandedOver(name=actor.name, email=actor.email, reason=reason.strip(), taken=True)
    return [(handed, None), (RunResumed(), None)]


def who_leads(state: RunState) -> str:
    """Who leads and how that came, for those who did before."""
    if state.lead is None:
        return "nobody leads"
    why = f": {state.handed}" if state.handed else ""
    how = "has taken the lead over" if state.lead_taken else "leads from here on"
    return f"{state.lead.name} {how}{why}"
