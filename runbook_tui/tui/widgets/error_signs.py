"""Whether a command's output holds a line that looks like an error: looked for once, beside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runbook_tui.session.ports.terminals import Terminals
from runbook_tui.tui.widgets.searching import Search, error_below


class ErrorSigns:
    """Remembers what was found; ``tell`` is called, from any thread, when something was."""

    def __init__(self, terminals: Terminals, tell: Callable[[], object]) -> None:
        self._terminals = terminals
        self._tell = tell
        self._known: set[str] = set()
        self._searches: dict[str, Search] = {}

    def seen(self, folder: str) -> bool:
        """Whether the output of a command that has ended holds one, as far as it is known."""
        if not folder:
            return False
        search = self._searches.get(folder)
        if search is None:
            terminal = self._terminals.open(Path(folder))
            search = Search(
                "", lambda stop: error_below(terminal, 0, stop), lambda _: self._found(folder)
            )
            self._searches[folder] = search
        return search.hit.line is not None

    def looked(self, folder: str) -> bool:
        """Whether it is known."""
        return folder in self._known

    def _found(self, folder: str) -> None:
        self._known.add(folder)
        self._tell()

    def leave(self) -> None:
        """Nobody waits any more."""
        for search in self._searches.values():
            search.stop()
