"""Locks that a killed push has left on the remote, in words: which file, how old, what to do."""

from __future__ import annotations

import os
from collections.abc import Callable

from runbook_tui.book.durations import spoken


class StaleLocks:
    """Remembers since when each is in the way, for those whose age nobody here can see."""

    def __init__(self, now: Callable[[], float], mono: Callable[[], float]) -> None:
        self._now = now
        self._mono = mono
        self._met: dict[str, float] = {}

    def words(self, file: str) -> str:
        """What is said of a lock."""
        met = self._met.setdefault(file, self._mono())
        try:
            old = f"it is {spoken(max(0.0, self._now() - os.stat(file).st_mtime))} old"
        except OSError:
            old = f"it has been in the way for {spoken(self._mono() - met)}"
        return (
            f"the lock {file} on the remote is in the way; {old}. Nobody but a push of this run"
            " sets it: where none runs, a push was killed there, and the file can be deleted"
        )
