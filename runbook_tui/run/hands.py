"""Work of hands in a rollback: what an undo takes back with it, and what is one question."""

from __future__ import annotations

from collections.abc import Mapping

from runbook_tui.book.model import Step
from runbook_tui.run.outline import Outline
from runbook_tui.run.state import FRESH, OVER, StepState

Steps = Mapping[str, StepState]


def stands_for(outline: Outline, steps: Steps, id_: str) -> str:
    """The step with which a rollback takes this one back; the step itself where it is its own.

    A box under a command goes back with that command's undo, a bare box in a step of hands with
    the others in it.
    """
    if not _by_hand(outline, steps, id_):
        return id_
    around = [holder for holder in outline.holders(id_)[:-1] if holder in outline.steps]
    for holder in reversed(around):
        state = steps.get(holder, FRESH)
        if state.acted and state.undo is not None and state.undo.kind == "command":
            return holder
    nearest = around[-1] if around else ""
    together = nearest and outline.is_group(nearest) and _only_boxes(outline.steps[nearest])
    return nearest if together else id_


def along_with(outline: Outline, steps: Steps, id_: str) -> list[str]:
    """Ids of what was done by hand inside a step and goes back with it, in document order."""
    inside = outline.steps_inside(id_)
    return [s.id for s in inside if s.id != id_ and stands_for(outline, steps, s.id) == id_
            and _by_hand(outline, steps, s.id)]  # fmt: skip


def ended_by(outline: Outline, steps: Steps, id_: str) -> list[str]:
    """Ids of steps inside a step that are over because of what goes back with it."""
    inside = outline.steps_inside(id_)
    return [s.id for s in inside if outline.is_group(s.id) and s.id != id_
            and steps.get(s.id, FRESH).status in OVER]  # fmt: skip


def _by_hand(outline: Outline, steps: Steps, id_: str) -> bool:
    state = steps.get(id_, FRESH)
    done = state.acted and state.undo is not None and state.undo.kind == "manual"
    return done and outline.steps[id_].manual


def _only_boxes(step: Step) -> bool:
    return all(
        inner.manual and not (inner.steps or inner.text or inner.checks or inner.undo)
        and inner.gate is None and inner.signoff is None
        for inner in step.steps
    )  # fmt: skip
