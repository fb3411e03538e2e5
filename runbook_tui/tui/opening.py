"""A run that is read and opened on a thread of its own, while a screen shows that it is.

Imports next to nothing, Textual neither: it is there before the screen is loaded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from runbook_tui.frozen import frozen

if TYPE_CHECKING:
    from runbook_tui.session.ports.terminals import Terminals
    from runbook_tui.session.session import Session


class Left(Exception):
    """The person has left before anything was recorded; nothing of it may be done any more."""


@frozen
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
