"""A copy of a run that is led elsewhere: events enter it byte by byte, and nothing else does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from runbook_tui.journal import chain, record, schema
from runbook_tui.journal.place import prepare
from runbook_tui.journal.store import ADD, HEAD, OPEN, SqliteJournal
from runbook_tui.journal.verify import first_faults
from runbook_tui.run.canonical import canonical, escaped
from runbook_tui.run.events import Actor, Draft, Event
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.ports.replica import NotTaken

SAME = "SELECT CAST(body AS BLOB) FROM event WHERE run = ? AND seq = ?"
GENESIS = "SELECT genesis FROM run WHERE run = ?"


class ReplicaJournal(SqliteJournal):
    """Port `Journal` and `Replica`, in a file of its own beside which ``source`` is written down.

    Whatever else opens that file finds this, and only reads it.
    """

    is_copy = True

    def __init__(self, path: Path, clock: Clock, source: str) -> None:
        prepare(path)
        schema.side(path, schema.COPY).write_text(f"{source}\n", encoding="utf-8", errors="replace")
        super().__init__(path, clock)

    def append(
        self, run: str, drafts: Sequence[Draft], actor: Actor, expect: int | None = None
    ) -> list[Event]:
        """Always refused with `JournalError`: the run is written where it is led."""
        raise JournalError("this is a copy of a run that is led on another machine")

    def take(self, run: str, genesis: str, first: int, bodies: Sequence[bytes]) -> int:
        """Enter events ``first`` and those that follow; returns how many the run has then.

        Raises `NotTaken` where they are not those of this run, or others than those that are here.
        """
        if not bodies:
            raise NotTaken("there is nothing to take")
        with self._commit() as db:
            seq, head = db.execute(HEAD, (run,)).fetchone() or (0, b"")
            if first > seq + 1:
                raise NotTaken(f"event {seq + 1} is missing")
            self._hold_against(db, run, genesis, first)
            before = seq
            for number, body in enumerate(bodies, first):
                if number <= seq:
                    self._same(db, run, number, body)
                    continue
                head = head or self._open_run(db, run, genesis, body)
                seq, head = number, self._enter_body(db, run, number, head, body)
        if seq > before and self._bell is not None:
            self._bell.ring()
        return seq

    def _hold_against(self, db: sqlite3.Connection, run: str, genesis: str, first: int) -> None:
        known = db.execute(GENESIS, (run,)).fetchone()
        if first == 1 and known is not None and known[0] != genesis:
            raise NotTaken(f"run {run} began otherwise than the one that was seen")

    def _same(self, db: sqlite3.Connection, run: str, number: int, body: bytes) -> None:
        row = db.execute(SAME, (run, number)).fetchone()
        if row is None or row[0] != body:
            raise NotTaken(f"event {number} is another than the one that was seen")

    def _open_run(self, db: sqlite3.Connection, run: str, genesis: str, body: bytes) -> bytes:
        values = _values(run, 1, body)
        if problems := list(first_faults(run, genesis, values["type"], values["data"])):
            raise NotTaken(problems[0])
        title, source, digest = record.listed(values["data"])
        db.execute(OPEN, (run, title, source, digest, values["at"], genesis))
        return chain.start(genesis)

    def _enter_body(
        self, db: sqlite3.Connection, run: str, number: int, head: bytes, body: bytes
    ) -> bytes:
        values = _values(run, number, body)
        digest = chain.link(head, body)
        try:
            row = (run, number, escaped(values["id"]), body.decode(), digest)
            db.execute(ADD, row)
        except sqlite3.IntegrityError as error:
            raise NotTaken(f"event {number} cannot be entered: {error}") from error
        return digest


def _values(run: str, number: int, body: bytes) -> dict[str, Any]:
    """What an event says, if it is one of this run in this place and written as all are."""
    problems = list(_faults(run, number, body))
    if problems:
        raise NotTaken(f"event {number} {problems[0]}")
    return record.parsed(body)


def _faults(run: str, number: int, body: bytes) -> Iterator[str]:
    try:
        values = record.parsed(body)
        event = record.read(values, b"")
        # Two readers may take the same odd text for two things, so there is one way to write it.
        plain = canonical(values).encode() == body
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield "is none"
        return
    if not plain:
        yield "is not written as events are"
    if (event.run, event.seq) != (run, number):
        yield f"says that it is event {event.seq} of run {event.run}"
