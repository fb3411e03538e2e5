"""Person-hours: how much work of people a plan foresees, and how much of it is left. Pure."""

from __future__ import annotations

from runbook_tui.book.durations import parse_duration
from runbook_tui.book.model import Phase
from runbook_tui.frozen import frozen
from runbook_tui.run.once import of_state
from runbook_tui.run.state import OVER, RunState


def hours(text: str | None) -> float | None:
    """Hours of an effort such as ``200h``; None where it is not given or is no duration."""
    if not text:
        return None
    try:
        return parse_duration(text) / 3600
    except ValueError:
        return None


@frozen
class Work:
    """Person-hours: of all, and of what is still open."""

    whole: float = 0.0
    left: float = 0.0


def of_node(state: RunState, id_: str) -> float | None:
    """Person-hours of a phase, change or step: its own, else those of the steps in it; None where
    nothing is said."""
    item = state.outline[id_].item
    own = hours(getattr(item, "effort", None))
    if own is not None:
        return own
    steps = [found for s in state.outline.steps_inside(id_) if s.id != id_
             if (found := hours(s.effort)) is not None]  # fmt: skip
    return sum(steps) if steps else None


@of_state
def work(state: RunState) -> Work:
    """Of the whole run. Where only a phase says how much it is, as much of that is left as of its
    steps."""
    whole = left = 0.0
    for phase in state.runbook.phases:
        more, most = _of_phase(state, phase)
        whole += more
        left += most
    return Work(whole=whole, left=left)


def _of_phase(state: RunState, phase: Phase) -> tuple[float, float]:
    steps = [s for s in state.outline.steps_inside(phase.id) if not state.outline.is_group(s.id)]
    open_ = [s for s in steps if state.step(s.id).status not in OVER]
    own = hours(phase.effort)
    if own is not None:
        return own, own * len(open_) / len(steps) if steps else 0.0
    return sum(hours(s.effort) or 0.0 for s in steps), sum(hours(s.effort) or 0.0 for s in open_)
