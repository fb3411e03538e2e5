"""Hearing that a command has put out more, as soon as it has."""

from __future__ import annotations

import os
import sys
import weakref
from contextlib import suppress
from pathlib import Path

IN_MODIFY = 0x2


class Growth:
    """The ear of one viewer: the folder in which a supervisor writes the parts of its log."""

    def __init__(self, folder: Path) -> None:
        self.descriptor = _watch(folder)
        """Readable once something was written since the last `heard`; -1 where nothing tells."""
        if self.descriptor >= 0:
            weakref.finalize(self, os.close, self.descriptor)

    def heard(self) -> None:
        """What was written so far is known."""
        if self.descriptor >= 0:
            with suppress(BlockingIOError):
                os.read(self.descriptor, 1 << 16)


def _watch(folder: Path) -> int:
    """An inotify descriptor, or -1 where there is none: no Linux, or a user has too many."""
    if not sys.platform.startswith("linux"):
        return -1
    import ctypes

    try:
        libc = ctypes.CDLL(None, use_errno=True)
        found: int = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        if found >= 0 and libc.inotify_add_watch(found, os.fsencode(folder), IN_MODIFY) < 0:
            os.close(found)
            return -1
    except (OSError, AttributeError):
        return -1
    return found
