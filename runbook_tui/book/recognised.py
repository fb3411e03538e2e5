"""What was recognised in a plan, counted: one line before what is wrong with it."""

from __future__ import annotations

from runbook_tui.book.actions import has_undo
from runbook_tui.book.model import Runbook


def recognised(runbook: Runbook) -> str:
    """``4 phases, 29 steps (3 with a command, 2 with an undo), …``; what there is none of is left
    out."""
    steps = list(runbook.walk())
    boxes = len(runbook.criteria) + sum(len(s.checks) for s in steps)
    boxes += sum(len(p.criteria) + sum(len(c.criteria) for c in p.changes) for p in runbook.phases)
    running = sum(not s.manual for s in steps)
    undone = sum(map(has_undo, steps))
    inside = [
        f"{running} with a command" if running else "",
        f"{undone} with an undo" if undone else "",
    ]
    more = ", ".join(x for x in inside if x)
    asked = sum(p.required and p.secret is None for p in runbook.parameters)
    said = [
        _count(len(runbook.phases), "phase"),
        _count(sum(len(p.changes) for p in runbook.phases), "change"),
        _count(len(steps), "step") + (f" ({more})" if more else ""),
        _count(boxes, "box", "boxes"),
        _count(len(runbook.gates), "gate"),
        _count(len(runbook.procedures), "procedure"),
        _count(sum(c.runnable and c.step is None for c in runbook.commands), "command")
        + " outside the steps",
        _count(asked, "value to ask for", "values to ask for"),
        _count(len(runbook.thresholds), "threshold"),
        _count(len(runbook.alerts), "alert"),
        _count(len(runbook.escalations), "escalation"),
    ]
    return ", ".join(text for text in said if not text.startswith("0 "))


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
