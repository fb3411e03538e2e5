"""The panic key: the first press looks, a second, deliberate one starts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.timer import Timer

from runbook_tui.run import requests as r
from runbook_tui.tui import banner
from runbook_tui.tui.dialogs.ask import Typed
from runbook_tui.tui.screens.rollback import RollbackScreen

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp

APART = 0.4
"""Seconds between the press that opens the rollback and one that starts it."""
ALONE = 0.15
"""Seconds after a press within which no other may follow, for it to start anything."""
SOON = 0.001
"""Seconds that a timer takes at least."""


HASTY = "too quick to be meant, nothing is started: once more, after a moment, starts it"


class PanicKey:
    """Opens the application's rollback screen, and starts what it shows."""

    def __init__(self, app: RunbookApp, screen: RollbackScreen) -> None:
        self._app = app
        self._screen = screen
        self._pressed = 0.0
        self._alone: Timer | None = None

    def press(self, at: float) -> None:
        """One press, wherever the person is; ``at`` is when it came, in monotonic seconds.

        Not when it is dealt with: a busy screen must not make two hasty presses deliberate.
        """
        since, self._pressed = at - self._pressed, at
        if self._alone is not None:
            self._alone.stop()
            self._alone = None
        if not isinstance(self._app.screen, RollbackScreen):
            self._open(at)
        elif self._screen.over:
            self._look()
        elif since >= APART:
            self._screen.prepare()
            passed = max(0.0, time.monotonic() - at)
            # A busy screen deals with a press late; the moment runs since it came.
            left = max(SOON, ALONE - passed)
            self._alone = self._app.set_timer(left, lambda: self._quiet(at))
        elif self._screen.startable:
            self._app.say(HASTY, "warn")

    def _open(self, at: float) -> None:
        app = self._app
        self._screen.called_at = at
        banner.paint(app)
        # What somebody types into stays below as it is, also between this screen and itself.
        while len(app.screen_stack) > 2 and not self._stays(app.screen):
            app.pop_screen()
        if app.screen is not self._screen:
            app.push_screen(self._screen)
        self._look()
        if len(app.screen_stack) > 3:
            app.say("what you were typing is kept: Esc leads back to it")

    def _stays(self, screen: Screen[object]) -> bool:
        return screen is self._screen or (isinstance(screen, Typed) and screen.typed)

    def _look(self) -> None:
        """Show what would be taken back now, or what is: the first press, which changes nothing."""
        self._screen.opened()
        if not self._app.session.state.rolling_back:
            self._app.ask(r.OpenRollback())

    def _quiet(self, at: float) -> None:
        # Behind every press that has come by now and was not dealt with yet.
        self._app.call_later(self._start, at)

    def _start(self, at: float) -> None:
        # What has ended meanwhile is looked at before it is begun once more.
        shown = isinstance(self._app.screen, RollbackScreen) and not self._screen.over
        if at == self._pressed and shown:
            self._screen.start()
