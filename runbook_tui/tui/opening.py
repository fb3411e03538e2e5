"""What shows while a run is read and opened on a thread of its own.

Imports next to nothing: this is the first frame, and what it loads is what a person waits for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from runbook_tui.book.plain_text import printable

if TYPE_CHECKING:
    from runbook_tui.session.ports.terminals import Terminals
    from runbook_tui.session.session import Session


class Left(Exception):
    """The person has left before anything was recorded; nothing of it may be done any more."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An open session, what opens its panes, what to say first, and who is told at the end."""

    session: Session
    terminals: Terminals
    said: str = ""
    shown: Callable[[], object] = lambda: None
    """Called when the run is on the screen: for what nobody has to wait for until then."""
    gone: Callable[[], object] = lambda: None
    """Called when the screen has closed."""


class Opening:
    """Work that ends in an open session, done beside the screen.

    It may be left without a trace until it calls `commit`; from then on it is carried through.
    """

    def __init__(self, name: str, work: Callable[[Opening], Opened]) -> None:
        self.name = name
        """What is opened, as people call it."""
        self.doing = ""
        """What is done at this moment."""
        self._work = work
        self._lock = threading.Lock()
        self._left = self._committed = False
        self._ended = threading.Event()
        self._opened: Opened | None = None
        self._error: BaseException | None = None

    def carry_out(self) -> Opened | None:
        """Do the work on this thread; None where it failed or was left."""
        try:
            self._opened = self._work(self)
        except BaseException as error:  # noqa: BLE001  whoever waits for the end is told
            self._error = error
        self._ended.set()
        return self._opened

    def commit(self) -> None:
        """From here on it is carried through; raises `Left` where the person was faster."""
        with self._lock:
            if self._left:
                raise Left
            self._committed = True

    def leave(self) -> bool:
        """Give it up; False where it is carried through and will soon have ended."""
        with self._lock:
            self._left = not self._committed
            return self._left

    def end(self) -> Opened | None:
        """How it ended, for whoever has closed the screen; waits only for what is carried through.

        None where it was left. Raises what the work has raised.
        """
        if not self._ended.is_set() and self.leave():
            return None
        self._ended.wait()
        if self._error is not None and not isinstance(self._error, Left):
            raise self._error
        return self._opened


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
