"""What shows while a run is read and opened.

Imports next to nothing: this is the first frame, and what it loads is what a person waits for.
"""

from __future__ import annotations

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from runbook_tui.book.plain_text import printable
from runbook_tui.tui.opening import Opening


class OpeningScreen(Screen[None]):
    """A title, what is being done, and the keys; nothing in it depends on the plan's size."""

    DEFAULT_CSS = """
    OpeningScreen { background: $background; color: $foreground; }
    OpeningScreen #title { background: $panel; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.leave", "leave", id="leave")]
    TAKES_KEYS = True
    """It has nothing that could have the focus, and is ready at once."""
    KEYS = "F9 PANIC: shows the rollback as soon as the run is open    q leave"

    def __init__(self, opening: Opening | None) -> None:
        super().__init__(id="_default")
        self._opening = opening
        self._began = time.monotonic()
        self._word = ""
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """Nothing at all where the run is open already."""
        if self._opening is not None:
            yield Static(f" Runbook: {printable(self._opening.name, 200)}", id="title",
                         markup=False)  # fmt: skip
            yield Static(" opening …", id="doing", markup=False)
            yield Static(f" {self.KEYS}", id="keys", markup=False)

    def on_mount(self) -> None:
        """Say what is being done, and for how long."""
        if self._opening is not None:
            self._clock = self.set_interval(0.25, self._tell)

    def on_screen_suspend(self) -> None:
        """Another screen lies on it: each word that it said would have that one drawn anew."""
        if self._clock is not None:
            self._clock.pause()

    def on_screen_resume(self) -> None:
        """It is seen again."""
        if self._clock is not None:
            self._clock.resume()

    def answer(self, word: str) -> None:
        """Say what a key will do."""
        self._word = word
        self._tell()

    def _tell(self) -> None:
        assert self._opening is not None
        doing = printable(self._opening.doing, 200) or "opening"
        spent = int(time.monotonic() - self._began)
        parts = [f"{doing} …{f' {spent} s' if spent else ''}", self._word]
        self.query_one("#doing", Static).update("\n ".join(["", *filter(None, parts)])[1:])
