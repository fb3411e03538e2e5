"""The phases, changes and steps of a report: what was planned of each and what became of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from runbook_tui.report.attempts import Box
from runbook_tui.report.chart import nested, span_of
from runbook_tui.report.course import Course
from runbook_tui.report.gathered import Gathered
from runbook_tui.report.model import Part
from runbook_tui.run.forecast import Slot
from runbook_tui.run.nodes import Kind, Node
from runbook_tui.run.order import closed
from runbook_tui.run.several import status_of
from runbook_tui.run.state import RunState


def parts_of(course: Course, planned: Iterable[Slot]) -> tuple[Part, ...]:
    """All of them in the order of the plan; then the steps that it does not have any more."""
    state, found = course.state, course.found
    parts = [_part(state, found, slot) for slot in planned]
    return (*_spanned(parts, course.until), *_unplanned(state, found))


def _part(state: RunState, found: Gathered, slot: Slot) -> Part:
    node = state.outline[slot.id]
    skipped = found.skipped.get(slot.id)
    step = slot.id in state.outline.steps
    group = step and state.outline.is_group(slot.id)
    boxes = [n for n in map(state.outline.__getitem__, state.outline.children(slot.id))
             if n.kind in {Kind.CHECK, Kind.CRITERION}]  # fmt: skip
    return Part(
        id=slot.id,
        kind="group" if group else node.kind.value,
        title=node.title,
        depth=node.depth,
        status=_status(state, found, node),
        planned_from=slot.planned_from - state.started,
        planned=slot.planned,
        attempts=tuple(found.attempts.get(slot.id, ())),
        commands=tuple(found.commands.get(slot.id, ())),
        boxes=tuple(box_of(state, found, n) for n in boxes),
        evidence=tuple(found.evidence.get(slot.id, ())),
        reason=skipped.reason if skipped is not None else state.step(slot.id).reason,
    )


def _spanned(parts: Sequence[Part], until: float) -> Iterable[Part]:
    """The parts, each that holds others with the time from the first to the last in it."""
    inside = nested(parts)
    for part in parts:
        spans = [span_of(a, until) for p in inside[part.id] for a in p.attempts]
        if part.attempts or not spans:
            yield part
        else:
            first, last = min(begin for begin, _ in spans), max(end for _, end in spans)
            yield dataclasses.replace(part, span=(first, last))


def _unplanned(state: RunState, found: Gathered) -> Iterable[Part]:
    """Steps that were carried out and that the plan, as far as it could be read, does not have."""
    ran = (id_ for id_, ran in found.commands.items() if any(c.kind != "stage" for c in ran))
    for id_ in dict.fromkeys((*found.attempts, *found.skipped, *ran)):
        if id_ in state.outline.steps:
            continue
        attempts = tuple(found.attempts.get(id_, ()))
        back = bool(attempts) and attempts[-1].undone is not None
        yield Part(id=id_, kind="step", title=found.title(id_), depth=0,
                   status="taken back" if back else state.step(id_).status.value,
                   attempts=attempts, commands=tuple(found.commands.get(id_, ())),
                   evidence=tuple(found.evidence.get(id_, ())))  # fmt: skip


def _status(state: RunState, found: Gathered, node: Node) -> str:
    if node.id not in state.outline.steps:
        return "closed" if closed(state, node.id) else "open"
    attempts = found.attempts.get(node.id, [])
    if attempts and attempts[-1].undone is not None:
        return "taken back"
    status = status_of(state, node.id)
    if status not in {"pending", "ready"}:
        return status.value
    return "open again" if attempts else "not begun"


def box_of(state: RunState, found: Gathered, node: Node) -> Box:
    """A check or criterion: who ticked it, and whether the tick still stands."""
    by, at, probe = found.ticks.get(node.id, (None, None, False))
    required = getattr(node.item, "required", True)
    return Box(
        node=node.id,
        title=node.title,
        by=by,
        at=at,
        required=bool(required),
        standing=node.id in state.ticks,
        probe=probe,
    )
