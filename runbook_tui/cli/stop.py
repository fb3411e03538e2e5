"""``runbook stop [RUN]``: stop its running commands, whole process trees."""

from __future__ import annotations

import time
from pathlib import Path

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.people import as_option, rescuer
from runbook_tui.run.requests import Refusal, StopCommands
from runbook_tui.run.state import RunState
from runbook_tui.session.ports.commands import Commands, Phase
from runbook_tui.session.session import Session
from runbook_tui.session.undo_file import UNDO_KINDS

GRACE = 5.0
PATIENCE = 15.0
POLL = 0.05


@click.command("stop")
@click.argument("run", required=False)
@as_option
def command(run: str | None, claimed: str | None) -> int:
    """Stop a run's running commands: TERM, then KILL after five seconds."""
    from runbook_tui import wiring
    from runbook_tui.cli.choosing import choose_only
    from runbook_tui.cli.reading import reading

    with reading() as journal:
        what = "have running commands"
        found = choose_only(journal, run, lambda g: bool(g.running), what)
        found = found or choose_only(journal, run, lambda g: g.pausing, what)
    if found is None or not (found.running or found.pausing):
        say.out("nothing runs")
        return exits.DONE
    commands = wiring.commands()
    folders = [Path(folder) for folder in found.running]
    session = _session(found.entry.run, claimed)
    try:
        answer = session.ask(StopCommands()).result(PATIENCE)
        _wait(commands, folders)
        if session.leads:
            _wait_recorded(session)
    finally:
        session.close()
    if not folders:
        say.out(answer.reason if isinstance(answer, Refusal) else "stopped: it is not tried again")
    for folder in folders:
        alive = commands.status(folder).phase in {Phase.STARTING, Phase.RUNNING}
        say.out(f"{folder.name}: {'still runs' if alive else 'stopped'}")
    return exits.DONE


def _session(run: str, claimed: str | None) -> Session:
    """A session that records the ends where nobody leads; else the lead's own does that."""
    from runbook_tui import wiring

    who = rescuer(claimed)
    session = wiring.open_session(run, who, leads=True)
    # Whoever stops what runs does not ask for the next undo.
    session.leave_rollbacks()
    if session.open():
        return session
    session.close()
    session = wiring.open_session(run, who, leads=False)
    session.open()
    return session


def _wait(commands: Commands, folders: list[Path]) -> None:
    deadline = time.monotonic() + GRACE + PATIENCE
    while any(commands.status(f).phase in {Phase.STARTING, Phase.RUNNING} for f in folders):
        if time.monotonic() > deadline:
            return
        time.sleep(POLL)


def _wait_recorded(session: Session) -> None:
    deadline = time.monotonic() + PATIENCE
    while _open(session.state) and time.monotonic() < deadline:
        time.sleep(POLL)


def _open(state: RunState) -> bool:
    """Whether a command's end, or that of its step, is still to be recorded."""
    for id_, step in state.steps.items():
        if any(c.running and c.kind not in UNDO_KINDS for c in step.commands):
            return True
        item = state.outline.steps.get(id_)
        if step.status == "running" and item is not None and not item.manual:
            return True
    return False
