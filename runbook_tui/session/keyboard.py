"""Keys for commands: at once where nothing has to wait for it, and in the order they were typed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path

from runbook_tui.session.ports.commands import Commands


class Keyboard:
    """What one person types, and into how large a terminal.

    ``later`` does things one after the other on another thread. Without ``here`` no command runs on
    this machine: nothing is typed.
    """

    def __init__(
        self,
        commands: Commands,
        later: Callable[[Callable[[], None]], None],
        *,
        here: bool = True,
    ) -> None:
        self._commands = commands
        self._later = later
        self._here = here
        self._on_their_way: deque[tuple[Path, bytes]] = deque()

    def write(self, place: str, data: bytes) -> None:
        """Type into the terminal of the command that keeps its files there; never waits."""
        if not self._here:
            return
        folder = Path(place)
        # What was typed before and is still on its way must not be overtaken.
        if self._on_their_way or not self._commands.write_now(folder, data):
            self._on_their_way.append((folder, data))
            self._later(self._write_oldest)

    def resize(self, place: str, rows: int, columns: int) -> None:
        """Tell that command's terminal its size."""
        if self._here:
            self._later(lambda: self._commands.resize(Path(place), rows, columns))

    def _write_oldest(self) -> None:
        try:
            self._commands.write(*self._on_their_way[0])
        finally:
            self._on_their_way.popleft()
