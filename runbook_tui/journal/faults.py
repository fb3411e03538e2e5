"""What went wrong, in words a person can act on: the one place where SQLite's errors end."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runbook_tui.session.ports.journal import JournalError

LITTLE = 1 << 20
"""Bytes of free space below which a failed write is put down to a full disk."""

ELSEWHERE = "Set RUNBOOK_HOME to a folder on a local disk that you may write."

# By the start of SQLite's error name: what happened, what to do. The first that fits is taken.
SAYINGS: tuple[tuple[str, str, str], ...] = (
    ("SQLITE_FULL", "the disk is full", "Make room, then try again; nothing recorded is lost."),
    ("SQLITE_IOERR", "reading or writing failed", "Look at the disk; nothing recorded is lost."),
    ("SQLITE_READONLY", "it cannot be written", ELSEWHERE),
    ("SQLITE_PERM", "it may not be opened", ELSEWHERE),
    ("SQLITE_AUTH", "it may not be opened", ELSEWHERE),
    ("SQLITE_CANTOPEN", "it cannot be opened", ELSEWHERE),
    ("SQLITE_BUSY", "another program holds it", "End the program that has it open, try again."),
    ("SQLITE_LOCKED", "another program holds it", "End the program that has it open, try again."),
    (
        "SQLITE_CORRUPT",
        "it is damaged",
        "Keep the file and look with `runbook verify`; set RUNBOOK_HOME for a new journal.",
    ),
    (
        "SQLITE_NOTADB",
        "the file is not a journal",
        "Move the file away, or set RUNBOOK_HOME to another folder.",
    ),
    ("SQLITE_ERROR", "its tables are not as they should be", "Look with `runbook verify`."),
)
CLOSED = {"SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH", "SQLITE_CANTOPEN"}
DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR"}
DENIED = {errno.EACCES, errno.EPERM}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Damaged(JournalError):
    """The file is there and cannot be read as a journal."""


def name_of(error: sqlite3.Error) -> str:
    """SQLite's name of the error, empty where Python raised it by itself."""
    return str(getattr(error, "sqlite_errorname", None) or "")


def fault(error: sqlite3.Error | OSError, path: Path) -> JournalError:
    """The same error in our words; ``path`` is the journal's."""
    where = f"journal {path}: "
    if isinstance(error, OSError):
        if error.errno in FULL:
            return JournalError(where + SAYINGS[0][1], SAYINGS[0][2])
        return JournalError(f"{where}{error.strerror or error}{whose(error, path)}", ELSEWHERE)
    name = name_of(error)
    if name.startswith("SQLITE_IOERR") and little_space(path):
        name = "SQLITE_FULL"
    for start, happened, hint in SAYINGS:
        if name.startswith(start):
            kind = Damaged if start in DAMAGED else JournalError
            about = [str(error), *(stranger(path) if start in CLOSED else [])]
            return kind(f"{where}{happened} ({', '.join(about)})", hint)
    if "decode to UTF-8" in str(error):
        return Damaged(f"{where}it holds text that is not UTF-8", "Look with `runbook verify`.")
    return JournalError(f"{where}{error}", "Look with `runbook doctor`.")


def whose(error: OSError, path: Path) -> str:
    """Which file it is about where that is another, and whose it is where it is not ours."""
    file = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else path
    about = [str(file)] if file != path else []
    if error.errno in DENIED:
        about += stranger(file)
    return f" ({', '.join(about)})" if about else ""


def stranger(file: Path) -> list[str]:
    """That a file belongs to somebody else, where it does."""
    with suppress(OSError):
        owner = file.stat().st_uid
        if owner != os.geteuid():
            return [f"it belongs to user {owner}, not to you"]
    return []


def little_space(path: Path) -> bool:
    """Whether next to nothing is free where the journal is."""
    try:
        room = os.statvfs(path.parent)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < LITTLE


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raise what SQLite and the system raise inside as `JournalError`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise fault(error, path) from error
