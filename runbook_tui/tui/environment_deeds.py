"""Showing how a command was started: the journal is asked, and may take its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_tui.run.events import CommandStarted

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


def show_environment(app: RunbookApp, seq: int, title: str) -> None:
    """The folder, shell and variables of the command that was started by this event, once the
    journal has told them."""
    told = app.session.started(seq)
    told.add_done_callback(lambda told: app.call_later(_show, app, told.result(), title))


def _show(app: RunbookApp, started: CommandStarted | None, title: str) -> None:
    from runbook_tui.tui.screens.reading import EnvironmentScreen

    if started is None:
        app.say("the journal does not tell how this command was started", "warn")
    else:
        app.push_screen(EnvironmentScreen(started, title))
