"""What keeps helpers from outliving this program, by kill -9 too: a program that watches for it."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

from runbook_tui.command.reaper import WIDTH

REAPER = Path(__file__).with_name("reaper.py")
MARK = "RUNBOOK_HELPER"
"""The variable that a helper and what it starts are known by."""


class Lifeline:
    """Helpers that end with this program, or once it is closed. Thread-safe.

    What is under way stands in places of a file in memory: that is written before a helper starts,
    costs nobody a wake-up, and is still there when this program is not.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[int] = []
        self._most = 0
        self._count = 0
        self._mark = secrets.token_hex(8)
        self._places = -1
        self._pipe = -1
        self.closed = False
        """Whether helpers are to end, also those that are started only now."""

    @contextlib.contextmanager
    def held(self) -> Iterator[Held]:
        """A place for one helper, from before its start until it has ended."""
        with self._lock:
            self._begin()
            if not self._free:
                self._free.append(self._most)
                self._most += 1
            place = self._free.pop()
            self._count += 1
            one = Held(self._places, place, self._count, f"{self._mark}.{self._count}")
        one.write(0)
        try:
            yield one
        finally:
            one.clear()
            with self._lock:
                self._free.append(place)

    def close(self) -> None:
        """End what is under way; never waits for that."""
        with self._lock:
            self.closed = True
            if self._pipe >= 0:
                os.close(self._pipe)
                self._pipe = -1

    def _begin(self) -> None:
        """Start what watches; where that cannot be, helpers are as they would be without it.

        The lock is held.
        """
        if self.closed or self._places >= 0 or not hasattr(os, "memfd_create"):
            return
        self._places = os.memfd_create("runbook-helpers")
        weakref.finalize(self, os.close, self._places)
        ends, self._pipe = os.pipe()
        python = getattr(sys, "_base_executable", None) or sys.executable
        words = [python, "-I", "-S", "-E", str(REAPER), str(ends), str(self._places)]
        with contextlib.suppress(OSError):
            # It leaves whom it was started by at once, so that nobody has to wait for its end.
            subprocess.run(
                [*words, f"{MARK}={self._mark}."], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                cwd="/", env={"LANG": "C.UTF-8"}, pass_fds=(ends, self._places), check=False,
            )  # fmt: skip
        os.close(ends)


class Held:
    """A helper that is under way, and the mark that it is to have in its environment."""

    def __init__(self, file: int, place: int, number: int, mark: str) -> None:
        self._file, self._at, self._number = file, place * WIDTH, number
        self.mark = mark

    def write(self, leader: int) -> None:
        """Write down that it is under way; ``leader``: its process id, once that is known."""
        if self._file >= 0:
            words = (self._number.to_bytes(8, "little"), leader.to_bytes(8, "little"))
            os.pwrite(self._file, b"".join(words), self._at)

    def clear(self) -> None:
        """It has ended."""
        if self._file >= 0:
            os.pwrite(self._file, bytes(WIDTH), self._at)
