"""What a node of the plan says, as far as people decide on it: the same words are the same node.

Where it stands in the text, and how long it was planned to take, is none of it.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from runbook_tui.book.kept import pack
from runbook_tui.book.model import Step
from runbook_tui.run.nodes import Node
from runbook_tui.run.prepare import resolve
from runbook_tui.run.state import RunState

PLACE = frozenset({"line", "column", "source", "parts"})
PLANNED = frozenset({
    "estimate", "effort", "days", "priority", "status", "starts", "ends", "cadence",
})  # fmt: skip
INSIDE = frozenset({"steps", "changes", "criteria", "checks"})
"""What lies in a node has nodes of its own."""
ASKED = frozenset({"gate", "signoff"})
"""Who has to decide is held against each decision anew, whoever was asked before."""
LEFT_OUT = PLACE | PLANNED | INSIDE | ASKED


def own(node: Node) -> dict[str, Any]:
    """What the plan says of the node itself, by the names of its fields."""
    return {
        field.name: pack(getattr(node.item, field.name))
        for field in dataclasses.fields(node.item)
        if field.name not in LEFT_OUT
    }


def content(state: RunState, id_: str) -> list[Any]:
    """What the plan says of a node and all that lies in it, with its commands as they would run."""
    parts: list[Any] = []
    for node in state.outline.inside(id_):
        parts.append([node.kind.value, node.depth, own(node)])
        if isinstance(node.item, Step):
            texts = (node.item.before, node.item.run)
            parts.append([resolve(state, text, state.values, shell=node.item.shell).text
                          for text in texts if text])  # fmt: skip
    return parts
