"""How the application begins: with an open session, or with a screen while one is opened."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from textual.message import Message
from textual.screen import Screen

from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.tui.opening import Opened, Opening
from runbook_tui.tui.opening_screen import OpeningScreen
from runbook_tui.tui.own_terminal import OwnTerminalApp
from runbook_tui.tui.speaking import SpeakingApp

SETTLED = 0.25
"""Seconds from the start within which a terminal has answered what it was asked: an answer that
comes when the screen has closed would stand on the command line."""


class BeginningApp(SpeakingApp, OwnTerminalApp):
    """An application that shows a run as soon as there is one."""

    served = False
    """Whether its terminal is a page in a browser, which may be loaded again."""

    class Ended(Message):
        """The opening has ended: with an open session, or not (None)."""

        def __init__(self, opened: Opened | None) -> None:
            super().__init__()
            self.opened = opened

    def __init__(self, begun: Opening | Opened, preferences: Preferences = DEFAULTS) -> None:
        super().__init__(preferences)
        self._opening = begun if isinstance(begun, Opening) else None
        self._given = begun if isinstance(begun, Opened) else None
        self._wanted: Callable[[], object] | None = None
        self._began = time.monotonic()

    def take(self, opened: Opened) -> None:
        """From here on this is the session."""
        raise NotImplementedError

    def load(self) -> None:
        """Import all that an open run shows, on the thread that opens it."""
        raise NotImplementedError

    def foresee(self, opened: Opened) -> None:
        """Work out what the run's first frame says of its plan, on the thread that opened it."""
        raise NotImplementedError

    def show_run(self) -> None:
        """Show the run of the session that was taken."""
        raise NotImplementedError

    def get_default_screen(self) -> Screen[object]:
        """What is there first; below the screens of the run nothing of it shows."""
        return OpeningScreen(self._opening)  # type: ignore[return-value]

    def on_mount(self) -> None:
        """Show the run, or open it first."""
        if self.served:
            self.redraw_when_told()
        if self._given is not None:
            self.take(self._given)
            self.show_run()
        else:
            self.call_after_refresh(
                threading.Thread(target=self._open, name="opening", daemon=True).start
            )

    def _open(self) -> None:
        assert self._opening is not None
        try:
            # Here, so that the screen's own thread finds them loaded.
            self.load()
        finally:
            opened = self._opening.carry_out()
            try:
                if opened is not None:
                    self.foresee(opened)
            finally:
                self.post(self.Ended(opened))

    def post(self, message: Message) -> None:
        """Post a message from any thread, as long as there is anybody to read it."""
        if self.is_running:
            self.post_message(message)

    def on_beginning_app_ended(self, message: BeginningApp.Ended) -> None:
        """The run is open: show it, and do what a key has asked for meanwhile."""
        if message.opened is None:
            self.set_timer(max(0.01, SETTLED - time.monotonic() + self._began), self.exit)
            return
        self._opening = None
        self.take(message.opened)
        if self._wanted != self.action_leave:
            self.show_run()
            self.call_after_refresh(message.opened.shown)
        else:
            message.opened.shown()
        if self._wanted is not None:
            self._wanted()

    def later(self, deed: Callable[[], object], word: str) -> bool:
        """Do what a key asks for as soon as the run is open; False where it is open now."""
        if self._opening is None:
            return False
        self._wanted = deed
        if isinstance(self.screen, OpeningScreen):
            self.screen.answer(word)
        return True

    def action_leave(self) -> None:
        """Leave; commands go on."""
        if self._opening is None:
            super().action_leave()
        elif self._opening.leave():
            self.exit()
        else:
            self.later(self.action_leave, "q: leaves as soon as the run is open")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Until the run is open there is nothing to choose from, and nothing to sleep on."""
        if self._opening is not None:
            return action not in {"command_palette", "sleep", "redraw"}
        return super().check_action(action, parameters)
