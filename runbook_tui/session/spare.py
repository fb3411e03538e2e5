"""Where a rollback writes when the run's own folder cannot be written, and how that is found again.

The folder lies in the runtime or temporary directory, where others may write too: only what this
user owns and nobody else can write is believed.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from runbook_tui.session.account import NAME

PROBE = b"x" * 4096


def writable(run_folder: Path, run: str) -> Path:
    """The run's folder, or where that cannot be written a new private one elsewhere."""
    probe = run_folder / f".writable.{os.getpid()}"
    try:
        probe.write_bytes(PROBE)
        probe.unlink()
    except OSError:
        return Path(tempfile.mkdtemp(prefix=f"runbook-{run}-", dir=_places()[0]))
    return run_folder


def accounts(run_folder: Path, run: str) -> list[Path]:
    """Accounts of a run's rollbacks that nobody entered into the journal yet, the oldest first."""
    found = [run_folder / NAME]
    for place in _places():
        found += [folder / NAME for folder in place.glob(f"runbook-{run}-*") if _private(folder)]
    there = [path for path in found if path.is_file()]
    return sorted(there, key=lambda path: path.stat().st_mtime)


def _places() -> list[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    places = [Path(runtime)] if runtime and os.access(runtime, os.W_OK) else []
    return [*places, Path(tempfile.gettempdir())]


def _private(folder: Path) -> bool:
    try:
        seen = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid() and not seen.st_mode & 0o077
