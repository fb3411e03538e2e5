"""Signed decisions from other machines that came too late for the place they were signed for. Pure.

A signature holds on to one place of the record. Whoever gave it signs anew by themselves while
their program is open; where it has ended nobody does, so it is said, and what it said counts for
nothing.
"""

from __future__ import annotations

from runbook_tui.book.plain_text import printable
from runbook_tui.run.events import Actor
from runbook_tui.run.order import gate_open, signed
from runbook_tui.run.sharing_events import VoteRefused
from runbook_tui.run.state import RunState
from runbook_tui.run.votes import Vote


def voided(vote: Vote) -> VoteRefused:
    """What is recorded of a decision that came too late and was not signed anew."""
    return VoteRefused(
        vote=vote.id, node=vote.node, name=vote.actor.name, email=vote.actor.email,
        reason=f"event {vote.seq + 1} was recorded before it came, a signature counts in one place"
        " of the record alone, and nobody signed anew",
        overtaken=vote.seq + 1, role=vote.role, on=vote.on,
        decision="approved" if vote.approve else "rejected",
    )  # fmt: skip


def said_since(state: RunState, vote: Vote) -> bool:
    """Whether the record has that decision of the same person behind the place that it was signed
    for, or one that lets less through."""
    return _given(state, vote.actor, vote.node, vote.role, vote.on, vote.seq, vote.approve)


def void(state: RunState, actor: Actor | None = None) -> tuple[VoteRefused, ...]:
    """Those that are still of use to somebody, of everybody or of one: they have to be signed
    again, unless what they were about is decided."""
    found = []
    for one in state.refused_votes:
        if one.overtaken is None or one.node not in state.outline:
            continue
        by = Actor(name=one.name, email=one.email)
        approve = one.decision != "rejected"
        again = _given(state, by, one.node, one.role or "", one.on or "", one.overtaken, approve)
        mine = actor is None or actor.key == by.key
        if mine and not again and not (approve and _decided(state, one)):
            found.append(one)
    return tuple(found)


def in_words(state: RunState, one: VoteRefused) -> str:
    """“the approval of “Core” by Grace, as cto, came too late and does not count”."""
    what = "rejection" if one.decision == "rejected" else "approval"
    title = state.outline[one.node].title if one.node in state.outline else one.node
    return (
        f"the {what} of “{printable(title, 60)}” by {printable(one.name, 40)}, as"
        f" {printable(one.role or '', 40)}, came too late and does not count: it has to be signed"
        " again"
    )


def _given(
    state: RunState, by: Actor, node: str, role: str, on: str, after: int, approve: bool
) -> bool:
    return any(
        s.seq >= after
        and s.by.key == by.key
        and (s.node, s.role, s.for_gate) == (node, role, on == "gate")
        and (approve or not s.approved)
        for s in state.signoffs
    )


def _decided(state: RunState, one: VoteRefused) -> bool:
    if one.on == "gate":
        return gate_open(state, one.node)
    return signed(state, one.node)
