"""What a plan asks to be signed by key, it goes on asking for as long as the run lasts.

Who may write the journal may also write that another plan was taken over. A plan that asks for no
signatures any more would open every gate, so such an event has no effect, whoever recorded it.
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.model import Gate
from runbook_tui.run.outline import Node, Outline


def weakened(before: Outline, then: Outline) -> tuple[str, ...]:
    """Titles of the nodes whose signatures the other plan does not ask for, or for less of them,
    or not any more for every step that stood behind them."""
    return tuple(dict.fromkeys(node.title for node in before.nodes.values() if
                               any(_lost(before, then, node))))  # fmt: skip


def _lost(before: Outline, then: Outline, node: Node) -> Iterator[bool]:
    there = then.nodes.get(node.id)
    yield _less(node.signoff, there.signoff if there is not None else None)
    yield _less(node.gate, there.gate if there is not None else None)
    if node.gate is not None and node.gate.signed:
        behind = (id_ for id_ in before.steps if node.id in before.holders(id_))
        yield any(id_ in then.steps and node.id not in then.holders(id_) for id_ in behind)


def _less(asked: Gate | None, given: Gate | None) -> bool:
    if asked is None or not asked.signed:
        return False
    return (
        given is None
        or not given.signed
        or given.count < asked.count
        or (asked.four_eyes and not given.four_eyes)
        or not set(asked.roles) <= set(given.roles)
    )
