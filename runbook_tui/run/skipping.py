"""Leaving a step out: what binds it, in it and around it, and what is left out with it."""

from __future__ import annotations

from runbook_tui.book.model import Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.finishing import Pairs, holders
from runbook_tui.run.leading import not_lead
from runbook_tui.run.order import gate_open
from runbook_tui.run.people import says_something
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import OVER, RunState, Status

UNDER_WAY = frozenset({Status.RUNNING, Status.UNDOING})


def skip(state: RunState, q: r.SkipStep, actor: Actor) -> Pairs | Refusal:
    """The events that leave a step out, with all that is not over in it, or why it may not be."""
    step = state.outline.steps.get(q.step)
    if step is None:
        return Refusal(reason=f"there is no step “{q.step}”", exit_code=2)
    if not says_something(q.reason):
        return Refusal(reason="skipping needs a reason", exit_code=2)
    if (refusal := not_lead(state, actor, "skip a step")) is not None:
        return refusal
    if state.step(step.id).status in OVER:
        return Refusal(reason=f"“{step.title}” is {state.step(step.id).status.value}")
    for inner in step.walk():
        if (status := state.step(inner.id).status) in UNDER_WAY:
            return Refusal(reason=f"“{inner.title}” is {status.value}")
    if state.rolling_back:
        return Refusal(reason="a rollback runs")
    left = [inner for inner in step.walk() if state.step(inner.id).status not in OVER]
    around = _binds_around(state, step.id)
    binds = around or next((why for inner in left if (why := _binds(inner))), "")
    if binds and not q.override:
        return r.OverrideNeeded(
            reason=f"“{step.title}” is required: {_why(step, binds)}",
            hint="an override with a reason is recorded and shown red in the report",
        )
    reason = q.reason.strip()
    events: Pairs = []
    for inner in left:
        over = bool(around) or any(_binds(s) for s in _between(state, inner, step)) or any(
            _binds(s) for s in inner.walk() if s in left
        )  # fmt: skip
        events.append((e.StepSkipped(reason=reason, override=over), inner.id))
    return [*events, *holders(state, step.id, reason)]


def _binds(step: Step) -> str:
    """What of the step itself may not be passed by; empty where nothing."""
    if step.required:
        return f"the plan says so of “{step.title}”"
    if step.signoff is not None:
        return f"“{step.title}” asks for a sign-off"
    return f"“{step.title}” has a gate" if step.gate is not None else ""


def _why(step: Step, binds: str) -> str:
    """Why a step is required, without its name a second time."""
    name = f"“{step.title}”"
    if binds.startswith(name):
        return f"it{binds.removeprefix(name)}"
    return binds.removesuffix(f" of {name}")


def _binds_around(state: RunState, id_: str) -> str:
    """What around a step may not be passed by: a gate that is shut, a step that must be done."""
    for holder in state.outline.holders(id_)[:-1]:
        node = state.outline[holder]
        if not gate_open(state, holder):
            return f"the gate of “{node.title}” is shut"
        if isinstance(node.item, Step) and node.item.required:
            return f"the plan says so of “{node.title}” around it"
    return ""


def _between(state: RunState, inner: Step, outer: Step) -> list[Step]:
    """The steps from the one that is skipped down to one inside it."""
    ids = state.outline.holders(inner.id)
    return [state.outline.steps[id_] for id_ in ids[ids.index(outer.id) :]]
