"""The person's own terminal: kept as it must be, whatever another program does to it.

A command may open the terminal on which this screen stands (its user is ours) and clear it, move
its margins, show its cursor or take it out of raw mode; then not even the panic key would come.
"""

from __future__ import annotations

import asyncio
import os
import signal
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from runbook_tui.tui.leaving import LeavingApp

if TYPE_CHECKING:
    from textual.driver import Driver

    from runbook_tui.tui.widgets.pane import Pane

EVERY = 2.0
"""Seconds between two times that the screen is drawn anew while commands run."""
FLAGS = 4
"""How many of a terminal's attributes are modes: input, output, control, local."""
MOST_COPIED = 74_000
"""Characters that every terminal that copies at all takes (a hundred kilobytes, coded)."""
MODES = (
    "\x1b[?6l\x1b[r\x1b[4l\x1b[?7l\x1b(B\x0f\x1b[0m"  # origin, margins, insertion, letters
    "\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?1004h\x1b[?2004h"  # mouse, focus, pastes
    "\x1b[?25l"
)
SECOND = "\x1b[?1047h"
"""The second screen, which is not cleared where it is shown already."""


class OwnTerminalApp(LeavingApp):
    """An application that draws all of its screen again: when asked, and while commands run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "redraw", "redraw", id="redraw", show=False,
                tooltip="draws all of the screen again"),
    ]  # fmt: skip

    _attributes: list[Any] | None = None

    def redraw_when_told(self) -> None:
        """Draw everything whenever SIGUSR1 comes: another terminal shows what this one did."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.action_redraw)

    def keep_terminal(self) -> None:
        """From here on see to it that the terminal stays as it is now."""
        self._attributes = _attributes(self._driver)
        self._drawn_at = self.session.state.seq
        self.set_interval(EVERY, self._mind_terminal)

    def action_redraw(self) -> None:
        """Draw everything, on a screen that is cleared before."""
        self._draw("\x1b[2J")

    def on_pane_copied(self, message: Pane.Copied) -> None:
        """Text of an output goes into the terminal's clipboard, by its own sequence (OSC 52)."""
        text = message.text
        if not text.strip():
            self.say("there is nothing to copy")
            return
        self.copy_to_clipboard(text)
        lines = "1 line" if message.lines == 1 else f"{message.lines:,} lines"
        said = f"copied: {lines}, {len(text):,} characters"
        if message.cut:
            self.say(f"{said}; what is further down was too much", "warn")
        elif len(text) > MOST_COPIED:
            self.say(f"{said}; some terminals take no more than {MOST_COPIED:,}", "warn")
        else:
            self.say(said)

    def _mind_terminal(self) -> None:
        state = self.session.state
        busy = any(c.running for step in state.steps.values() for c in step.commands)
        if busy or state.seq != self._drawn_at:
            self._draw("")
        self._drawn_at = -1 if busy else state.seq

    def _draw(self, first: str) -> None:
        driver = self._driver
        # What is sent once the last screen is left would stand on the command line.
        for screen in self.screen_stack[-1:]:
            if driver is not None and self.is_running:
                _restore(driver, self._attributes)
                driver.write(SECOND + MODES + first)
                screen.refresh()


def _attributes(driver: Driver | None) -> list[Any] | None:
    """The attributes of the terminal; None where there is none."""
    number = getattr(driver, "fileno", None)
    if number is None or not os.isatty(number):
        return None
    try:
        return termios.tcgetattr(number)
    except termios.error:  # It is gone; who watches for that ends the program.
        return None


def _restore(driver: Driver, wanted: list[Any] | None) -> None:
    now = _attributes(driver)
    if now is None or wanted is None or now[:FLAGS] == wanted[:FLAGS]:
        return
    with suppress(termios.error):
        termios.tcsetattr(driver.fileno, termios.TCSANOW, wanted)  # type: ignore[attr-defined]
