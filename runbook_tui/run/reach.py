"""How far back a rollback goes and how long it takes, in the same words on the screen and off it.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from runbook_tui.book.durations import spoken
from runbook_tui.frozen import frozen
from runbook_tui.run.once import once
from runbook_tui.run.outline import Outline
from runbook_tui.run.rollback import RollbackPlan
from runbook_tui.run.state import FRESH, RunState, StepState
from runbook_tui.run.undo_items import Item


@frozen
class Reach:
    """``title`` is the oldest step that would be taken back, started ``at`` (epoch seconds).

    ``floors`` are titles of what cannot be undone and holds what lies before it.
    """

    title: str
    at: float
    floors: tuple[str, ...] = ()


def reach(state: RunState, plan: RollbackPlan) -> Reach | None:
    """How far back the rollback goes; None where it takes nothing back."""
    return _reach(state.outline, state.steps, plan)


@once
def _reach(outline: Outline, steps: Mapping[str, StepState], plan: RollbackPlan) -> Reach | None:
    back = [i for i in plan.items if i.kind in {"command", "manual"} and not i.held]
    begun = [_began(outline, steps, item.step) for item in back]
    at = min((moment for moment in begun if moment is not None), default=None)
    if at is None:
        return None
    oldest = back[begun.index(at)]
    floors = tuple(item.title for item in plan.items if item.kind == "irreversible")
    return Reach(title=oldest.title, at=at, floors=floors)


def expected(plan: RollbackPlan) -> str:
    """“about 3 m 40 s of 5 m”; at least, where of some undos nothing is known; empty of all."""
    if plan.expected is None or not plan.items:
        return ""
    budget = f" of {spoken(plan.budget)}" if plan.budget else ""
    return f"{'about' if plan.whole else 'at least'} {spoken(plan.expected)}{budget}"


def takes(item: Item) -> str:
    """How long an undo takes, with ``~`` where that is only guessed; empty where not even that."""
    if item.likely is None:
        return ""
    return f"{'~' if item.usual is None else ''}{spoken(item.likely)}"


def _began(outline: Outline, steps: Mapping[str, StepState], id_: str) -> float | None:
    """When a step was first begun; of one that only holds others the first of these."""
    if not outline.steps[id_].steps:
        return steps.get(id_, FRESH).started
    times = [steps.get(inner.id, FRESH).started for inner in outline.steps_inside(id_)]
    return min((time for time in times if time is not None), default=None)
