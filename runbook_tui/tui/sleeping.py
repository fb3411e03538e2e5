"""Ctrl+Z: the program stops for the shell and comes back with `fg`; commands go on."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from runbook_tui.run.state import RunState

if TYPE_CHECKING:
    from runbook_tui.tui.leaving import LeavingApp

WORDS = (
    "Runbook sleeps: running commands go on, no further step starts, nobody watches.\n"
    "`fg` comes back. From here too: `runbook rollback` takes everything back.\n"
)


def refusal(state: RunState) -> str:
    """Why the program does not stop now; empty where it may."""
    if state.rolling_back:
        return "a rollback is carried out here; Ctrl+Z would stop it half-way"
    if not _job_control():
        return "there is no shell here that could bring it back; q leaves, commands go on"
    return ""


def _job_control() -> bool:
    """Whether a shell with jobs has started us: it stands in the same session, in another group."""
    try:
        session, group = os.getsid(0), os.getpgrp()
        parent = os.getppid()
        while parent > 1 and os.getsid(parent) == session:
            if os.getpgid(parent) != group:
                return True
            parent = _parent_of(parent)
    except OSError:
        return False
    return False


def _parent_of(pid: int) -> int:
    with open(f"/proc/{pid}/stat", "rb") as file:
        return int(file.read().rpartition(b")")[2].split()[1])


def sleep(app: LeavingApp) -> None:
    """Stop until the shell brings the program back; the screen is drawn anew then."""
    try:
        with app.suspend():
            sys.stdout.write(WORDS)
            sys.stdout.flush()
            before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            try:
                # Everybody in the job: a shell waits for make or uv, if these have started us.
                os.killpg(0, signal.SIGTSTP)
            finally:
                signal.signal(signal.SIGTSTP, before)
    except SuspendNotSupported:
        app.say("this terminal cannot be given back; q leaves, commands go on", "warn")
        return
    app.say("awake again")
