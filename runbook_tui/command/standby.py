"""A supervisor held ready: up, loaded, and waiting for its spec, so that the next start is quick.

It is a supervisor like any other which has not got its spec yet. It has taken no lock and knows no
command; when whoever holds it dies, the pipe that it reads from ends, and it goes.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import weakref
from pathlib import Path

SUPERVISOR = Path(__file__).parent / "supervisor"
MOMENT = 0.1
"""Seconds after a start in which the command comes up: what would take its time waits so long."""

Child = subprocess.Popen[bytes]


class Standby:
    """One supervisor in reserve. Thread-safe."""

    def __init__(self, supervisor: Path = SUPERVISOR) -> None:
        self._supervisor = supervisor
        self._gate = threading.Lock()
        self._held: list[Child] = []
        self._wanted = False
        self.close = weakref.finalize(self, dismiss, self._held)
        """End the one in reserve; at the latest this happens as the process ends."""

    def take(self) -> Child | None:
        """The one in reserve, which is ours no more; None where there is none."""
        with self._gate:
            child = self._held.pop() if self._held else None
        if child is not None and child.poll() is not None:
            dismiss([child])
            return None
        return child

    def renew(self, after: float = MOMENT) -> None:
        """Have one in reserve soon."""
        with self._gate:
            if self._wanted or self._held or not self.close.alive:
                return
            self._wanted = True
        timer = threading.Timer(after, _renew, (weakref.ref(self),))
        timer.daemon = True
        timer.start()

    def fill(self) -> None:
        """Have one in reserve now, unless that fails: then a start is as slow as without."""
        with self._gate:
            self._wanted = False
            if self._held or self._is_closed():
                return
            try:
                self._held.append(self.begin())
            except OSError:
                return
            if self._is_closed():
                # It was closed meanwhile, and that has found nothing yet.
                dismiss(self._held)

    def _is_closed(self) -> bool:
        return not self.close.alive

    def begin(self) -> Child:
        """A supervisor that waits for its spec. Raises OSError."""
        python = getattr(sys, "_base_executable", None) or sys.executable
        return subprocess.Popen(
            [python, "-I", "-S", "-E", str(self._supervisor / "__main__.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env={"LANG": "C.UTF-8"},
        )


def _renew(standby: weakref.ref[Standby]) -> None:
    found = standby()
    if found is not None:
        found.fill()


def dismiss(held: list[Child]) -> None:
    """End supervisors that have begun nothing."""
    while held:
        child = held.pop()
        child.kill()
        with child:
            pass
