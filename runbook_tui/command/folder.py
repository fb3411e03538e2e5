"""A command's folder as its supervisor keeps it: status, log, terminal size. Only reading."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

from runbook_tui.command.orphans import boot, orphans
from runbook_tui.frozen import frozen
from runbook_tui.session.ports.commands import (
    NEVER_STARTED,
    ORPHANED,
    CommandStatus,
    Phase,
)

HEAD = "log.head"
META = "meta.json"
VOID = "void"
"""The file that keeps a supervisor which comes too late from starting its command."""
SEGMENTS = ("log.0", "log.1")
SIZE = (24, 80)


@frozen(kw_only=False)
class LogParts:
    """The parts of a log, oldest first: path and the byte of all output that each begins with.

    ``dropped`` counts the bytes between the head and the oldest segment that are gone.
    """

    parts: tuple[tuple[Path, int], ...]
    dropped: int = 0

    @property
    def total(self) -> int:
        """Bytes put out so far, kept or not."""
        path, start = self.parts[-1]
        return start + _size(path)


def status(folder: Path) -> CommandStatus:
    """The exit file first, then the lock, then the exit file again: in this order no end is
    missed while the supervisor goes."""
    found = _end(folder)
    if found is not None:
        return found
    if locked(folder):
        return _running(folder)
    # The lock is the first thing that a supervisor makes; without it there never was one.
    came_up = (folder / "lock").exists() and not (folder / VOID).exists()
    reason = "its supervisor ended without a word" if came_up else NEVER_STARTED
    # A command may take its own records away, one by one, and live on.
    return _end(folder) or _orphaned(folder) or CommandStatus(phase=Phase.LOST, reason=reason)


def _orphaned(folder: Path) -> CommandStatus | None:
    """A command that runs on without its supervisor: how it ends will never be known."""
    meta = _read(folder / META)
    if meta and meta.get("boot") != boot():
        return None
    # A supervisor that was killed before it wrote itself down may have started its command.
    if not orphans(folder, supervisor(folder)):
        return None
    return CommandStatus(phase=Phase.RUNNING, reason=ORPHANED)


def locked(folder: Path) -> bool:
    """Whether a supervisor lives; the kernel frees the lock with its holder."""
    try:
        fd = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def supervisor(folder: Path) -> int | None:
    """The supervisor's process id, as it wrote it down."""
    pid = _read(folder / META).get("supervisor")
    return pid if isinstance(pid, int) and pid > 1 else None


def trouble(folder: Path) -> str:
    """Why not all of the output is kept; empty where it is."""
    return str(_read(folder / META).get("trouble", ""))


def terminal_size(folder: Path) -> tuple[int, int]:
    """Rows and columns of the command's terminal."""
    body = _read(folder / "size.json")
    try:
        return int(body["rows"]), int(body["columns"])
    except (KeyError, TypeError, ValueError):
        return SIZE


def resized_at(folder: Path) -> int:
    """The byte of all output at which the terminal got its size."""
    at = _read(folder / "size.json").get("at", 0)
    return at if isinstance(at, int) else 0


def log_parts(folder: Path) -> LogParts:
    """Where the log stands now."""
    body = _read(folder / "spool.json")
    try:
        parts = tuple((folder / str(name), int(start)) for name, start in body["parts"])
        if parts:
            return LogParts(parts, int(body["dropped"]))
    except (KeyError, TypeError, ValueError):
        pass
    return LogParts(((folder / HEAD, 0),))


def read_tail(folder: Path, limit: int) -> bytes:
    """The last ``limit`` bytes over the parts of a log."""
    data = b""
    for path, _ in reversed(log_parts(folder).parts):
        need = limit - len(data)
        if need <= 0:
            break
        try:
            with path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - need))
                data = file.read(need) + data
        except OSError:
            continue
    return data


def read_from(folder: Path, at: int, limit: int) -> tuple[int, bytes]:
    """Up to ``limit`` bytes of all output from byte ``at`` on, and where they begin: later where
    those were not kept. Less than what is there when a part ends; nothing at the end."""
    parts = log_parts(folder).parts
    for number, (path, start) in enumerate(parts):
        last = number + 1 == len(parts)
        size = _size(path)
        if at >= start + size and not last:
            continue
        at = max(at, start)
        try:
            with path.open("rb") as file:
                file.seek(at - start)
                data = file.read(limit)
        except OSError:
            return at, b""
        # A segment may have been begun anew meanwhile.
        return (at, data) if log_parts(folder).parts == parts else (at, b"")
    return at, b""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _read(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def _end(folder: Path) -> CommandStatus | None:
    body = _read(folder / "exit.json")
    if not body:
        return None
    phase = Phase.LOST if body.pop("lost", False) else Phase.FINISHED
    known = {k: body[k] for k in CommandStatus.__dataclass_fields__ if k in body and k != "phase"}
    known["lingered"] = bool(known.get("lingering"))
    known["lingering"] = known["lingered"] and locked(folder)
    return CommandStatus(phase=phase, **known)


def _running(folder: Path) -> CommandStatus:
    meta = _read(folder / META)
    if not meta:
        return CommandStatus(phase=Phase.STARTING)
    log = log_parts(folder)
    started = float(meta.get("started", 0.0))
    # Within one boot, and a supervisor lives in no other, the monotonic clock is the true one.
    seconds = time.monotonic() - float(meta["mono"]) if "mono" in meta else time.time() - started
    return CommandStatus(
        phase=Phase.RUNNING,
        started=started,
        seconds=max(0.0, seconds),
        bytes=log.total,
        dropped=log.dropped,
        reason=str(meta.get("trouble", "")),
    )
