"""``--from STEP``: which steps are left out, and whether they may be. Pure."""

from __future__ import annotations

import difflib

from runbook_tui.book.model import Runbook
from runbook_tui.cli import exits
from runbook_tui.cli.exits import Ended
from runbook_tui.run.outline import Outline


def left_out(runbook: Runbook, first: str) -> list[str]:
    """The steps before ``first``.

    Raises `Ended`: 2 for an unknown step, 4 where one before it may not be left out.
    """
    outline = Outline(runbook)
    if first not in outline.steps:
        close = difflib.get_close_matches(first, outline.steps, 1)
        hint = f"did you mean “{close[0]}”?" if close else ""
        raise Ended(exits.USAGE, f"there is no step “{first}” in the plan", hint)
    # What holds the first step is still to come: its own gate and sign-off stay.
    holding = _around(outline, first)
    before = [
        node
        for node in outline.nodes.values()
        if node.index < outline[first].index and node.id not in holding
    ]
    left = [n.id for n in before if n.id in outline.steps and not outline.is_group(n.id)]
    around = {holder for id_ in left for holder in outline.holders(id_)} & holding
    for node in (*before, *(outline[id_] for id_ in sorted(around))):
        step = outline.steps.get(node.id)
        closing = node.signoff if node.id not in holding else None
        if node.gate or closing or (step is not None and step.required):
            raise Ended(
                exits.REFUSED,
                f"--from {first}: “{node.title}” stands in between and cannot be left out",
                "it asks for a sign-off, has a gate, or is required",
            )
    return left


def _around(outline: Outline, id_: str) -> set[str]:
    found = set()
    parent = outline[id_].parent
    while parent:
        found.add(parent)
        parent = outline[parent].parent
    return found
