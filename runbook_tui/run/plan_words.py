"""The difference of two plans in lines for a person, and what it means for a run that goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from runbook_tui.book.model import Runbook
from runbook_tui.run.carrying import to_take_back
from runbook_tui.run.events import PlanChanged
from runbook_tui.run.outline import Outline
from runbook_tui.run.plan_diff import Detail, Difference, plan_differences
from runbook_tui.run.replanning import Void, void_in, with_plan
from runbook_tui.run.state import OVER, RunState

ORDER = ("removed", "added", "changed", "moved")
SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}
LONGEST = 40
"""Lines of one text that are shown of each plan."""


def in_short(differences: Sequence[Difference]) -> str:
    """“1 step removed, 2 steps changed”; empty where nothing is another."""
    found = Counter((d.how, d.kind) for d in differences)
    parts = []
    for how in ORDER:
        for (way, kind), many in found.items():
            if way == how:
                if kind == "plan":
                    parts.append("words of the whole plan changed")
                    continue
                what = {"criterion": "criteria", "watch": "watches"}.get(kind, f"{kind}s")
                parts.append(f"{many} {what if many > 1 else kind} {how}")
    return ", ".join(parts)


def difference_lines(differences: Sequence[Difference]) -> Iterator[str]:
    """Each difference: what it is about, then what was there and what is."""
    for found in differences:
        name = f" ({found.id})" if found.id and found.id != found.title else ""
        likely = f"; likely “{found.likely}” now" if found.likely else ""
        yield f"{SIGNS[found.how]} {found.how} {found.kind} “{found.title}”{name}{likely}"
        for detail in found.details:
            yield from _detail_lines(detail, added=found.how == "added")


def _detail_lines(detail: Detail, *, added: bool) -> Iterator[str]:
    old, new = detail.old.splitlines(), detail.new.splitlines()
    if added or (len(old) <= 1 and len(new) <= 1):
        was = "" if added else f"{detail.old or 'nothing'} → "
        now = _shortened(new) or ["nothing"]
        yield f"    {detail.name}: {was}{now[0]}"
        yield from (f"      {line}" for line in now[1:])
        return
    yield f"    {detail.name}:"
    yield from (f"      - {line}" for line in _shortened(old))
    yield from (f"      + {line}" for line in _shortened(new))


def _shortened(lines: list[str]) -> list[str]:
    more = len(lines) - LONGEST
    return [*lines[:LONGEST], f"… and {more} lines more"] if more > 0 else lines


def consequence_lines(state: RunState, payload: PlanChanged, new: Runbook) -> Iterator[str]:
    """What taking the plan over does to the run: what is void, what stays, what is kept."""
    yield from _void_lines(state, void_in(state, with_plan(state, payload, new)))
    plan = Outline(new)
    for id_ in state.outline.order:
        step = state.step(id_)
        if id_ in state.gone or not to_take_back(step) or state.outline.is_group(id_):
            continue
        name, was, now = _named(state, id_), state.outline.steps[id_], plan.steps.get(id_)
        if now is None:
            yield f"kept: {name} ran; a rollback takes it back as recorded"
        elif was.undo != now.undo:
            yield f"kept: {name} ran; its undo stays the one that was recorded"
        elif was.run != now.run and step.status in OVER:
            yield f"kept: {name} is done with its old command and is not run again"


def _void_lines(state: RunState, void: Void) -> Iterator[str]:
    for given in state.signoffs:
        if given.seq in void.signoffs:
            who = f"{given.by.name} as {given.role}"
            yield f"void: the sign-off of {who} on {_named(state, given.node)}"
    for id_ in state.overridden_gates:
        if id_ in void.gates:
            yield f"void: the override of the gate of {_named(state, id_)}"
    for id_ in state.ticks:
        if id_ in void.ticks:
            yield f"void: the tick of {_named(state, id_)}"


def _named(state: RunState, id_: str) -> str:
    node = state.outline.named(id_)
    return f"“{node.title}”" if node is not None else f"“{id_}”"


def explained(state: RunState, payload: PlanChanged, new: Runbook) -> list[str]:
    """All of it: the differences to the plan that counts now, then what they do."""
    old = state.reads(state.plan) if state.plan is not None else state.runbook
    return [*difference_lines(plan_differences(old, new)),
            *consequence_lines(state, payload, new)]  # fmt: skip
