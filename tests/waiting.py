"""Waiting for what a test waits for, with a deadline instead of a sleep."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds after which what did not come will not come, on however busy a machine."""

_PAUSE = threading.Event()


def until(
    holds: Callable[[], object], seconds: float = PATIENCE, what: str = "", pause: float = 0.01
) -> None:
    """Return as soon as ``holds()`` is true, asked every ``pause``; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or holds}")
        _PAUSE.wait(pause)
