"""What a failure means for the person: one line and what to do next, never a traceback."""

from __future__ import annotations

import os
import tempfile
import time
import traceback
from pathlib import Path

from runbook_tui.book.findings import PlanFaults
from runbook_tui.cli import exits, say, unknown
from runbook_tui.cli.exits import Ended
from runbook_tui.session.opening import NoSuchRun
from runbook_tui.session.ports.journal import JournalError


def explain(error: Exception) -> int:
    """Say what went wrong and return the exit status."""
    if isinstance(error, Ended):
        return tell(error)
    if isinstance(error, PlanFaults):
        from runbook_tui.cli.faults import print_faults

        print_faults(error)
        return exits.PLAN_FAULTS
    if isinstance(error, NoSuchRun):
        say.err(str(error))
        for run in error.candidates:
            say.err(f"  {run}")
        if not error.candidates and (lost := unknown.said(unknown.folders(), ())):
            say.err(lost, colour="red")
        return exits.USAGE
    if isinstance(error, JournalError):
        return tell(Ended(exits.OUR_FAULT, str(error), error.hint))
    return crashed(error)


def tell(ended: Ended) -> int:
    """Say what an `Ended` carries."""
    if ended.message:
        say.err(ended.message, colour="red" if ended.status != exits.DONE else None)
    if ended.hint:
        say.err(ended.hint)
    return ended.status


def crashed(error: Exception) -> int:
    """A fault of ours: one line, and where the rest of it is written."""
    path = _write_crash(error)
    where = f"; details are in {path}" if path else ""
    say.err(f"a fault of this program: {type(error).__name__}: {error}".split("\n")[0] + where)
    return exits.OUR_FAULT


def _write_crash(error: Exception) -> Path | None:
    from runbook_tui import wiring

    text = "".join(traceback.format_exception(error))
    name = f"crash-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.log"
    for folder in (wiring.settings().home, None):
        try:
            path = (folder or Path(tempfile.gettempdir())) / name
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(fd, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError:
            continue
        return path
    return None
