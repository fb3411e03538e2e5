"""Processes of a command whose supervisor was killed: lost does not mean dead.

A process belongs to a command if it is in the session that the supervisor led and has the command's
own file for output values in its environment; both together are no accident.
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


def orphans(folder: Path, leader: int) -> list[int]:
    """Process ids of a command that still live; ``leader`` is the id of its session."""
    mark = os.fsencode(f"RUNBOOK_OUTPUT={place(folder)}")
    return [pid for pid in _session(leader) if mark in _environment(pid)]


def end(folder: Path, leader: int) -> None:
    """End them: asked first, killed after a moment; nobody is left to do it with more patience."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        found = orphans(folder, leader)
        for pid in found:
            try:
                os.kill(pid, number)
                os.kill(pid, signal.SIGCONT)
            except OSError:
                continue
        if found and number == signal.SIGTERM:
            time.sleep(PAUSE)


def _session(leader: int) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            stat = Path(f"/proc/{name}/stat").read_bytes()
        except OSError:
            continue
        fields = stat.rpartition(b")")[2].split()
        if len(fields) > 3 and fields[0] not in {b"Z", b"X"} and int(fields[3]) == leader:
            found.append(int(name))
    return found


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
