"""Which keys of the foot do nothing on what is chosen now: those that do stand out. Pure."""

from __future__ import annotations

from runbook_tui.book.model import Step
from runbook_tui.book.spreading import is_spread
from runbook_tui.run.finishing import failed_probes
from runbook_tui.run.nodes import Kind
from runbook_tui.run.several import status_of
from runbook_tui.run.state import BROKEN, OVER, RunState, Status
from runbook_tui.tui.views.boxes import next_box
from runbook_tui.tui.views.signing import awaited

RUN, TICK, SIGN, SKIP = "Enter", "Space", "s", "x"
BUSY = frozenset({Status.RUNNING, Status.UNDOING})


def idle(state: RunState, chosen: str) -> frozenset[str]:
    """Those of Enter, Space, s and x, by their default, that would only say why they do nothing.

    Of a node by its status alone: what a rule refuses for other reasons stands out all the same.
    """
    if chosen not in state.outline:
        return frozenset()
    node = state.outline[chosen]
    box = node.kind in {Kind.CHECK, Kind.CRITERION}
    owner = node.owner if box else chosen
    found = {SIGN} if awaited(state, chosen) is None else set()
    if owner not in state.outline.steps:
        return frozenset({RUN, SKIP, *found} | (set() if box else {TICK}))
    step = state.outline.steps[owner]
    status = status_of(state, owner)
    if not _begins(state, step, status):
        found.add(RUN)
    if not box and not _ticks(state, step, status):
        found.add(TICK)
    if status in OVER or status in BUSY:
        found.add(SKIP)
    return frozenset(found)


def _begins(state: RunState, step: Step, status: Status) -> bool:
    if is_spread(step):
        return status not in OVER
    if state.outline.is_group(step.id):
        return False
    if status is Status.WAITING:
        return bool(failed_probes(state, step.id))
    return status is Status.READY or status in BROKEN


def _ticks(state: RunState, step: Step, status: Status) -> bool:
    if step.manual:
        return status in {Status.READY, Status.RUNNING, Status.WAITING}
    return status is Status.WAITING and next_box(state, step) is not None
