"""What must be over before what may start: what a plan says, and its order where it is silent."""

from __future__ import annotations

from collections.abc import Iterable

from runbook_tui.book.model import Change, Runbook, Step
from runbook_tui.book.spreading import is_spread

Needs = dict[str, tuple[str, ...]]


def needs(runbook: Runbook) -> Needs:
    """For every phase the phases, and for every step the steps, that it waits for."""
    found: Needs = {}
    before: tuple[str, ...] = ()
    for phase in runbook.phases:
        found[phase.id] = before if phase.needs is None else phase.needs
        before = (phase.id,)
        row = [s for p in phase.parts() for s in (p.steps if isinstance(p, Change) else (p,))]
        _row(row, (), found)
    return found


def _row(steps: Iterable[Step], before: tuple[str, ...], found: Needs) -> None:
    for step in steps:
        own = found[step.id] = before if step.needs is None else step.needs
        # What is inside a step without a command begins when the step may begin; on several
        # machines it may begin at once.
        for inner in [[one] for one in step.steps] if is_spread(step) else [step.steps]:
            _row(inner, own if step.manual else (step.id,), found)
        before = (step.id,)
