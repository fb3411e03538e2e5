"""Whether a command reads what is typed: most have no standard input, and yet some ask.

A program that asks for a password, or draws a screen of its own, opens the terminal by itself:
through ``/dev/tty``, as its own standard input, or by telling the terminal not to show keys or not
to wait for whole lines. Of another user's program, as sudo's, only the last is seen.
"""

from __future__ import annotations

import os
import termios
from collections.abc import Iterator
from pathlib import Path

from runbook_tui.command.folder import supervisor
from runbook_tui.command.orphans import living

LOCAL_MODES = 3
TTY = "/dev/tty"
PLAIN = termios.ECHO | termios.ICANON


def reads(folder: Path) -> bool:
    """Whether something of the command reads its terminal now."""
    leader = supervisor(folder)
    if leader is None:
        return False
    terminal = next((to for _, to in _open_files(leader) if to.startswith("/dev/pts/")), "")
    if not terminal:
        return False
    opened = (item for pid in living(leader) if pid != leader for item in _open_files(pid))
    return any(to == TTY or (fd == "0" and to == terminal) for fd, to in opened) or _asks(terminal)


def _open_files(pid: int) -> Iterator[tuple[str, str]]:
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return
    for name in names:
        try:
            yield name, os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            continue


def _asks(terminal: str) -> bool:
    """Whether somebody has told the terminal to hide what is typed, or to hand over each key."""
    try:
        fd = os.open(terminal, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return bool(termios.tcgetattr(fd)[LOCAL_MODES] & PLAIN != PLAIN)
    except termios.error:
        return False
    finally:
        os.close(fd)
