"""The values a command put out, read from its folder: its own file, or the masked copy of it.

How the two lie is the supervisor's affair (`supervisor/outputs.py`): with secrets around, the file
lies in memory, `output` links to it, and `output.json` holds what of it may be known.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path

from runbook_tui.command.supervisor.values import WHOLE, Mask, account
from runbook_tui.session.ports.commands import PutOut

NAME = "output"
KEPT = "output.json"
PLACE = "runbook-output-"


def place(folder: Path) -> Path:
    """Where the command's own file is, or was."""
    path = folder.absolute() / NAME
    try:
        return Path(os.readlink(path))
    except OSError:
        return path


def guarded(folder: Path) -> bool:
    """Whether the supervisor of the command kept its secrets apart."""
    return (folder / KEPT).exists()


def read(folder: Path, *, ended: bool, kept: bool, hidden: Collection[str] | None) -> PutOut:
    """What a command has put out so far.

    ``kept``: a supervisor lives and keeps the masked copy. Where none does, the file itself is
    read if all secrets are known: ``hidden``; else what was kept last must do.
    """
    if guarded(folder) and (kept or hidden is None):
        return _kept(folder)
    data = _data(folder)
    if data is None:
        return _kept(folder)
    return PutOut(**account(data, ended=ended, mask=_masker(hidden or ())))


def settle(folder: Path, hidden: Collection[str] | None) -> None:
    """Leave nothing in clear behind of a command that has ended, however it did.

    Its supervisor does that, unless it was killed, or did not know all secrets.
    """
    own = place(folder)
    if not guarded(folder):
        _clean(own, hidden or ())
        return
    if not own.exists() and own.parent == folder.absolute():
        return
    found = read(folder, ended=True, kept=False, hidden=hidden)
    _replace(folder / KEPT, json.dumps({"values": found.values, "faults": found.faults}).encode())
    own.unlink(missing_ok=True)
    if own.parent.name.startswith(PLACE):
        (folder / NAME).unlink(missing_ok=True)
        own.parent.rmdir()


def _kept(folder: Path) -> PutOut:
    try:
        body = json.loads((folder / KEPT).read_bytes())
        return PutOut(values=dict(body["values"]), faults=dict(body["faults"]))
    except (OSError, ValueError, KeyError, TypeError):
        return PutOut()


def _data(folder: Path) -> bytes | None:
    try:
        with (folder / NAME).open("rb") as file:
            return file.read(WHOLE + 1)
    except OSError:
        return None


def _masker(hidden: Collection[str]) -> Mask | None:
    secrets = [secret for secret in hidden if secret]
    if not secrets:
        return None
    from runbook_tui.command.supervisor.masking import whole

    return whole(secrets)


def _clean(path: Path, hidden: Collection[str]) -> None:
    mask = _masker(hidden)
    if mask is None:
        return
    text = path.read_bytes()
    clean = mask(text)
    if clean != text:
        _replace(path, clean)


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
    temporary.replace(path)
