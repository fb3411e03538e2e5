"""A search of a command's output on a thread of its own, so that the screen goes on meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from runbook_tui.session.ports.terminals import Terminal


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a text stands: the line, None for nowhere; ``again`` from the end once more."""

    text: str
    line: int | None
    again: bool = False


class Search:
    """Looks for a text from the end backwards, or on from a line; begins at once."""

    def __init__(
        self, terminal: Terminal, text: str, before: int | None, done: Callable[[Search], None]
    ) -> None:
        self.text = text
        self.hit = Hit(text, None)
        self._terminal = terminal
        self._before = before
        self._done = done
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="search", daemon=True).start()

    def stop(self) -> None:
        """It is wanted no more; `done` is never called then."""
        self._stopped.set()

    def _run(self) -> None:
        find, stopped = self._terminal.find, self._stopped.is_set
        line = find(self.text, self._before, stopped)
        again = line is None and self._before is not None
        if again:
            line = find(self.text, None, stopped)
        self.hit = Hit(self.text, line, again)
        if not stopped():
            self._done(self)
