"""What the journal's tests have in common: a run to write to, and writers of their own process."""

from __future__ import annotations

import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.events import Actor, Draft, Event, NoteAdded, RunStarted
from tests.waiting import PATIENCE

ADA = Actor(name="Ada", email="ada@example.com", user="ada", host="lab")
ROOT = Path(__file__).parents[3]
WRITER = Path(__file__).with_name("writer.py")
DEADLINE = PATIENCE


def opened(path: Path, patience: float = 5.0) -> SqliteJournal:
    """The journal at ``path``, with the real clock."""
    return SqliteJournal(path, SystemClock(), patience)


def begun(run: str = "7f3a", plan: str = "- [ ] one") -> list[Draft]:
    """The draft that a run begins with."""
    started = RunStarted(
        title="Ship it", source="plan.md", format="markdown", plan=plan, digest="d1", folder="/srv"
    )
    return [Draft(payload=started, id=f"begin-{run}")]


def note(text: str, id_: str = "") -> list[Draft]:
    """One remark."""
    return [Draft(payload=NoteAdded(text=text), step="merge", id=id_)]


def filled(path: Path, count: int = 10, run: str = "7f3a") -> list[Event]:
    """A closed journal with one run of ``count`` events."""
    with opened(path) as journal:
        journal.append(run, begun(run), ADA)
        for number in range(2, count + 1):
            journal.append(run, note(f"note {number}"), ADA)
        return journal.events(run)


def writer(path: Path, mode: str, *args: object) -> subprocess.Popen[str]:
    """A process that runs ``writer.py`` on the journal and prints what was acknowledged."""
    command = [sys.executable, "-W", "error", str(WRITER), str(path), mode, *map(str, args)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, cwd=ROOT
    )


def line(stream: IO[str] | None, seconds: float = DEADLINE) -> str:
    """The next line of a process that prints one at a time."""
    assert stream is not None
    ready, _, _ = select.select([stream], [], [], seconds)
    assert ready, "the process said nothing"
    return stream.readline().strip()


def until(holds: Callable[[], bool], seconds: float = DEADLINE) -> None:
    """Wait for a condition; fails when it does not come true in time."""
    deadline = time.monotonic() + seconds
    pause = select.poll()
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        pause.poll(2)
