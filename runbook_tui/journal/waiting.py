"""What keeps the journal's newest events outside of its one file: somebody who reads for long."""

from __future__ import annotations

import os
from pathlib import Path

from runbook_tui.journal.lock import program
from runbook_tui.journal.schema import side

MUCH = 16 << 20
"""Bytes of the WAL that an honest crowd of writers does not reach: each tidies after 64 appends."""


def kept_waiting(path: Path) -> str:
    """That the WAL beside a journal is large and who has it open; empty where it is not."""
    try:
        size = side(path, "-wal").stat().st_size
    except OSError:
        return ""
    if size < MUCH:
        return ""
    who = [f"process {pid} “{program(pid)}”" for pid in holders(path)]
    by = f"open in {', '.join(who)}" if who else "who has it open cannot be told"
    return (
        f"{size >> 20} MiB of events wait outside of {path.name}, because a program reads the"
        f" journal without a pause: {by}; nothing is lost, end that program"
    )


def holders(path: Path) -> list[int]:
    """The processes that have a file open, as far as one may know; this one is not among them."""
    try:
        seen = path.stat()
    except OSError:
        return []
    names = os.listdir("/proc") if Path("/proc").is_dir() else []
    pids = [name for name in names if name.isdigit() and int(name) != os.getpid()]
    return sorted(int(pid) for pid in pids if _has_open(pid, seen))


def _has_open(pid: str, file: os.stat_result) -> bool:
    try:
        with os.scandir(f"/proc/{pid}/fd") as open_ones:
            return any(_is(fd, file) for fd in open_ones)
    except OSError:
        return False


def _is(fd: os.DirEntry[str], file: os.stat_result) -> bool:
    try:
        there = fd.stat()
    except OSError:
        return False  # Closed meanwhile.
    return (there.st_ino, there.st_dev) == (file.st_ino, file.st_dev)
