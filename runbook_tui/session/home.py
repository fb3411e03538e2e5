"""Files in a home that one person has, or that several users of this machine share.

A folder is shared by being made so: of a group, writable by it, with the set-group-ID bit. What is
made in such a folder is the group's as well. Everywhere else it is its owner's alone.
"""

from __future__ import annotations

import os
import shlex
import stat
from contextlib import suppress
from pathlib import Path

SHARED = stat.S_ISGID | stat.S_IWGRP


def is_shared(folder: Path) -> bool:
    """Whether several users keep their runs in the folder."""
    try:
        seen = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(seen.st_mode) and seen.st_mode & SHARED == SHARED


def exposed(home: Path) -> str:
    """That everybody on this machine may write what a run is recorded in and taken back by, and
    what to do; empty where only who should may."""
    for path in (home, home / "runs", home / "journal.db"):
        try:
            seen = path.stat()
        except OSError:
            continue
        if seen.st_mode & stat.S_IWOTH:
            mode = f"{stat.S_IMODE(seen.st_mode):04o}"
            return (
                f"everybody on this machine may write {path} (mode {mode}), and so what is recorded"
                f" and what a rollback runs: chmod o-w {shlex.quote(str(path))}"
            )
    return ""


def opened(path: Path, flags: int, mode: int = 0o600) -> int:
    """Open a file, made where it is missing with ``flags`` that say so; raises OSError."""
    fd = os.open(path, flags | os.O_CLOEXEC, mode)
    seen = os.fstat(fd)
    due = mode | (mode >> 3 & 0o070)
    if seen.st_uid == os.geteuid() and seen.st_mode & due != due and is_shared(path.parent):
        # A mask may have taken away what the group is to have; where it cannot be given, the
        # owner goes on alone.
        with suppress(OSError):
            os.fchmod(fd, due)
    return fd


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, as far as they are missing; raises OSError."""
    if folder.is_dir():
        return
    if not folder.parent.exists():
        make_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    if is_shared(folder.parent):
        with suppress(OSError):
            folder.chmod(0o2770)
