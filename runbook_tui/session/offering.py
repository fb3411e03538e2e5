"""Runs the commands that a plan offers for a rollback, and records how they end."""

from __future__ import annotations

from pathlib import Path

from runbook_tui.book.model import Step
from runbook_tui.run.events import CheckTicked, Event
from runbook_tui.run.procedures import tick_of
from runbook_tui.run.state import CommandRecord, RunState
from runbook_tui.session.launching import finished, prepare_step, start
from runbook_tui.session.ports.commands import CommandStatus, Phase
from runbook_tui.session.putting_out import settle
from runbook_tui.session.recorder import Pair
from runbook_tui.session.workbench import Workbench


def run_offered(bench: Workbench, step: Step) -> list[Event]:
    """Record and start one; works without a journal, like the rollback it is for."""
    launch = prepare_step(bench, step, "stage", step.run or "")
    events = bench.recorder.record_or_keep(lambda _: [(launch.started, step.id)])
    start(bench, launch)
    return events


def watch_offered(bench: Workbench) -> bool:
    """Record the end of those that have ended; True while one runs."""
    running = False
    for id_, step in bench.state.steps.items():
        if id_ in bench.state.outline.steps:
            continue
        for record in step.commands:
            if record.running:
                running = _watch(bench, id_, record) or running
    return running


def _watch(bench: Workbench, id_: str, record: CommandRecord) -> bool:
    failure = bench.failures.pop(record.folder, "")
    status = bench.commands.status(Path(record.folder))
    if failure:
        status = CommandStatus(phase=Phase.FINISHED, exit=127, reason=failure)
    if status.phase in {Phase.STARTING, Phase.RUNNING}:
        return True

    def ended(state: RunState) -> list[Pair]:
        newest = {c.folder: c for c in state.step(id_).commands}[record.folder]
        if not newest.running:
            return []
        pairs: list[Pair] = [(finished(bench, record, status), id_)]
        if id_ in state.outline.beside.staged and tick_of(state, id_) is None and status.exit == 0:
            pairs.append((CheckTicked(node=id_), None))
        return pairs

    bench.recorder.record_or_keep(ended)
    settle(bench, record.folder)
    return False
