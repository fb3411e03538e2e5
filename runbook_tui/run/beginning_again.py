"""What a step of a Markdown plan begins with when it is tried again. Pure."""

from __future__ import annotations

import dataclasses

from runbook_tui.book.model import Step
from runbook_tui.run.sources import output_of
from runbook_tui.run.state import RunState


def as_begun(state: RunState, step: Step) -> RunState:
    """The run without what the step's own earlier attempts have put out.

    A block that counts a variable up would count on from where its failed attempt ended, while its
    author thinks that it is begun again. So it gets what it got then, and what another step has
    put out since, which is newer. Steps of TOML say themselves what they put out, and why.
    """
    own = [name for name in step.outputs if state.sources.get(name) == output_of(step.id)]
    if not step.parts or step.before is not None or not (own or state.step(step.id).outputs):
        return state
    values, sources = dict(state.values), dict(state.sources)
    for name in own:
        values.pop(name, None)
        sources.pop(name, None)
        for maker in _before(state, step, name):
            values[name] = state.step(maker).outputs[name]
            sources[name] = output_of(maker)
    steps = {**state.steps, step.id: dataclasses.replace(state.step(step.id), outputs={})}
    return dataclasses.replace(state, values=values, sources=sources, steps=steps)


def _before(state: RunState, step: Step, name: str) -> tuple[str, ...]:
    """The steps before it that have put out a name, in order: the last one counts."""
    order = state.outline.order
    at = order.index(step.id) if step.id in order else len(order)
    makers = state.outline.makers.get(name, ())
    return tuple(m for m in makers if order.index(m) < at and name in state.step(m).outputs)
