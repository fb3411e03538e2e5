"""A search of a command's output on a thread of its own, so that the screen goes on meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

from runbook_tui.frozen import frozen
from runbook_tui.session.ports.terminals import Terminal

Stop = Callable[[], bool]


@frozen(kw_only=False)
class Hit:
    """Where a text, or an error (``text`` is empty then), stands: the line, None for nowhere;
    ``again``: there was no further one, this is where the search begins anew."""

    text: str
    line: int | None
    again: bool = False


def text_above(terminal: Terminal, text: str, before: int | None, stop: Stop) -> Hit:
    """A text from the end backwards, or on from a line."""
    line = terminal.find(text, before, stop)
    again = line is None and before is not None
    return Hit(text, terminal.find(text, None, stop) if again else line, again)


def error_below(terminal: Terminal, after: int, stop: Stop) -> Hit:
    """The first line that says that something went wrong, or the next one from a line on."""
    line = terminal.find_error(after, stop)
    again = line is None and after > 0
    return Hit("", terminal.find_error(0, stop) if again else line, again)


class Search:
    """Looks for something; begins at once."""

    def __init__(
        self, text: str, look: Callable[[Stop], Hit], done: Callable[[Search], None]
    ) -> None:
        self.text = text
        self.hit = Hit(text, None)
        self._look = look
        self._done = done
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="search", daemon=True).start()

    def stop(self) -> None:
        """It is wanted no more; `done` is never called then."""
        self._stopped.set()

    def _run(self) -> None:
        self.hit = self._look(self._stopped.is_set)
        if not self._stopped.is_set():
            self._done(self)
