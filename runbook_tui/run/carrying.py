"""A new plan with what really ran under the old one: nothing that has to be taken back is lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import TypeVar

from runbook_tui.book.model import Change, Parameter, Phase, Runbook, Step
from runbook_tui.book.spreading import each_step, is_spread
from runbook_tui.run.nodes import Kind
from runbook_tui.run.outline import Outline
from runbook_tui.run.state import RunState, StepState

T = TypeVar("T", Step, Change, Phase)
PHASE = "no-longer-in-the-plan"
TITLE = "No longer in the plan"
WORDS = "It ran, and the plan does not have it any more; a rollback takes it back as recorded."


def to_take_back(step: StepState) -> bool:
    """Whether a step has left anything behind that a rollback is about."""
    return step.acted and not (step.undo is not None and step.undo.kind == "nothing")


def gone(state: RunState, plan: Outline) -> tuple[str, ...]:
    """Ids of steps that ran and that a new plan has no step for, in the order of the old one."""
    return tuple(
        id_ for id_ in state.outline.order
        if id_ not in plan.steps and to_take_back(state.step(id_))
        and not state.outline.is_group(id_)
    )  # fmt: skip


def carried(state: RunState, new: Runbook, plan: Outline, kept: Collection[str]) -> Runbook:
    """The new plan, with the steps of the old one that are ``kept`` where they stood, as far as
    that place is still there; else in a phase of their own at the end."""
    held: dict[str, list[Step]] = {}
    for id_ in kept:
        if id_ in plan:
            continue  # Something else has its name now; who takes a plan over is refused that.
        held.setdefault(_place(state.outline, plan, id_), []).append(
            _left(state.outline.steps[id_])
        )
    if not held:
        return new
    found = each_step(new, lambda s: _with(s, held))
    phases = tuple(
        _with(dataclasses.replace(phase, changes=tuple(_with(c, held) for c in phase.changes)),
              held)
        for phase in found.phases
    )  # fmt: skip
    if "" in held:
        name = PHASE
        while name in plan:
            name += "-2"
        phases += (Phase(id=name, title=TITLE, needs=(), steps=tuple(held[""])),)
    return dataclasses.replace(found, phases=phases)


def _with(item: T, held: Mapping[str, list[Step]]) -> T:
    if item.id not in held:
        return item
    return dataclasses.replace(item, steps=(*item.steps, *held[item.id]))


def _left(step: Step) -> Step:
    """What is left of a step: how it was done, but nothing that is still to be done in it."""
    text = step.text if step.text.startswith(WORDS) else f"{WORDS}\n\n{step.text}".strip()
    return dataclasses.replace(
        step, text=text, steps=(), checks=(), gate=None, signoff=None, needs=(), when=None,
        optional=True, required=False, confirm=None,
    )  # fmt: skip


def _place(old: Outline, new: Outline, id_: str) -> str:
    """The id of what holds the step in the new plan: the nearest that held it; empty: none does."""
    for holder in reversed(old.holders(id_)[:-1]):
        node = new.nodes.get(holder)
        if node is None or node.kind is not old[holder].kind:
            continue
        if node.kind is not Kind.STEP or _may_hold(new.steps[holder]):
            return holder
    return ""


def _may_hold(step: Step) -> bool:
    """Another step would make of work of hands one that only holds steps."""
    return not is_spread(step) and bool(step.steps or not step.manual)


def needed(state: RunState, new: Runbook) -> Runbook:
    """The plan with what the undos of the steps that ran rely on: outputs, secrets, placeholders
    that it declares no more."""
    ran = {id_ for id_, step in state.steps.items() if to_take_back(step)}
    if not ran:
        return new
    old = state.outline.steps

    def outputs(step: Step) -> Step:
        if step.id not in ran or step.id not in old:
            return step
        every = tuple(dict.fromkeys((*step.outputs, *old[step.id].outputs)))
        return step if every == step.outputs else dataclasses.replace(step, outputs=every)

    known = {p.name for p in new.parameters}
    more: list[Parameter] = [
        p for p in state.runbook.parameters
        if p.name not in known and (p.secret or p.placeholder)
    ]  # fmt: skip
    found = each_step(new, outputs)
    return dataclasses.replace(found, parameters=(*found.parameters, *more)) if more else found
