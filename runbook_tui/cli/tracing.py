"""Traces of a run that is over, where the person has asked for them by ``RUNBOOK_TRACES``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_tui.cli import say

if TYPE_CHECKING:
    from runbook_tui.run.state import RunState

PATIENCE = 2.0
"""Seconds that a collector may keep the end of a run waiting."""


def leave_traces(state: RunState) -> None:
    """Write or send the spans of a run that has come to its end; nothing where none are wanted.

    A collector that does not answer is passed over in silence; a file that cannot be written is
    named. Neither changes how the run ended.
    """
    from runbook_tui import wiring

    where = wiring.settings().traces
    over = state.rollback is not None and state.rollback.finished is not None
    if not where or (state.finished is None and not over):
        return
    try:
        why = wiring.hand_on(wiring.traces(state.run), where, patience=PATIENCE)
    except Exception as error:  # noqa: BLE001  whatever fails here, the run ended as it did
        why = str(error) or type(error).__name__
    if why and not wiring.is_address(where):
        say.err(f"the traces of run {state.run} were not written: {why}", colour="yellow")
