"""Sign-offs on the screen: which one is meant, who may give it here, and what was decided."""

from __future__ import annotations

import time

from runbook_tui.book.model import Gate
from runbook_tui.book.plain_text import printable
from runbook_tui.frozen import frozen
from runbook_tui.run.counting import decided, lapsed
from runbook_tui.run.deadlines import GATE, SIGN_OFF, pending, words
from runbook_tui.run.decide import decide
from runbook_tui.run.events import Actor
from runbook_tui.run.nodes import Node
from runbook_tui.run.order import blockers, gate_open, keeps_open, over, signed
from runbook_tui.run.requests import Refusal, SignatureNeeded, SignNode
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.verdicts import Signoff


@frozen
class Awaited:
    """A signature that is asked for: by the gate of a node, or to close it."""

    node: Node
    asked: Gate
    is_gate: bool


def awaited(state: RunState, id_: str) -> Awaited | None:
    """The signature that holds a node: the outermost shut gate around it, else the nearest
    sign-off that can be given now, else the nearest that is asked for at all."""
    around = [state.outline[holder] for holder in reversed(state.outline.holders(id_))]
    for node in reversed(around):
        if node.gate is not None and not gate_open(state, node.id):
            return Awaited(node=node, asked=node.gate, is_gate=True)
    asking = [
        Awaited(node=node, asked=node.signoff, is_gate=False)
        for node in around
        if node.signoff is not None and not signed(state, node.id)
    ]
    due = (found for found in asking if _due(state, found.node))
    return next(due, asking[0] if asking else None)


def _due(state: RunState, node: Node) -> bool:
    if node.id in state.outline.steps:
        return state.step(node.id).status is Status.WAITING
    return over(state, node.id)


def what_holds(state: RunState, id_: str) -> tuple[str, ...]:
    """What else keeps a node shut or open: what comes first, and criteria around it."""
    holders = state.outline.holders(id_)
    step = next((h for h in reversed(holders) if h in state.outline.steps), "")
    pending = step and state.step(step).status is Status.PENDING
    before = blockers(state, step) if pending else ()
    inside = (words for holder in holders for words in keeps_open(state, holder))
    return tuple(dict.fromkeys((*before, *inside)))


def question(state: RunState, found: Awaited) -> str:
    """What a person is asked to sign, in full."""
    node = found.node
    what = f"the gate of {node.kind.value}" if found.is_gate else node.kind.value
    holders = [state.outline[holder] for holder in state.outline.holders(node.id)[-2::-1]]
    inside = [f"{holder.kind.value} “{holder.title}”" for holder in holders]
    where = f" of {' of '.join(inside)}" if inside else ""
    return f"Sign off {what} “{node.title}”{where}"


def conditions(
    state: RunState, found: Awaited, now: float | None = None, you: Actor | None = None
) -> str:
    """What is asked for, until when, and what was decided so far; and that ``you`` may not approve
    it, where that is so."""
    asked = found.asked
    many = f" ({asked.count} each)" if asked.count > 1 else ""
    parts = [f"asks for {', '.join(asked.roles)}{many}"]
    if asked.four_eyes:
        who = "has led the run or ran something in it" if found.is_gate else "ran it"
        parts.append(f"four eyes: whoever {who} may not sign")
    if asked.signed:
        parts.append("signed with an ssh key that the plan allows: from ssh-agent, ~/.ssh or"
                     " the file that RUNBOOK_KEY names")  # fmt: skip
    limit = pending(state, found.node.id, GATE if found.is_gate else SIGN_OFF)
    if limit is not None and now is not None:
        parts.append(words(state, limit, now))
    parts += [_holders(state, role) for role in asked.roles]
    if you is not None and not may_sign(state, found, you):
        name = printable(you.name or you.email, 30)
        parts.append(f"not you, {name}: who approves it gives their own name here")
    given = decided(state, found.node.id, gate=found.is_gate)
    return "\n".join([*parts, *(verdict(state, s) for s in given)])


def _holders(state: RunState, role: str) -> str:
    """Who may sign in a role, as the plan says it."""
    if role == "lead":
        return f"lead: {printable(state.lead.identity, 60)}" if state.lead else "whoever leads"
    people = state.runbook.roles.get(role, ())
    if not people or "*" in people:
        return f"{role}: the plan names nobody, anyone may sign"
    return f"{role}: {', '.join(printable(who, 60) for who in people)}"


def may_sign(state: RunState, found: Awaited, actor: Actor) -> str:
    """The first role in which this person could approve it now; empty where none."""
    for role in found.asked.roles:
        request = SignNode(node=found.node.id, role=role)
        answer = decide(state, request, actor)
        if not isinstance(answer, Refusal) or isinstance(answer, SignatureNeeded):
            return role
    return ""


def rejection(state: RunState, node: str) -> Signoff | None:
    """The newest rejection in force on a node: of its gate while that is shut, else of its end."""
    given = decided(state, node, gate=not gate_open(state, node))
    return next((s for s in reversed(given) if not s.approved), None)


def verdict(state: RunState, given: Signoff) -> str:
    """A decision in words: who, what, as what, when, the comment, and whether it lapsed since."""
    when = time.strftime("%H:%M", time.localtime(given.at))
    comment = f": {printable(given.comment, 300)}" if given.comment else ""
    gone = lapsed(state, given) if given.approved else ""
    counts = f" (counts no more: {gone})" if gone else ""
    by = printable(given.by.name, 40)
    before = " (was decided otherwise before)" if given.instead else ""
    return f"{given.decision} by {by} as {given.role}, {when}{before}{counts}{comment}"
