"""Sign-offs: who may decide on what, and what a decision opens."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from runbook_tui.book.model import Gate, Step
from runbook_tui.book.plain_text import printable
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.counting import counted, decided, hands
from runbook_tui.run.events import Actor
from runbook_tui.run.finishing import Pairs, after, titles
from runbook_tui.run.nodes import Kind, Node
from runbook_tui.run.one_key import one_person
from runbook_tui.run.order import gate_open, over, passed, signed
from runbook_tui.run.people import EXAMPLE, NoIdentity, parse_identity, says_something
from runbook_tui.run.prepare import resolve
from runbook_tui.run.proving import unproven
from runbook_tui.run.pulls import heads
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.verdicts import Signoff


def sign(state: RunState, q: r.SignNode, actor: Actor) -> Pairs | Refusal:
    """A decision on a gate or sign-off, and what it brings about where it was the last one missing.

    Refused where nothing is asked for, from who may not give it, where it is no longer what was
    seen, and where a key has to prove it and none does.
    """
    if q.node not in state.outline:
        return Refusal(reason=f"there is nothing called “{q.node}”", exit_code=2)
    node = state.outline[q.node]
    for_gate = about_the_gate(state, node, q)
    asked = node.gate if for_gate else node.signoff
    if asked is None:
        return _nothing_asked(node)
    refusal = _may_not_sign(state, node, asked, q, actor, for_gate)
    if refusal is not None:
        return refusal
    decision = "approved" if q.approve else "rejected"
    digest = content_digest(state, node.id)
    if q.seen and q.seen != digest:
        return Refusal(
            reason=f"“{node.title}” is not what you were shown any more",
            hint="something in it has changed meanwhile: look at it again, then decide",
        )
    before = decided_before(state, node.id, q.role, actor, for_gate=for_gate)
    given = e.SignoffGiven(
        node=node.id,
        role=q.role,
        decision=decision,
        comment=q.comment,
        signed_digest=digest,
        kind="gate" if for_gate else "sign-off",
        signature=q.signature or None,
        instead=before.seq if before is not None else None,
        heads=heads(state, node.id),
        shown=q.shown or None,
    )
    owner = node.id if node.id in state.outline.steps else None
    if asked.signed or q.prove or q.signature:
        why = f"“{node.title}” asks for a sign-off that is proven by a key"
        refusal = unproven(state, given, owner, actor, q, why)
        if refusal is not None:
            return refusal
    mine = Signoff(node=node.id, role=q.role, decision=decision, comment=q.comment, by=actor,
                   at=state.last_at, seq=state.seq + 1, for_gate=for_gate,
                   signature=q.signature, heads=given.heads or {})  # fmt: skip
    return [(given, owner), *_follows(state, mine, owner)]


def _follows(state: RunState, mine: Signoff, owner: str | None) -> Pairs:
    """What a decision brings about, if it was the last that was missing: its gate opens, or the
    step that ``owner`` names is over."""
    then = dataclasses.replace(state, signoffs=(*state.signoffs, mine))
    if not mine.approved or not signed(then, mine.node, gate=mine.for_gate):
        return []
    if mine.for_gate:
        return [(e.GateOpened(node=mine.node), owner)]
    if owner and (state.step(owner).status is Status.WAITING or state.outline.is_group(owner)):
        return after(state, owner, signed_now=True)
    return []


def decided_before(
    state: RunState, id_: str, role: str, actor: Actor, *, for_gate: bool
) -> Signoff | None:
    """This person's decision on the same thing in the same role, which the new one takes over."""
    given = decided(state, id_, gate=for_gate)
    return next((s for s in given if s.by.key == actor.key and s.role == role), None)


def about_the_gate(state: RunState, node: Node, q: r.SignNode) -> bool:
    """Whether a decision is on the gate of a node: while it is shut, or to shut it again."""
    if node.gate is None or not gate_open(state, node.id):
        return node.gate is not None
    closing = node.signoff is not None and q.role in node.signoff.roles
    passed = node.id in state.overridden_gates or over(state, node.id)
    return not (q.approve or closing or passed)


def _nothing_asked(node: Node) -> Refusal:
    if node.gate is None:
        return Refusal(reason=f"“{node.title}” asks for no sign-off")
    return Refusal(reason=f"the gate of “{node.title}” is open already")


def _may_not_sign(
    state: RunState, node: Node, asked: Gate, q: r.SignNode, actor: Actor, for_gate: bool
) -> Refusal | None:
    if q.role not in asked.roles:
        return Refusal(
            reason=f"“{node.title}” asks for {', '.join(asked.roles)}, not {q.role}",
        )
    if not holds_role(state, actor, q.role):
        who = ", ".join(state.runbook.roles.get(q.role, ()))
        return Refusal(
            reason=f"{actor.identity} does not hold the role {q.role} in this plan",
            hint=f"it is held by {printable(who, 300)}" if who else "",
        )
    if asked.four_eyes and (reason := _same_eyes(state, node, actor, for_gate)):
        override = f", or the lead overrides the gate: runbook override {state.run} {node.id}"
        return Refusal(reason=reason, hint="somebody else must sign" + override * for_gate)
    if not q.approve and not says_something(q.comment):
        return Refusal(reason="a rejection needs a comment", exit_code=2)
    decision = "approved" if q.approve else "rejected"
    for given in counted(state, node.id, gate=for_gate):
        if given.decision != decision or given.role != q.role:
            continue
        if given.by.key == actor.key:
            return Refusal(reason=f"{actor.name} has {decision} this as {q.role} already")
        if q.approve and one_person(state, given.by, actor):
            return Refusal(
                reason=f"{actor.identity} may be {given.by.identity},"
                f" who has {decision} this as {q.role} already",
                hint=f"somebody else must sign; who is, gives a mail: {EXAMPLE}",
            )
    return None if for_gate else _too_early(state, node, q)


def _too_early(state: RunState, node: Node, q: r.SignNode) -> Refusal | None:
    """What closes a node is decided on what has happened in it."""
    inside = list(state.outline.steps_inside(node.id))
    if node.kind is Kind.STEP and not any(state.step(s.id).touched for s in inside):
        return Refusal(reason=f"“{node.title}” has not run yet")
    holds = node.kind is not Kind.STEP or state.outline.is_group(node.id)
    left = [s for s in inside if s.id != node.id and not passed(state, s.id)]
    if q.approve and holds and left:
        return Refusal(
            reason=f"“{node.title}” is signed off once what is in it is over;"
            f" still open: {titles(left)}",
            hint="a rejection can be given at any time",
        )
    return None


def _same_eyes(state: RunState, node: Node, actor: Actor, for_gate: bool) -> str:
    if for_gate and any(one_person(state, lead, actor) for lead in state.leads):
        now = state.lead is not None and one_person(state, state.lead, actor)
        return f"four eyes: {actor.name} {'leads' if now else 'has led'} the run"
    if any(one_person(state, by, actor) for by in hands(state, node.id)):
        return f"four eyes: {actor.name} ran it, or left a part of it out"
    return ""


def holds_role(state: RunState, actor: Actor, role: str) -> bool:
    """Whether the plan lists this person for the role; ``lead`` is whoever leads."""
    if role == "lead" and state.lead is not None and state.lead.key == actor.key:
        return True
    for entry in state.runbook.roles.get(role, ()):
        if entry == "*":
            return True
        name, mail = _listed(entry)
        if mail and mail == actor.key:
            return True
        if not mail and name == " ".join(actor.name.split()).casefold():
            return True
    return False


def _listed(entry: str) -> tuple[str, str]:
    """Name and mail of somebody whom the plan lists, for comparing; a mail may stand alone."""
    try:
        name, mail = parse_identity(entry)
    except NoIdentity:
        return "", ""
    if not mail and "@" in name and " " not in name:
        name, mail = "", name
    return name.casefold(), mail.casefold()


def content_digest(state: RunState, node: str) -> str:
    """sha256 over what a sign-off on a node is about: the plan's values, its text, its commands as
    they would run now and as they ran, and what came of them: exit statuses, digests of their
    output and of their evidence, ticks."""
    parts: list[Any] = [state.plan.digest if state.plan else ""]
    known = [p.name for p in state.runbook.parameters if p.name in state.values]
    parts += [[[name, state.values[name]] for name in sorted(known)]] if known else []
    for inner in state.outline.inside(node):
        item = inner.item
        parts.append([inner.id, inner.title, getattr(item, "text", "")])
        if isinstance(item, Step):
            parts.append([item.before, item.run, item.undo, item.verify_undo, item.action])
            parts += [item.undo_ready] if item.undo_ready else []
            ran = state.step(inner.id).commands
            parts.append([[c.text, c.exit, c.seconds, c.digest] for c in ran])
            kept = state.step(inner.id).evidence
            parts += [[k.name, k.digest, k.reason] for k in kept]
            parts.append([resolve(state, text, state.values, shell=item.shell).text
                          for text in (item.before, item.run) if text])  # fmt: skip
        elif inner.id in state.ticks:
            parts.append(state.ticks[inner.id].by.key)
    body = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
