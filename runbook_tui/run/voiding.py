"""What a rollback takes the ground away from: steps, ticks, sign-offs and gates in its scope."""

from __future__ import annotations

from typing import Any

from runbook_tui.run.deadlines import GATE, key
from runbook_tui.run.draft import Draft
from runbook_tui.run.hands import along_with, ended_by
from runbook_tui.run.state import OVER, Status

UNTOUCHED: dict[str, Any] = {
    "status": Status.PENDING, "started_seq": 0, "started": None, "finished": None,
    "undo": None, "reason": "", "acted": False, "earlier": (), "prepared": {},
    "refused": {}, "rehearsed": False, "settled": None,
}  # fmt: skip
"""A step as if it had never been started; its attempts are still counted on."""


def void_stages(draft: Draft, opened: float) -> None:
    """What was ticked in a procedure before this rollback was opened belongs to an earlier one."""
    for id_ in draft.outline.beside.staged:
        if id_ in draft.ticks and draft.ticks[id_].at < opened:
            del draft.ticks[id_]


def void_calls(draft: Draft, since: float) -> None:
    """Who was called before that was called for something else."""
    for id_ in draft.outline.beside.calls:
        if id_ in draft.ticks and draft.ticks[id_].at < since:
            del draft.ticks[id_]


def inside_of(draft: Draft, step: str) -> list[str]:
    """What is inside a step and goes back with it."""
    if step not in draft.outline.steps:
        return []
    along = along_with(draft.outline, draft.steps, step)
    return [*along, *ended_by(draft.outline, draft.steps, step)] if along else []


def _open_around(draft: Draft, step: str) -> None:
    """A group that was over is open again once a step in it was taken back."""
    for holder in draft.outline.holders(step)[:-1]:
        group = holder in draft.outline.steps and draft.outline.is_group(holder)
        if group and draft.step(holder).status in OVER:
            draft.change(holder, **UNTOUCHED)


def void(draft: Draft, step: str) -> None:
    """An undone step's ticks and sign-offs count no longer, nor those of what holds it."""
    node = draft.outline.nodes.get(step)
    if node is None:
        return
    _open_around(draft, step)
    for check in draft.outline.children(step):
        draft.ticks.pop(check, None)
    holders = {step, node.change, node.phase} - {""}
    around = draft.outline.holders(step)
    draft.signoffs = [
        s for s in draft.signoffs if s.node != step and (s.for_gate or s.node not in around)
    ]
    for holder in holders:
        for criterion in draft.outline.criteria(holder):
            draft.ticks.pop(criterion, None)


def look_again(draft: Draft, scope: str) -> None:
    """What a step that only looks saw inside the scope is not there any more.

    Nor is what conditions looked at: they are asked anew.
    """
    for id_ in draft.outline.conditions:
        if draft.step(id_).status is Status.NOT_APPLICABLE:
            draft.change(id_, **UNTOUCHED)
    for node in draft.outline.steps_inside(scope):
        step = draft.step(node.id)
        if step.undo is not None and step.undo.kind == "nothing" and step.started_seq:
            draft.change(node.id, **UNTOUCHED)
            _open_around(draft, node.id)


def shut_gates(draft: Draft, scope: str) -> None:
    """Gates inside the scope are shut again, and what was signed inside it is void."""
    inside = {node.id for node in draft.outline.inside(scope)}
    for gates in (draft.opened_gates, draft.overridden_gates):
        for node in [n for n in gates if n in inside]:
            del gates[node]
    for timed in draft.outline.timed:
        if timed.id in inside and timed.gate is not None:
            # Shut by what was just taken back, not left waiting by people: its time begins anew.
            draft.asked[key(timed.id, GATE)] = draft.at
    draft.signoffs = [s for s in draft.signoffs if s.node not in inside]
    for tick in [t for t in draft.ticks if t in inside]:
        owner = draft.outline[tick].parent
        if draft.step(owner).status is not Status.UNDO_FAILED:
            draft.ticks.pop(tick)
