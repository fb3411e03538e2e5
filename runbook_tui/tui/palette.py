"""What Ctrl+P offers: the deeds that have no key of their own, and the way to those that have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen

from runbook_tui.run.decide import left_open, left_out
from runbook_tui.run.requests import FinishRun, StopCommands
from runbook_tui.run.retrying import paused
from runbook_tui.tui import alarming, people_deeds
from runbook_tui.tui.dialogs.ask import Confirm
from runbook_tui.tui.offered import of_keys
from runbook_tui.tui.replacing import look_at_plan

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp

OWN_NAMES = {"help", "leave"}
"""Acts with keys that are offered under other names."""
MOVES = {"up", "down", "page-up", "page-down", "first", "last", "left", "right"}
"""What one has only a key for."""


def commands(app: RunbookApp, screen: Screen[object]) -> Iterator[SystemCommand]:
    """The commands in the order in which they are wanted."""
    yield SystemCommand("Roll back", "shows the rollback, as F9 does", app.action_panic)
    yield SystemCommand("Note on the run", "writes a remark down", lambda: app.note(""))
    if app.session.guest is None:
        yield from _from_a_terminal(app)
    yield from alarming.commands(app)
    yield from people_deeds.commands(app, screen)
    yield from _by_key(app, screen)
    yield SystemCommand("Wall", "the run in large type for a room, to look at", app.action_wall)
    yield SystemCommand("Keys", "what each key does", app.action_help)
    yield SystemCommand("Draw the screen again", "as Ctrl+L does", app.action_redraw)
    yield SystemCommand("To the shell", "as Ctrl+Z does; fg comes back", app.action_sleep)
    yield SystemCommand("Theme", "other colours", app.action_change_theme)
    yield SystemCommand("Leave", "commands go on", app.action_leave)


def _by_key(app: RunbookApp, screen: Screen[object]) -> Iterator[SystemCommand]:
    """What the keys of this screen do, then those of what has the focus on it."""
    yield from of_keys(app, screen, OWN_NAMES)
    if screen.focused is not None:
        yield from of_keys(app, screen.focused, MOVES)


def _from_a_terminal(app: RunbookApp) -> Iterator[SystemCommand]:
    """What somebody in a browser does not do, or see: files and settings are another's there."""
    yield SystemCommand(
        "Stop running commands", "ends what runs, whole process trees", lambda: _stop(app)
    )
    yield SystemCommand("Finish the run", "leaves out what is optional", lambda: _finish(app))
    yield SystemCommand(
        "Changed plan", "what its file says by now, and going on with that",
        lambda: look_at_plan(app),
    )  # fmt: skip
    yield SystemCommand(
        "Settings", "each with its value and where that comes from",
        app.action_settings,
    )  # fmt: skip


def _finish(app: RunbookApp) -> None:
    """End the run; what would be left out by that is asked about first."""
    state = app.session.state
    left = [state.outline[id_].title for id_ in left_out(state)]
    if not left or left_open(state):
        app.ask(FinishRun())  # Either nothing is lost by it, or the answer says what is open.
        return
    titles = ", ".join(f"“{title}”" for title in left)
    app.push_screen(
        Confirm(f"Finish the run and leave out {titles}?"),
        lambda yes: app.ask(FinishRun()) if yes else None,
    )


def _stop(app: RunbookApp) -> None:
    state = app.session.state
    running = [
        state.outline[id_].title
        for id_, step in state.steps.items()
        if id_ in state.outline and (any(c.running for c in step.commands) or paused(state, id_))
    ]
    if not running:
        app.say("nothing runs")
        return
    app.push_screen(
        Confirm(f"Stop {', '.join(f'“{title}”' for title in running)}?"),
        lambda yes: app.ask(StopCommands()) if yes else None,
    )
