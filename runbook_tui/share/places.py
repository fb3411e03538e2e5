"""Which ref of votes a program writes: one of its own, whoever else follows the run here."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runbook_tui.run.events import Actor
from runbook_tui.session.home import make_folder, opened
from runbook_tui.session.locks import RunLock
from runbook_tui.share.refs import who

MOST = 32
MACHINE = "machine"


class NoPlace(OSError):
    """Too many programs follow the run here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``number`` of the place, whose ``lock`` is held; ``who`` names its ref."""

    number: int
    who: str
    lock: RunLock


def take_place(folder: Path, actor: Actor) -> Place:
    """The first place that no other program here holds; raises OSError."""
    make_folder(folder)
    machine = _machine(folder.parent)
    for number in range(1, MOST + 1):
        lock = RunLock(folder / f"{number}.lock")
        if lock.take(actor.identity):
            name = who(actor.name, actor.email, f"{machine}/{folder.name}", number)
            return Place(number=number, who=name, lock=lock)
    raise NoPlace(f"{MOST} programs follow this run here already")


def _machine(folder: Path) -> str:
    """What tells this home from any other, made by chance once."""
    path = folder / MACHINE
    with suppress(FileExistsError):
        handle = opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(os.urandom(16).hex())
    return path.read_text(encoding="ascii").strip()
