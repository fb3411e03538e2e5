"""Starts commands under supervisors, and reads what became of them from their folders."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Collection
from pathlib import Path

from runbook_tui.command import folder as kept
from runbook_tui.command import output_values
from runbook_tui.command.carrying import carrying
from runbook_tui.command.hearing import KeptOpen, send
from runbook_tui.command.orphans import end
from runbook_tui.command.standby import SUPERVISOR, Standby
from runbook_tui.session.home import make_folder
from runbook_tui.session.ports.commands import (
    CommandError,
    CommandSpec,
    CommandStatus,
    Phase,
    PutOut,
)

START_SECONDS = 10.0
TYPED_AT_ONCE = 4096


class CommandHost:
    """Port `Commands` on this machine. Thread-safe: what it knows stands in folders; all that it
    keeps is a supervisor in reserve, and the way to the one that is typed to."""

    def __init__(self, supervisor: Path = SUPERVISOR) -> None:
        self._standby = Standby(supervisor)
        self._typed_to = KeptOpen()

    def make_ready(self) -> None:
        """Hold a supervisor ready from now on, so that the next start is quick."""
        self._standby.renew(0.0)

    def close(self) -> None:
        """End what is held ready; commands go on."""
        self._standby.close()

    def start(self, spec: CommandSpec) -> None:
        """Start the command; returns when its supervisor holds its lock. Raises `CommandError`."""
        try:
            make_folder(spec.folder.parent)
            spec.folder.mkdir(mode=0o700)
        except FileExistsError as error:
            raise CommandError(
                f"{spec.folder}: a command was started there before", "start it as a new attempt"
            ) from error
        except OSError as error:
            raise CommandError(
                f"{spec.folder}: {error.strerror}", "free some space or set RUNBOOK_HOME"
            ) from error
        try:
            carried = carrying(spec)
        except ValueError as error:
            raise CommandError(str(error)) from error
        try:
            self._begin(spec, carried)
        except OSError as error:
            raise CommandError(f"the supervisor does not start: {error.strerror}") from error
        finally:
            self._standby.renew()

    def _begin(self, spec: CommandSpec, carried: dict[str, object] | None) -> None:
        """By the supervisor in reserve, or by a new one where there is none, or it has died."""
        ready = self._standby.take()
        if ready is not None:
            with ready:
                if _hand_over(ready, spec, carried, spare=True):
                    return
        with self._standby.begin() as child:
            _hand_over(child, spec, carried)

    def status(self, folder: Path) -> CommandStatus:
        """What is known now."""
        return kept.status(folder)

    def forestall(self, folder: Path) -> bool:
        """Take the lock that a supervisor begins with, and leave the word that it shall not."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return True  # Where no lock can be made no supervisor comes up.
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if any((folder / name).exists() for name in ("meta.json", "exit.json")):
                return False
            (folder / kept.VOID).touch(mode=0o600)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            os.close(fd)
        return True

    def outputs(self, folder: Path, hidden: Collection[str] | None = ()) -> PutOut:
        """The values put out so far; an unfinished last line counts once the command has ended."""
        # Asked first: what is read afterwards is then surely all of an ended command's.
        phase = kept.status(folder).phase
        ended = phase in {Phase.FINISHED, Phase.LOST}
        supervised = kept.locked(folder) or phase is Phase.FINISHED
        return output_values.read(folder, ended=ended, kept=supervised, hidden=hidden)

    def settle(self, folder: Path, hidden: Collection[str] | None = ()) -> None:
        """Leave no secret behind in what an ended command put out."""
        if kept.locked(folder) and output_values.guarded(folder):
            return  # Its supervisor waits for what lingers, and cleans after that.
        try:
            output_values.settle(folder, hidden)
        except OSError:
            return

    def stop(self, folder: Path, grace: float = 5.0) -> None:
        """End the whole process tree; where the supervisor's socket fails, by a signal to it."""
        if send(folder, {"verb": "stop", "grace": grace}):
            return
        if kept.locked(folder):
            _terminate_supervisor(folder)
        else:
            end(folder)

    def write(self, folder: Path, data: bytes) -> None:
        """Type into the command's terminal; up to 1 MiB waits until the command reads it."""
        for at in range(0, len(data), TYPED_AT_ONCE):
            if not send(folder, _typed(data[at : at + TYPED_AT_ONCE])):
                return
        self._typed_to.keep(folder)

    def write_now(self, folder: Path, data: bytes) -> bool:
        """Type, once the way to the supervisor is known; False where nothing was taken."""
        return len(data) <= TYPED_AT_ONCE and self._typed_to.send(folder, _typed(data))

    def resize(self, folder: Path, rows: int, columns: int) -> None:
        """Tell the command's terminal its size."""
        send(folder, {"verb": "resize", "rows": rows, "columns": columns})

    def signal(self, folder: Path, number: int) -> None:
        """Signal what runs in the foreground of the command's terminal, as Ctrl+C would."""
        send(folder, {"verb": "signal", "number": int(number)})

    def tail(self, folder: Path, limit: int = 16384) -> bytes:
        """The last bytes of the log as kept."""
        return kept.read_tail(folder, limit)


def _typed(data: bytes) -> dict[str, object]:
    return {"verb": "write", "data": data.decode("latin-1")}


def _hand_over(
    child: subprocess.Popen[bytes],
    spec: CommandSpec,
    carried: dict[str, object] | None,
    *,
    spare: bool = False,
) -> bool:
    """Give the spec, and wait for the word that the supervisor holds its lock.

    False where a ``spare`` one has died without a word, and another may be tried. Raises
    `CommandError`.
    """
    assert child.stdin is not None
    assert child.stdout is not None
    body = {
        "folder": str(spec.folder.absolute()), "argv": list(spec.argv), "cwd": spec.cwd,
        "environment": dict(spec.environment), "secrets": list(spec.secrets),
        "timeout": spec.timeout, "grace": spec.grace, "interactive": spec.interactive,
        "rows": spec.rows, "columns": spec.columns,
        "remote": carried,
    }  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    said = b""
    if _give(child.stdin.fileno(), json.dumps(body).encode(), deadline):
        child.stdin.close()
        said = _hear(child.stdout.fileno(), deadline)
    if said.startswith(b"held") or not _give_up(child, spec.folder):
        return True
    if spare and not said:
        return False
    raise CommandError(
        f"the supervisor did not come up: {said.decode('utf-8', 'replace').strip() or 'no answer'}",
        "see `runbook doctor`",
    )


def _give(fd: int, data: bytes, deadline: float) -> bool:
    """Write all of it, unless the other side ends or does not read in time."""
    os.set_blocking(fd, False)
    while data:
        _, ready, _ = select.select([], [fd], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:
            continue
        except OSError:
            return False
    return True


def _hear(fd: int, deadline: float) -> bytes:
    ready, _, _ = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))
    return os.read(fd, 1000) if ready else b""


def _give_up(child: subprocess.Popen[bytes], folder: Path) -> bool:
    """Make sure that nothing starts after all; False where it has already started.

    The supervisor takes the lock before it leaves this process. While the lock is in our hands it
    cannot, so killing our child then is the end of it.
    """
    try:
        fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        child.kill()
        return True
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        child.kill()
    except OSError:
        return False
    finally:
        os.close(fd)
    return True


def _terminate_supervisor(folder: Path) -> None:
    """SIGTERM to the supervisor, which then stops its command; to no other process."""
    pid = kept.supervisor(folder)
    if pid is None:
        return
    try:
        fd = os.pidfd_open(pid)
    except OSError:
        return
    try:
        # Number and name are both held against the live process: numbers are used again.
        if str(SUPERVISOR).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            signal.pidfd_send_signal(fd, signal.SIGTERM)
    except OSError:
        return
    finally:
        os.close(fd)
