"""What comes next in a run, and which gates wait."""

from __future__ import annotations

from runbook_tui.book.spreading import is_spread
from runbook_tui.run.order import closed, gate_open, over
from runbook_tui.run.state import OVER, RunState, Status


def next_open(state: RunState, after: str = "") -> str | None:
    """The step the cursor stands on: one that runs, else the next open one in order.

    ``after``: the step that is over now; what follows it comes before what it left behind.
    """
    outline = state.outline
    if after:
        at = outline[after].index
        wanted = (id_ for id_ in outline.order if outline[id_].index > at and _open(state, id_))
    else:
        running = {
            outline[id_].parent if outline.on_one_of_several(id_) else id_
            for id_, step in state.steps.items()
            if step.status is Status.RUNNING
        }
        wanted = (id_ for id_ in (outline.order if running else ())
                  if id_ in running and _open(state, id_))  # fmt: skip
    first = next(wanted, None)
    return first or next((id_ for id_ in outline.order if _open(state, id_)), None)


def _open(state: RunState, id_: str) -> bool:
    """A step on several machines is one row to go to; a person goes to a single one of them."""
    outline = state.outline
    if state.step(id_).status in OVER or outline.on_one_of_several(id_):
        return False
    return not outline.is_group(id_) or is_spread(outline.steps[id_])


def open_before(state: RunState, id_: str) -> str | None:
    """The first step before another one in the plan that is not over and does not hold it."""
    outline = state.outline
    around = outline.holders(id_)
    for other in outline.order[: outline.order.index(id_)]:
        is_open = state.step(other).status not in OVER and not outline.is_group(other)
        if is_open and other not in around:
            return other
    return None


def gates_waiting(state: RunState) -> tuple[str, ...]:
    """Ids of nodes whose gate is shut though everything before them is over."""
    waiting = []
    for node in state.outline.gated:
        if gate_open(state, node.id) or over(state, node.id):
            continue
        if all(closed(state, n) if n not in state.outline.steps else over(state, n)
               for n in node.needs if n in state.outline):  # fmt: skip
            waiting.append(node.id)
    return tuple(waiting)
