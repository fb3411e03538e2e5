"""``check --watch``: the plan read again whenever one of its files has changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from runbook_tui.cli import say
from runbook_tui.cli.leaving import told_to_leave

EVERY = 0.3
"""Seconds between two looks at the files."""

Look = Callable[[], tuple[int, tuple[Path, ...]]]
"""Check the plan once: the exit status, and the files that it was read from."""


def until_told(look: Look) -> int:
    """Look, and again after every change, until somebody ends it; the last status."""
    with told_to_leave() as leave:
        while True:
            status, files = look()
            seen = _stamps(files)
            say.err("waiting for changes; Ctrl+C ends it")
            if not _changed(files, seen, leave):
                return status
            say.err("-" * 40)


def _changed(
    files: tuple[Path, ...], seen: tuple[tuple[int, ...], ...], leave: threading.Event
) -> bool:
    """Wait for a change; False if somebody ended it before. An editor may write a file anew."""
    while not leave.wait(EVERY):
        if _stamps(files) != seen:
            return True
    return False


def _stamps(files: Iterable[Path]) -> tuple[tuple[int, ...], ...]:
    return tuple(map(_stamp, files))


def _stamp(file: Path) -> tuple[int, ...]:
    try:
        found = os.stat(file)
    except OSError:
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns)
