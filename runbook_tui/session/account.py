"""The rollback's own account: what happened while the journal could not be written.

JSON Lines beside the commands' logs, one event a line; entered into the journal when it is back.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from runbook_tui.run.events import (
    Actor,
    CommandFinished,
    CommandStarted,
    Draft,
    NoteAdded,
    Payload,
    UndoFinished,
)
from runbook_tui.run.wire import decode, encode, wire_name
from runbook_tui.session.ports.journal import Journal

NAME = "rollback-account.jsonl"


class Account:
    """Appends to an account file; what cannot be written is kept in memory."""

    def __init__(self, path: Path, actor: Actor) -> None:
        self._path = path
        self._actor = actor
        self.drafts: list[Draft] = []

    def keep(
        self, payload: Payload, step: str | None, at: float, actor: Actor | None = None
    ) -> str:
        """Keep one event; returns what went wrong with the file, or an empty string."""
        id_ = f"kept-{os.urandom(10).hex()}"
        actor = actor or self._actor
        self.drafts.append(Draft(payload=payload, step=step, actor=actor, id=id_))
        line = {
            "id": id_,
            "type": wire_name(payload),
            "at": datetime.fromtimestamp(at, UTC).isoformat(),
            "step": step,
            "actor": dataclasses.asdict(actor),
            "data": encode(payload),
        }
        try:
            fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(fd, "a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def enter(self, journal: Journal, run: str) -> None:
        """Append what was kept to the journal; raises `JournalError`, all is still kept then."""
        if self.drafts:
            journal.append(run, [*self.drafts, _entered(len(self.drafts))], self._actor)
            self.drafts = []
        self._path.unlink(missing_ok=True)


def _entered(count: int) -> Draft:
    text = f"{count} events above were kept by the rollback while the journal was away"
    return Draft(payload=NoteAdded(text=text))


def left_behind(path: Path) -> list[Draft]:
    """The events of an account that nobody entered yet; a torn last line is left out."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    drafts = []
    for line in lines:
        try:
            body = json.loads(line)
            draft = Draft(
                payload=decode(body["type"], body["data"]),
                step=body["step"],
                actor=Actor(**body["actor"]),
                id=body["id"],
            )
        except (ValueError, KeyError, TypeError):
            continue
        drafts.append(draft)
    return drafts


def undone(drafts: Iterable[Draft]) -> frozenset[str]:
    """Ids of the steps that an account says are taken back."""
    return frozenset(
        draft.step
        for draft in drafts
        if draft.step and isinstance(draft.payload, UndoFinished) and draft.payload.result == "done"
    )


def begun(drafts: Iterable[Draft]) -> dict[str, Path]:
    """Folders of undos whose start stands in an account and whose end does not, by step."""
    folders: dict[str, Path] = {}
    for draft in drafts:
        step, payload = draft.step or "", draft.payload
        if isinstance(payload, CommandStarted) and payload.kind == "undo":
            folders[step] = Path(payload.folder)
        elif isinstance(payload, CommandFinished) and payload.kind == "undo":
            folders.pop(step, None)
    return folders


def enter_left_behind(journal: Journal, run: str, path: Path, actor: Actor) -> int:
    """Enter an account that a dead process left; returns how many events it held."""
    drafts: Sequence[Draft] = left_behind(path)
    if drafts:
        journal.append(run, [*drafts, _entered(len(drafts))], actor)
        path.unlink(missing_ok=True)
    return len(drafts)
