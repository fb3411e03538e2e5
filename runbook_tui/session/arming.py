"""How a step would be taken back, as far as it is known: what is recorded before it acts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from runbook_tui.run.events import UndoArmed
from runbook_tui.run.prepare import arm
from runbook_tui.run.state import RunState
from runbook_tui.run.wire import limit, size, wire_name
from runbook_tui.session.launching import shell_of
from runbook_tui.session.recorder import Pair
from runbook_tui.session.workbench import Workbench

LONGEST_REASON = 1000


def rearmed(bench: Workbench, step_id: str, outputs: Mapping[str, str]) -> list[Pair]:
    """The step's undo with what it has put out by now, if that changes it."""
    state = bench.state
    step = dataclasses.replace(state.step(step_id), outputs=outputs)
    newer = dataclasses.replace(
        state, values={**state.values, **outputs}, steps={**state.steps, step_id: step}
    )
    armed = armed_undo(bench, newer, step_id)
    return [(armed, step_id)] if armed != state.step(step_id).undo else []


def armed_undo(bench: Workbench, state: RunState, step_id: str) -> UndoArmed:
    """How the step would be taken back, as far as known, and no larger than can be recorded."""
    armed = undo_of(bench, state, step_id)
    if size(armed) <= limit(wire_name(armed)):
        return armed
    if armed.kind != "command":
        return UndoArmed(kind=armed.kind, reason=armed.reason[:LONGEST_REASON], cwd=armed.cwd)
    # The step has run when what it put out makes its undo so large: a person has to know.
    return UndoArmed(kind="none", reason="its undo is too large to be recorded", cwd=armed.cwd)


def undo_of(bench: Workbench, state: RunState, step_id: str) -> UndoArmed:
    """How the step would be taken back, as far as known."""
    step = bench.step(step_id)
    shell = shell_of(bench, step)
    hidden = bench.secret_values().values()
    return arm(state, step, bench.surroundings.environment, shell, tuple(hidden))
