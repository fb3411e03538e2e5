"""What of a run can be signed, as lines: what waits now first, then what will. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.model import Gate
from runbook_tui.run.deadlines import pending, words
from runbook_tui.run.nodes import Node
from runbook_tui.run.order import gate_open, over, signed
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.upcoming import gates_waiting

NOTHING = "nothing in this run asks for a sign-off that is not given yet"


def to_sign(state: RunState, at: float | None = None, more: str = "") -> list[str]:
    """A line for each gate and sign-off that is not given, with the words that give it.

    ``at`` (epoch seconds): then with the time that is left. ``more`` is said in each line, too.
    """
    now: list[str] = []
    later: list[str] = []
    for node, asked, what in _asked(state):
        lines = now if _due(state, node, what) else later
        for role in asked.roles:
            key = " --key FILE" if asked.signed else ""
            lines.append(f"  runbook sign {state.run} {node.id} --role {role}{key}{more}")
            limit = pending(state, node.id, what) if at is not None else None
            until = f"; {words(state, limit, at or 0.0)}" if limit is not None else ""
            lines.append(f"      {what} of “{node.title}”, {role}: {_who(state, role)}{until}")
    if not now and not later:
        return [NOTHING]
    found = ["these wait for a sign-off now:", *now] if now else ["no sign-off is due now"]
    return [*found, "later:", *later] if later else found


def asks_for(state: RunState, node: str, role: str) -> bool:
    """Whether a node's gate or sign-off asks for a role."""
    if node not in state.outline:
        return False
    found = state.outline[node]
    return any(asked and role in asked.roles for asked in (found.gate, found.signoff))


def by_key(state: RunState, node: str) -> bool:
    """Whether a decision on a node is wanted with a key."""
    if node not in state.outline:
        return False
    found = state.outline[node]
    return any(asked and asked.signed for asked in (found.gate, found.signoff))


def _asked(state: RunState) -> Iterator[tuple[Node, Gate, str]]:
    for node in state.outline.nodes.values():
        if node.gate is not None and not gate_open(state, node.id):
            yield node, node.gate, "gate"
        if node.signoff is not None and not signed(state, node.id):
            yield node, node.signoff, "sign-off"


def _due(state: RunState, node: Node, what: str) -> bool:
    if what == "gate":
        return node.id in gates_waiting(state)
    if node.id in state.outline.steps:
        return state.step(node.id).status is Status.WAITING
    return over(state, node.id)


def _who(state: RunState, role: str) -> str:
    people = state.runbook.roles.get(role, ())
    if role == "lead" and state.lead is not None:
        return state.lead.identity
    return "anyone" if not people or "*" in people else ", ".join(people)
