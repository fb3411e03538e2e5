"""Which rows of the checklist are shown: all, the open ones, one's own, failed, to be signed."""

from __future__ import annotations

from runbook_tui.book.model import Step
from runbook_tui.run.events import Actor
from runbook_tui.run.nodes import Node
from runbook_tui.run.order import gate_open, signed
from runbook_tui.run.several import status_of
from runbook_tui.run.signing import holds_role
from runbook_tui.run.state import BROKEN, OVER, RunState, Status
from runbook_tui.run.upcoming import gates_waiting
from runbook_tui.tui.views.signing import awaited, may_sign

KINDS = ("", "open", "mine", "failed", "to sign")
"""What can be kept; the first is everything."""


def following(kind: str) -> str:
    """The next one."""
    return KINDS[(KINDS.index(kind) + 1) % len(KINDS)]


def kept(state: RunState, kind: str, me: Actor) -> list[str]:
    """Ids of the nodes that are kept, each with what it lies in, in the order of the plan."""
    nodes = state.outline.nodes
    if not kind:
        return list(nodes)
    wanted: set[str] = set()
    waiting = frozenset(gates_waiting(state))
    for node in nodes.values():
        if _wanted(state, node, kind, me, waiting):
            wanted.update((node.id, *state.outline.holders(node.id)))
            if isinstance(node.item, Step):
                wanted.update(check.id for check in node.item.checks)
    return [id_ for id_ in nodes if id_ in wanted]


def _wanted(state: RunState, node: Node, kind: str, me: Actor, waiting: frozenset[str]) -> bool:
    step = node.item if isinstance(node.item, Step) else None
    if kind == "open":
        return step is not None and status_of(state, node.id) not in OVER
    if kind == "failed":
        return step is not None and status_of(state, node.id) in BROKEN
    signs = _waits_for_signature(state, node, waiting)
    if kind == "to sign":
        return signs
    if step is not None and status_of(state, node.id) not in OVER:
        hands = state.step(node.id)
        if hands.status in {Status.RUNNING, Status.WAITING} and hands.ran_by == me:
            return True
        if step.role is not None and holds_role(state, me, step.role):
            return True
    found = awaited(state, node.id) if signs else None
    return found is not None and bool(may_sign(state, found, me))


def _waits_for_signature(state: RunState, node: Node, waiting: frozenset[str]) -> bool:
    if node.gate is not None and node.id in waiting and not gate_open(state, node.id):
        return True
    if node.signoff is None or signed(state, node.id):
        return False
    return node.id not in state.outline.steps or state.step(node.id).status is Status.WAITING
