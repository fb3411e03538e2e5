"""Hands that are up: who wants to be heard, since when and about what. Pure."""

from __future__ import annotations

from runbook_tui.run import requests as r
from runbook_tui.run.payload import Actor, Payload
from runbook_tui.run.people_events import HandLowered, HandRaised
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Hand, RunState

Pairs = list[tuple[Payload, str | None]]


def own(state: RunState, actor: Actor) -> Hand | None:
    """This person's hand, where it is up."""
    return next((hand for hand in state.hands_up if hand.by.key == actor.key), None)


def raise_hand(state: RunState, q: r.RaiseHand, actor: Actor) -> Pairs | Refusal:
    """Raise a hand; one is enough."""
    if q.node and q.node not in state.outline:
        return Refusal(reason=f"there is nothing called “{q.node}”", exit_code=2)
    if own(state, actor) is not None:
        return Refusal(reason=f"{actor.name}'s hand is up already", exit_code=0)
    owner = q.node if q.node in state.outline.steps else None
    return [(HandRaised(text=q.text.strip(), node=q.node), owner)]


def lower_hand(state: RunState, q: r.LowerHand, actor: Actor) -> Pairs | Refusal:
    """Lower one's own hand; the lead may lower anybody's, once heard."""
    hand = next((h for h in state.hands_up if h.seq == q.raised), None) if q.raised else None
    hand = own(state, actor) if not q.raised else hand
    if hand is None:
        return Refusal(reason="that hand is not up", exit_code=0)
    leads = state.lead is not None and state.lead.key == actor.key
    if hand.by.key != actor.key and not leads:
        return Refusal(reason=f"it is {hand.by.name}'s hand; they or the lead lower it")
    owner = hand.node if hand.node in state.outline.steps else None
    return [(HandLowered(raised=hand.seq), owner)]
