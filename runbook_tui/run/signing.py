"""Sign-offs: who may decide on what, and what a decision opens."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from runbook_tui.book.model import Gate, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.finishing import Pairs, after
from runbook_tui.run.outline import Kind, Node
from runbook_tui.run.people import EXAMPLE, same
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import RunState, Status, gate_open
from runbook_tui.run.verdicts import Signoff, enough, standing


def sign(state: RunState, q: r.SignNode, actor: Actor) -> Pairs | Refusal:
    if q.node not in state.outline:
        return Refusal(reason=f"there is nothing called “{q.node}”", exit_code=2)
    node = state.outline[q.node]
    for_gate = node.gate is not None and not gate_open(state, node.id)
    asked = node.gate if for_gate else node.signoff
    if asked is None:
        return Refusal(reason=f"“{node.title}” asks for no sign-off")
    refusal = _may_not_sign(state, node, asked, q, actor, for_gate)
    if refusal is not None:
        return refusal
    decision = "approved" if q.approve else "rejected"
    given = e.SignoffGiven(
        node=node.id,
        role=q.role,
        decision=decision,
        comment=q.comment,
        signed_digest=content_digest(state, node.id),
    )
    mine = Signoff(node=node.id, role=q.role, decision=decision, comment=q.comment, by=actor,
                   at=state.last_at, seq=state.seq + 1)  # fmt: skip
    owner = node.id if node.id in state.outline.steps else None
    events: Pairs = [(given, owner)]
    if q.approve and enough((*state.signoffs, mine), node.id, asked):
        if for_gate:
            events.append((e.GateOpened(node=node.id), owner))
        elif owner and (
            state.step(owner).status is Status.WAITING or state.outline.is_group(owner)
        ):
            events += after(state, owner, signed_now=True)
    return events


def _may_not_sign(
    state: RunState, node: Node, asked: Gate, q: r.SignNode, actor: Actor, for_gate: bool
) -> Refusal | None:
    if q.role not in asked.roles:
        return Refusal(
            reason=f"“{node.title}” asks for {', '.join(asked.roles)}, not {q.role}",
        )
    if asked.signed:
        return Refusal(
            reason=f"“{node.title}” asks for a sign-off that is proven by a key",
            hint="this version makes no signatures; an override with a reason opens the gate",
        )
    if not holds_role(state, actor, q.role):
        return Refusal(reason=f"{actor.identity} does not hold the role {q.role} in this plan")
    if asked.four_eyes and (reason := _same_eyes(state, node, actor, for_gate)):
        return Refusal(reason=reason, hint="somebody else must sign")
    if not q.approve and not q.comment.strip():
        return Refusal(reason="a rejection needs a comment", exit_code=2)
    decision = "approved" if q.approve else "rejected"
    for given in standing(state.signoffs, node.id, q.role):
        if given.decision != decision:
            continue
        if given.by.key == actor.key:
            return Refusal(reason=f"{actor.name} has {decision} this as {q.role} already")
        if q.approve and same(given.by, actor):
            return Refusal(
                reason=f"{actor.identity} may be {given.by.identity},"
                f" who has {decision} this as {q.role} already",
                hint=f"somebody else must sign; who is, gives a mail: {EXAMPLE}",
            )
    ran = any(state.step(s.id).touched for s in state.outline.steps_inside(node.id))
    if not for_gate and node.kind is Kind.STEP and not ran:
        return Refusal(reason=f"“{node.title}” has not run yet")
    return None


def _same_eyes(state: RunState, node: Node, actor: Actor, for_gate: bool) -> str:
    if for_gate and any(same(lead, actor) for lead in state.leads):
        now = state.lead is not None and same(state.lead, actor)
        return f"four eyes: {actor.name} {'leads' if now else 'has led'} the run"
    hands = (by for s in state.outline.steps_inside(node.id) for by in state.step(s.id).hands)
    if any(same(by, actor) for by in hands):
        return f"four eyes: {actor.name} ran it"
    return ""


def holds_role(state: RunState, actor: Actor, role: str) -> bool:
    """Whether the plan lists this person for the role; ``lead`` is whoever leads."""
    if role == "lead" and state.lead is not None and state.lead.key == actor.key:
        return True
    for entry in state.runbook.roles.get(role, ()):
        if entry == "*" or entry.casefold() == actor.identity.casefold():
            return True
        mail = entry.rpartition("<")[2].rstrip(">").casefold() if "<" in entry else ""
        if mail and actor.email and mail == actor.email.casefold():
            return True
        if "<" not in entry and entry.casefold() == actor.name.casefold():
            return True
    return False


def content_digest(state: RunState, node: str) -> str:
    """sha256 over what a sign-off on a node is about: its text, commands, checks and values."""
    parts: list[Any] = [state.begun.digest if state.begun else ""]
    for inner in state.outline.inside(node):
        item = inner.item
        parts.append([inner.id, inner.title, getattr(item, "text", "")])
        if isinstance(item, Step):
            parts.append([item.before, item.run, item.undo, item.verify_undo, item.action])
            parts.append([[c.text, c.exit, c.seconds] for c in state.step(inner.id).commands])
    body = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
