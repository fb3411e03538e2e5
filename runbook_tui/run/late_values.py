"""Values that an undo lacks because its step has not put them out, or not as they must be. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from runbook_tui.run.rollback import ran
from runbook_tui.run.state import RunState
from runbook_tui.run.undo_items import item_of


def lacking(state: RunState, name: str, step: str = "") -> str:
    """The step whose undo needs a value of this name that only the step itself could put out.

    That is ``step``, or of several the one that is taken back first; empty where there is none.
    """
    makers = state.outline.makers.get(name, ())
    for id_ in ran(state) if makers else ():
        if id_ in makers and step in {"", id_}:
            item = item_of(state, id_, False)
            if item is not None and name in item.missing:
                return id_
    return ""


def with_values(state: RunState, values: Mapping[str, str]) -> RunState:
    """The run as it will be once these values are given."""
    steps = dict(state.steps)
    for name, value in values.items():
        if id_ := lacking(state, name):
            outputs = {**steps[id_].outputs, name: value}
            steps[id_] = dataclasses.replace(steps[id_], outputs=outputs)
    return dataclasses.replace(state, values={**state.values, **values}, steps=steps)
