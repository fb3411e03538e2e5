"""Processes of a command whose supervisor was killed: lost does not mean dead.

A process comes from a command if it has the command's own file for output values in its
environment, as no other can have by accident. What is left in the session that the supervisor led
is the command and its own; what has a session of its own was left behind, as a daemon is.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from runbook_tui.command.output_values import place

PAUSE = 0.3
BOOT = Path("/proc/sys/kernel/random/boot_id")


def boot() -> str:
    """Which boot of the machine this is; process ids mean nothing in another."""
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def orphans(folder: Path, leader: int | None = None) -> list[int]:
    """Process ids that come from a command and live; with ``leader`` those of its session alone."""
    mark = os.fsencode(f"RUNBOOK_OUTPUT={place(folder)}")
    return [pid for pid in living(leader) if mark in _environment(pid)]


def end(folder: Path) -> None:
    """End them: asked first, killed after a moment; nobody is left to do it with more patience."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        found = orphans(folder)
        for pid in found:
            try:
                os.kill(pid, number)
                os.kill(pid, signal.SIGCONT)
            except OSError:
                continue
        if found and number == signal.SIGTERM:
            time.sleep(PAUSE)


def living(leader: int | None) -> list[int]:
    """Process ids of all that live; with ``leader`` those of its session."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            stat = Path(f"/proc/{name}/stat").read_bytes()
        except OSError:
            continue
        fields = stat.rpartition(b")")[2].split()
        if len(fields) <= 3 or fields[0] in {b"Z", b"X"}:
            continue
        if leader is None or int(fields[3]) == leader:
            found.append(int(name))
    return found


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
