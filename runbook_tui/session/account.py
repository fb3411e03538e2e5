"""The rollback's own account: what happened while the journal could not be written.

JSON Lines beside the commands' logs, one event a line; entered into the journal when it is back.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from runbook_tui.frozen import frozen
from runbook_tui.run.events import (
    Actor,
    CommandFinished,
    CommandStarted,
    Draft,
    NoteAdded,
    Payload,
    RollbackFinished,
    UndoFinished,
)
from runbook_tui.run.wire import decode, encode, wire_name
from runbook_tui.session.ports.journal import Brief, Journal
from runbook_tui.session.spare import NAME, Places


class Account:
    """Appends to an account file, in a spare place once the first is full; all stays in memory."""

    def __init__(self, places: Places, actor: Actor) -> None:
        self._places = places
        self._actor = actor
        self._paths: list[Path] = []
        self._unwritten: list[str] = []
        self._torn = ""
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
        self._unwritten.append(json.dumps(line, ensure_ascii=False) + "\n")
        try:
            path = self._places.writable() / NAME
            if path not in self._paths:
                self._paths.append(path)
            _append(path, self._torn + "".join(self._unwritten))
        except OSError as error:
            # What was written of it, if anything, is a line of its own; ids tell what came twice.
            self._torn = "\n"
            return error.strerror or str(error)
        self._unwritten = []
        return ""

    def owns(self, path: Path) -> bool:
        """Whether this account was written there."""
        return path in self._paths

    def enter(self, journal: Journal, run: str) -> None:
        """Append what was kept to the journal; raises `JournalError`, all is still kept then."""
        if self.drafts:
            journal.append(run, [*self.drafts, _entered(len(self.drafts))], self._actor)
            self.drafts, self._unwritten = [], []
        for path in self._paths:
            path.unlink(missing_ok=True)
        self._paths = []


def _append(path: Path, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(fd, "a", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _entered(count: int) -> Draft:
    text = f"{count} events above were kept by the rollback while the journal was away"
    return Draft(payload=NoteAdded(text=text))


def left_behind(path: Path) -> list[Draft]:
    """The events of an account that nobody entered yet; a torn last line is left out."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
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


def briefs(path: Path) -> list[Brief]:
    """The events of such an account as far as they tell how its run stands."""
    found = []
    for draft in left_behind(path):
        who, data = draft.actor, encode(draft.payload)
        found.append(
            Brief(
                type=wire_name(draft.payload),
                step=draft.step,
                at=datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(),
                name=who.name if who is not None else "",
                email=who.email or "" if who is not None else "",
                kind=str(data.get("kind") or ""),
                result=str(data.get("result") or ""),
                folder=str(data.get("folder") or ""),
            )
        )
    return found


def undone(drafts: Iterable[Draft]) -> frozenset[str]:
    """Ids of the steps that an account says are taken back."""
    return frozenset(
        draft.step
        for draft in drafts
        if draft.step and isinstance(draft.payload, UndoFinished) and draft.payload.result == "done"
    )


@frozen(kw_only=False)
class Begun:
    """An undo that somebody began; ``ended``: its command's end is recorded, what it means not."""

    folder: Path
    ended: bool = False


@dataclass(kw_only=True)
class Undos:
    """What an account says of undos. What was lost counts as begun until its rollback is over:
    whoever goes on with that one knows no better."""

    begun: dict[tuple[str, str], Begun] = field(default_factory=dict)
    """Those of which nobody has said how they went, by step and text; a step may have several."""
    told: set[str] = field(default_factory=set)
    """Ids of the steps of which it is said how their undo ended, well or not."""
    went: set[tuple[str, str]] = field(default_factory=set)
    """Texts that have gone well, each behind its step's id."""
    well: set[Path] = field(default_factory=set)
    """The folders of these, and of others whose text it does not say."""

    def started(self, step: str, payload: CommandStarted) -> None:
        """A text of an undo begins."""
        self.begun[step, payload.text] = Begun(Path(payload.folder))

    def ended(self, step: str, payload: CommandFinished) -> None:
        """A text of an undo has ended."""
        ended = Begun(Path(payload.folder), ended=True)
        keys = [k for k, b in self.begun.items() if k[0] == step and b.folder == ended.folder]
        self.begun.update(dict.fromkeys(keys, ended))
        if payload.exit == 0 and not payload.lost:
            self.went.update(keys)
            self.well.add(ended.folder)

    def tell(self, step: str) -> None:
        """It is said how a step's undo went."""
        self.told.add(step)
        self.begun = {key: value for key, value in self.begun.items() if key[0] != step}


def undos(drafts: Iterable[Draft]) -> Undos:
    """What these events of an account, in their order, say of undos."""
    found = Undos()
    lost: set[str] = set()
    for draft in drafts:
        step, payload = draft.step or "", draft.payload
        if isinstance(payload, CommandStarted) and payload.kind == "undo":
            found.started(step, payload)
            lost.discard(step)
        elif isinstance(payload, CommandFinished) and payload.kind == "undo":
            found.ended(step, payload)
            lost |= {step} if payload.lost else set()
        elif isinstance(payload, UndoFinished) and step not in lost:
            found.tell(step)
        elif isinstance(payload, RollbackFinished):
            for one in lost:
                found.tell(one)
            lost = set()
    return found


def enter_left_behind(journal: Journal, run: str, path: Path, actor: Actor) -> int:
    """Enter an account that a dead process left; returns how many events it held.

    The account stays until it is forgotten: what is written down of the undos goes by it.
    """
    drafts: Sequence[Draft] = left_behind(path)
    if drafts:
        # An event that was entered before has its id in the journal, and is not entered again.
        journal.append(run, [*drafts, _entered(len(drafts))], actor)
    return len(drafts)


def forget(paths: Iterable[Path]) -> None:
    """Take away accounts that were entered."""
    for path in paths:
        path.unlink(missing_ok=True)
