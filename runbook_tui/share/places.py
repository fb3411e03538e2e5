"""Which ref of votes a program writes: one of its own, whoever else follows the run here."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor
from runbook_tui.session.home import make_folder, opened
from runbook_tui.session.locks import RunLock
from runbook_tui.share.refs import who

if TYPE_CHECKING:
    from runbook_tui.share.follower import Follower

MOST = 32
MACHINE = "machine"


class NoPlace(OSError):
    """Too many programs follow the run here."""


@frozen
class Place:
    """``number`` of the place, whose ``lock`` is held; ``who`` names its ref."""

    number: int
    who: str
    lock: RunLock


def take_place(folder: Path, actor: Actor, but: Collection[str] = ()) -> Place:
    """The first place that no other program here holds; raises OSError.

    ``but``: names of refs that nothing is taken from any more.
    """
    make_folder(folder)
    machine = _machine(folder.parent)
    for number in range(1, MOST + 1):
        lock = RunLock(folder / f"{number}.lock")
        name = who(actor.name, actor.email, f"{machine}/{folder.name}", number)
        if name not in but and lock.take(actor.identity):
            return Place(number=number, who=name, lock=lock)
    raise NoPlace(f"{MOST} programs follow this run here already")


def heard_place(
    folder: Path, actor: Actor, begun: Callable[[Place], Follower]
) -> tuple[Place, Follower, str]:
    """A place whose votes the lead's machine still takes, who follows the run from there, and what
    to say of another place that it is not; empty where it is the first one.

    ``begun`` makes who follows, and has it look at the remote. Raises what that raises, and
    OSError.
    """
    shut: list[str] = []
    said = ""
    while True:
        own = take_place(folder, actor, shut)
        try:
            follower = begun(own)
        except BaseException:
            own.lock.release()
            raise
        if not (why := follower.shut_out):
            return own, follower, said
        said = (
            f"the lead's machine takes no votes any more from where you were here: {why}; what it"
            " had not answered has to be given again"
        )
        own.lock.release()
        shut.append(own.who)


def _machine(folder: Path) -> str:
    """What tells this home from any other, made by chance once."""
    path = folder / MACHINE
    with suppress(FileExistsError):
        handle = opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(os.urandom(16).hex())
    return path.read_text(encoding="ascii").strip()
