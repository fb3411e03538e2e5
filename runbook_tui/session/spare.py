"""Where a rollback writes when the run's own folder cannot be written, and how that is found again.

The folder lies in the runtime or temporary directory, where others may write too: only what this
user owns and nobody else can write is believed. A run's id is its own in one home only, so the
folder's name says which home it is of: what another run of that id did would count as done here.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from pathlib import Path

NAME = "rollback-account.jsonl"

MEMORY = Path("/dev/shm")

ROOM = 1 << 18
"""Bytes that must be free for a folder to be written in: a few commands' records."""


CANNOT_PROMISE = frozenset({errno.EOPNOTSUPP, errno.EINVAL, errno.ENODEV})
"""What a file system says that knows no reservation; it may well have room."""


def prefix(real: Path, run: str) -> str:
    """What names of a run's spare folders begin with; ``real`` is its folder, links followed."""
    home = hashlib.sha256(os.fsencode(real)).hexdigest()[:16]
    return f"runbook-{run}-{home}-"


class Places:
    """Where the rollback of one run writes: its folder, or once that is full, a spare one."""

    def __init__(self, run_folder: Path, run: str) -> None:
        self._home = self._folder = run_folder
        self._run = run

    @property
    def home(self) -> Path:
        """The run's own folder."""
        return self._home

    def writable(self) -> Path:
        """A folder that takes something now. Raises OSError where there is none at all."""
        if not _takes(self._folder):
            place = next((place for place in _places() if _takes(place)), _places()[-1])
            name = prefix(_real(self._home), self._run)
            self._folder = Path(tempfile.mkdtemp(prefix=name, dir=place))
        return self._folder


def _real(folder: Path) -> Path:
    return Path(os.path.realpath(folder))


def _takes(folder: Path) -> bool:
    probe = folder / f".room.{os.getpid()}"
    try:
        with probe.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, ROOM)
    except OSError as error:
        return error.errno in CANNOT_PROMISE
    finally:
        _remove(probe)
    return True


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def accounts(run_folder: Path, run: str) -> list[Path]:
    """Accounts of a run's rollbacks that nobody entered into the journal yet, the oldest first."""
    found = [run_folder / NAME]
    begins = prefix(_real(run_folder), run)
    for place in _places():
        found += [folder / NAME for folder in place.glob(f"{begins}*") if _private(folder)]
    there = [path for path in found if path.is_file()]
    return sorted(there, key=lambda path: path.stat().st_mtime)


def _places() -> list[Path]:
    """The runtime and the temporary directory, and the memory of the machine as the last resort."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    places = [Path(runtime)] if runtime and os.access(runtime, os.W_OK) else []
    try:
        places.append(Path(tempfile.gettempdir()))
    except OSError:
        places.append(Path("/tmp"))  # Full as well: what lies there already is still to be found.
    return [*places, MEMORY] if os.access(MEMORY, os.W_OK) else places


def _private(folder: Path) -> bool:
    try:
        seen = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid() and not seen.st_mode & 0o077
