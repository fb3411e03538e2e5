"""A terminal that is gone: whoever led on it must not keep the run from others."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time

PATIENCE = 2.0
"""Seconds until a program that takes no notice of the hang-up is ended."""


def end_with_terminal() -> None:
    """From here on end as the system ends a program whose terminal hangs up.

    It sends the signal only to a terminal's own session, and not where somebody has it ignored;
    a screen would then read and draw for ever where nobody is.
    """
    terminal = os.dup(sys.stdin.fileno())
    threading.Thread(target=_wait, args=(terminal,), name="hangup", daemon=True).start()


def _wait(terminal: int) -> None:
    gone = select.poll()
    # Nothing is asked for: only a hang-up or an error is told.
    gone.register(terminal, 0)
    gone.poll()
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
        os.kill(os.getpid(), number)
        time.sleep(PATIENCE)
