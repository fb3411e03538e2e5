"""Which steps the values of a run leave out: what ``when`` says of them and of their holders."""

from __future__ import annotations

from functools import lru_cache

from runbook_tui.book.conditions import Condition, ConditionError, parse
from runbook_tui.run import events as e
from runbook_tui.run.finishing import Pairs, holders
from runbook_tui.run.state import OVER, RunState, Status

LONGEST = 2000
"""Characters of a condition that are recorded as the reason; the plan has all of it."""


def wanted(state: RunState, step: str) -> bool | None:
    """Whether the step is to be done; None while that depends on a value nobody knows yet."""
    held = [_holds(state, text) for text in state.outline.conditions.get(step, ())]
    return False if False in held else None if None in held else True


def unknown(state: RunState, step: str) -> tuple[str, ...]:
    """Names without a value on which it depends whether the step is to be done."""
    if wanted(state, step) is not None:
        return ()
    names = {
        name
        for text in state.outline.conditions.get(step, ())
        if (condition := _condition(text)) is not None
        for name in condition.names
    }
    return tuple(sorted(n for n in names if n not in state.values and n not in state.secrets))


def leave_out(state: RunState) -> Pairs:
    """Events for pending steps that their conditions leave out, now that it is known.

    A step inside another comes alone: with it that other one may be over.
    """
    if state.finished is not None or state.begun is None:
        return []
    events: Pairs = []
    for step in state.outline.conditions:
        if state.step(step).status is Status.PENDING and wanted(state, step) is False:
            if state.outline[step].parent in state.outline.steps:
                return events or [(does_not_apply(state, step), step), *holders(state, step)]
            events.append((does_not_apply(state, step), step))
    return events


def does_not_apply(state: RunState, step: str) -> e.StepSkipped:
    """The event that says so."""
    texts = state.outline.conditions[step]
    failing = next((text for text in texts if _holds(state, text) is False), texts[0])
    words = failing if len(failing) <= LONGEST else f"{failing[:LONGEST]} …"
    return e.StepSkipped(reason=f"only when {words}", not_applicable=True)


def _holds(state: RunState, text: str) -> bool | None:
    condition = _condition(text)
    if condition is None:
        return True
    for name in condition.names:
        makers = state.outline.makers.get(name, ())
        made = [state.step(maker) for maker in makers]
        if any(step.status not in OVER or step.rehearsed for step in made):
            return None  # The step that puts it out may still say otherwise.
    return condition.holds(state.values)


@lru_cache(maxsize=4096)
def _condition(text: str) -> Condition | None:
    try:
        return parse(text)
    except ConditionError:
        return None  # The reader of the plan has refused it; what is run anyway is done.
