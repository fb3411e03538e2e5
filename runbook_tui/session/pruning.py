"""Room is made: the output of runs that are long over is removed, never their events or digests.

It is recorded before it is done, so that a log which is missing afterwards is told from one that
somebody has taken away.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor, Draft, OutputPruned
from runbook_tui.session.evidence import FOLDER as EVIDENCE
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.ports.logs import Logs
from runbook_tui.session.verifying import COMMANDS


@frozen
class Output:
    """The logs of a run's commands that could be removed: their folders, and the bytes in them."""

    run: str
    folders: tuple[Path, ...]
    bytes: int
    files: tuple[Path, ...] = ()
    """What was kept as evidence."""


def output_of(logs: Logs, run: str, folder: Path) -> Output:
    """What the commands of a run have left, but for those that something still writes to."""
    found: dict[Path, int] = {}
    for place in _commands(folder):
        weight = logs.weight(place)
        if weight is not None:
            found[place] = weight
    kept = _evidence(folder)
    total = sum(found.values()) + sum(kept.values())
    return Output(run=run, folders=tuple(found), bytes=total, files=tuple(kept))


def _evidence(folder: Path) -> dict[Path, int]:
    """The copies that were kept of files, with their sizes."""
    found: dict[Path, int] = {}
    with suppress(OSError):
        for place in sorted((folder / EVIDENCE).iterdir()):
            if place.is_dir() and not place.is_symlink():
                found.update((file, file.lstat().st_size) for file in sorted(place.iterdir()))
    return found


def _commands(folder: Path) -> list[Path]:
    try:
        places = sorted((folder / COMMANDS).iterdir())
    except OSError:
        return []
    return [place for place in places if place.is_dir() and not place.is_symlink()]


def prune(journal: Journal, logs: Logs, output: Output, actor: Actor) -> None:
    """Record that a run's logs go, then remove them.

    Raises `JournalError`: nothing was removed then; OSError: some of them were, and once more
    removes the others.
    """
    files = len(output.files) or None
    said = OutputPruned(logs=len(output.folders), bytes=output.bytes, files=files)
    journal.append(output.run, [Draft(payload=said)], actor)
    for place in output.folders:
        logs.remove(place)
    for file in output.files:
        file.unlink(missing_ok=True)
