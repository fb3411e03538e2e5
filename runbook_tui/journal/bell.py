"""How a process learns at once that another one has recorded something.

After each commit the writer writes one byte into ``journal.bell``; who waits has an inotify watch
on it. A watch on SQLite's own files would wake too early, before the commit can be seen. A bell
that is never heard (killed between commit and bell, no inotify) costs a wait, never an event:
whoever waits looks by itself once in a while.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from pathlib import Path

from runbook_tui.session.home import opened
from runbook_tui.session.inotify import watch

LOOK = 1.0
"""Seconds after which a listener looks by itself."""
POLL = 0.05
"""The same where there is nothing to listen to."""


class Bell:
    """The writer's end. Ringing never fails: the record is safe whoever hears of it."""

    def __init__(self, path: Path) -> None:
        self._fd = opened(path, os.O_WRONLY | os.O_CREAT)

    def ring(self) -> None:
        """Wake all listeners."""
        # Always the same byte: the file neither grows nor needs room on a full disk.
        with suppress(OSError):
            os.pwrite(self._fd, b"\n", 0)

    def close(self) -> None:
        """Let go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class Listener:
    """The other end: hears every ring from its start on. Close it when done, which takes the
    system some milliseconds: it is kept as long as somebody may wait again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = watch(path)
        self._heard = seen(path)

    @property
    def hears(self) -> bool:
        """Whether it listens to the bell that is there now."""
        return self._fd >= 0 and self._heard == seen(self._path)

    def close(self) -> None:
        """Listen no more."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def wait(self, seconds: float) -> None:
        """Return at the next ring, or when it is time to look, after ``seconds`` at the latest."""
        if self._fd < 0:
            time.sleep(min(seconds, POLL))
            return
        ears = select.poll()
        ears.register(self._fd, select.POLLIN)
        if ears.poll(min(seconds, LOOK) * 1000):
            with suppress(BlockingIOError):
                os.read(self._fd, 4096)


def seen(path: Path) -> tuple[int, int] | None:
    """What tells a file from any other, also of its name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_dev
