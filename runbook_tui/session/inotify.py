"""Hearing that something was written to a file, or to a file in a folder, as soon as it was."""

from __future__ import annotations

import os
import sys
from pathlib import Path

IN_MODIFY = 0x2


def watch(path: Path) -> int:
    """A descriptor that can be read, without waiting, once something was written there.

    -1 where nothing tells: no inotify, no such path, or a user who has too many of them.
    """
    if not sys.platform.startswith("linux"):
        return -1
    import ctypes

    try:
        libc = ctypes.CDLL(None, use_errno=True)
        fd: int = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        if fd >= 0 and libc.inotify_add_watch(fd, os.fsencode(path), IN_MODIFY) < 0:
            os.close(fd)
            return -1
    except (OSError, AttributeError):
        return -1
    return fd
