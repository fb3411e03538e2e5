"""What a plan asks to be signed by key, it goes on asking for as long as the run lasts.

Who may write the journal may also write that another plan was taken over. A plan that asks for no
signatures any more would open every gate, so such an event has no effect, whoever recorded it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runbook_tui.book.model import Gate, Step
from runbook_tui.run.nodes import Node
from runbook_tui.run.order import gate_open, over, signed
from runbook_tui.run.outline import Outline
from runbook_tui.run.state import RunState

Roles = Mapping[str, tuple[str, ...]]


def weakened(before: Outline, then: Outline, more: frozenset[str]) -> tuple[str, ...]:
    """Titles of the nodes whose signatures the other plan does not ask for, or for less of them,
    or not any more for every step that stood behind them. ``more`` are the roles that somebody
    holds by the other plan who did not."""
    return tuple(dict.fromkeys(node.title for node in before.nodes.values() if
                               any(_lost(before, then, node, more))))  # fmt: skip


def more_hold(old: Roles, new: Roles) -> frozenset[str]:
    """The roles that somebody holds now who did not before, as plans list them."""
    found = set()
    for role, people in new.items():
        before = {_who(entry) for entry in old.get(role, ())}
        if "*" not in before and not {_who(entry) for entry in people} <= before:
            found.add(role)
    return frozenset(found)


def _who(entry: str) -> str:
    """What tells people apart: the mail, else the name."""
    name, _, mail = entry.partition("<")
    return (mail.rstrip("> ") or name).strip().casefold()


def _lost(before: Outline, then: Outline, node: Node, more: frozenset[str]) -> Iterator[bool]:
    there = then.nodes.get(node.id)
    yield _less(node.signoff, there.signoff if there is not None else None)
    yield _less(node.gate, there.gate if there is not None else None)
    yield any(asked is not None and asked.signed and more & set(asked.roles)
              for asked in (node.gate, node.signoff))  # fmt: skip
    if node.gate is not None and node.gate.signed:
        behind = (id_ for id_ in before.steps if node.id in before.holders(id_))
        yield any(id_ in then.steps and node.id not in then.holders(id_) for id_ in behind)


def loosened(state: RunState, then: Outline, more: frozenset[str]) -> tuple[str, ...]:
    """Titles of what a run still waits for and need not by another plan: gates that are shut,
    sign-offs that are not given, steps that are required; or that others may give it now. Taking
    that over is an override. ``more`` as in `weakened`."""
    nodes = state.outline.nodes.values()
    found = (node.title for node in nodes if any(_let_off(state, node, then, more)))
    return tuple(dict.fromkeys(found))


def _let_off(state: RunState, node: Node, then: Outline, more: frozenset[str]) -> Iterator[bool]:
    there = then.nodes.get(node.id)
    inside = [step.id for step in state.outline.steps_inside(node.id)]
    left = [id_ for id_ in inside if id_ in then.steps and not over(state, id_)]
    if node.gate is not None and not gate_open(state, node.id) and left:
        yield _asks_less(node.gate, there.gate if there is not None else None)
        yield any(node.id not in then.holders(id_) for id_ in left)
        yield bool(more & set(node.gate.roles))
    if node.signoff is not None and not signed(state, node.id) and (left or there is not None):
        yield bool(more & set(node.signoff.roles))
        yield _asks_less(node.signoff, there.signoff if there is not None else None)
    if isinstance(node.item, Step) and node.item.required and not over(state, node.id):
        yield there is None or not isinstance(there.item, Step) or not there.item.required


def _less(asked: Gate | None, given: Gate | None) -> bool:
    return asked is not None and asked.signed and _asks_less(asked, given)


def _asks_less(asked: Gate, given: Gate | None) -> bool:
    return (
        given is None
        or (asked.signed and not given.signed)
        or given.count < asked.count
        or (asked.four_eyes and not given.four_eyes)
        or (asked.within is not None and (given.within is None or given.within > asked.within))
        or not set(asked.roles) <= set(given.roles)
    )
