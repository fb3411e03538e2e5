"""Starts commands under supervisors, and reads what became of them from their folders."""

from __future__ import annotations

import fcntl
import json
import os
import select
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from runbook_tui.command.output_values import parse
from runbook_tui.session.ports.commands import CommandError, CommandSpec, CommandStatus, Phase

SUPERVISOR = Path(__file__).parent / "supervisor"
START_SECONDS = 10.0
LOG_PARTS = ("log.head", "log.0", "log.1")


class CommandHost:
    """Port `Commands` on this machine. Thread-safe: it keeps nothing but what stands in folders."""

    def start(self, spec: CommandSpec) -> None:
        """Start the command; returns when its supervisor holds its lock."""
        try:
            spec.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            spec.folder.mkdir(mode=0o700)
        except OSError as error:
            raise CommandError(
                f"{spec.folder}: {error.strerror}", "free some space or set RUNBOOK_HOME"
            ) from error
        python = getattr(sys, "_base_executable", None) or sys.executable
        try:
            child = subprocess.Popen(
                [python, "-I", "-S", "-E", str(SUPERVISOR)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
                env={"LANG": "C.UTF-8"},
            )
        except OSError as error:
            raise CommandError(f"the supervisor does not start: {error.strerror}") from error
        self._hand_over(child, spec)

    def _hand_over(self, child: subprocess.Popen[bytes], spec: CommandSpec) -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        body = {
            "folder": str(spec.folder), "argv": list(spec.argv), "cwd": spec.cwd,
            "environment": dict(spec.environment), "secrets": list(spec.secrets),
            "timeout": spec.timeout, "grace": spec.grace, "interactive": spec.interactive,
            "rows": spec.rows, "columns": spec.columns,
        }  # fmt: skip
        try:
            child.stdin.write(json.dumps(body).encode())
            child.stdin.close()
        except OSError:
            pass
        ready, _, _ = select.select([child.stdout], [], [], START_SECONDS)
        word = os.read(child.stdout.fileno(), 16) if ready else b""
        child.stdout.close()
        # The supervisor outlives us or is reaped by init; its end is read from its folder.
        child.returncode = 0
        if not word.startswith(b"held"):
            raise CommandError("the supervisor did not come up", "see `runbook doctor`")

    def status(self, folder: Path) -> CommandStatus:
        """The exit file first, then the lock, then the exit file again: in this order no end is
        missed while the supervisor goes."""
        found = _exit(folder)
        if found is not None:
            return found
        if _locked(folder):
            started = (folder / "meta.json").exists()
            return CommandStatus(phase=Phase.RUNNING if started else Phase.STARTING)
        return _exit(folder) or CommandStatus(
            phase=Phase.LOST, reason="its supervisor ended without a word"
        )

    def outputs(self, folder: Path) -> dict[str, str]:
        """The values put out so far; an unfinished last line counts once the command has ended."""
        try:
            text = (folder / "output").read_bytes()[: 4 << 20].decode("utf-8", "replace")
        except OSError:
            return {}
        return parse(text, ended=not _locked(folder) or (folder / "exit.json").exists())

    def stop(self, folder: Path, grace: float = 5.0) -> None:
        """End the whole process tree."""
        _send(folder, {"verb": "stop", "grace": grace})

    def write(self, folder: Path, data: bytes) -> None:
        """Type into the command's terminal."""
        for at in range(0, len(data), 4096):
            _send(folder, {"verb": "write", "data": data[at : at + 4096].decode("latin-1")})

    def resize(self, folder: Path, rows: int, columns: int) -> None:
        """Tell the command's terminal its size."""
        _send(folder, {"verb": "resize", "rows": rows, "columns": columns})

    def tail(self, folder: Path, limit: int = 16384) -> bytes:
        """The last bytes of the log as kept."""
        return read_tail(folder, limit)


def log_files(folder: Path) -> list[Path]:
    """The parts of a command's log, oldest first."""
    tails = []
    for name in LOG_PARTS[1:]:
        try:
            tails.append(((folder / name).stat().st_mtime_ns, folder / name))
        except OSError:
            continue
    return [folder / LOG_PARTS[0], *(path for _, path in sorted(tails))]


def read_tail(folder: Path, limit: int) -> bytes:
    """The last ``limit`` bytes over the parts of a log."""
    data = b""
    for path in reversed(log_files(folder)):
        need = limit - len(data)
        if need <= 0:
            break
        try:
            with path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - need))
                data = file.read(need) + data
        except OSError:
            continue
    return data


def _exit(folder: Path) -> CommandStatus | None:
    try:
        body: dict[str, Any] = json.loads((folder / "exit.json").read_bytes())
    except (OSError, ValueError):
        return None
    known = {k: body[k] for k in CommandStatus.__dataclass_fields__ if k in body}
    return CommandStatus(phase=Phase.FINISHED, **known)


def _locked(folder: Path) -> bool:
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


def _send(folder: Path, message: dict[str, object]) -> None:
    """A message to a supervisor; one that is gone hears nothing, and that is fine."""
    try:
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            # Through /proc, since a socket's path may not be longer than 108 bytes.
            out.sendto(json.dumps(message).encode(), f"/proc/self/fd/{place}/control")
    except OSError:
        return
    finally:
        os.close(place)
