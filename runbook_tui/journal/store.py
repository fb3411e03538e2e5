"""The journal itself: one SQLite file, the only way in, durable when `append` returns."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from runbook_tui.journal import chain, record, schema
from runbook_tui.journal.bell import Bell
from runbook_tui.journal.faults import told
from runbook_tui.journal.lock import PATIENCE, FileLock
from runbook_tui.journal.place import prepare, real
from runbook_tui.journal.reader import JournalReader
from runbook_tui.journal.record import Entry, Moment, Record
from runbook_tui.run.canonical import escaped
from runbook_tui.run.events import Actor, Draft, Event, RunStarted
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.journal import Brief, Conflict, JournalError, RunEntry, Verdict

TIDY_AFTER = 64
"""Appends of one process after which it moves the WAL's content into the database."""
BRIEF = 0.2
"""Seconds to wait for others who have just been waited for in vain: a rollback must not stand still
again and again for a process that does not go on."""
AGAIN = 30.0
"""Seconds after which they are given their whole time again."""

HEAD = "SELECT seq, hash FROM event WHERE run = ? ORDER BY seq DESC LIMIT 1"
KNOWN = "SELECT run, body, hash FROM event WHERE id = ?"
NEWER = "SELECT body, hash FROM event WHERE run = ? AND seq > ? ORDER BY seq"
NEWEST = "SELECT run FROM run ORDER BY number DESC LIMIT 1"
ADD = "INSERT INTO event(run, seq, id, body, hash) VALUES (?, ?, ?, ?, ?)"
OPEN = "INSERT INTO run(run, title, source, digest, opened_at, genesis) VALUES (?, ?, ?, ?, ?, ?)"


class SqliteJournal:
    """Port `Journal`, for reading and writing. Any thread may use it; close it when done.

    ``patience`` is how many seconds to wait for other writers. Whatever goes wrong is raised as
    `JournalError`, and then nothing was recorded.
    """

    is_copy = False

    def __init__(self, path: Path, clock: Clock, patience: float = PATIENCE) -> None:
        self._path = real(path)
        self._name = str(self._path)
        self._clock = clock
        self._patience = patience
        self._gate = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._bell: Bell | None = None
        self._lock = FileLock(schema.side(self._path, ".lock"), patience)
        self._inode = 0
        self._untidy = 0
        self._waited = patience
        self._in_vain = -AGAIN
        self._reader = JournalReader(self._path, patience)
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    @staticmethod
    def open_reading(path: Path) -> JournalReader:
        """The same journal for one who only looks; nothing is created."""
        return JournalReader(real(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def append(
        self, run: str, drafts: Sequence[Draft], actor: Actor, expect: int | None = None
    ) -> list[Event]:
        """Record the drafts in one commit, durable on return; all of them or none.

        A run begins with ``run.started``. A draft whose id is recorded already gives the event
        that was recorded then, so that a caller may safely try again. Raises `Conflict` with the
        newer events where the run has not exactly ``expect`` events, else `JournalError`.
        """
        now = self._clock.now()
        entries = [record.entry(draft, actor, now) for draft in drafts]
        if not entries:
            return []
        with self._commit() as db:
            result, added = self._enter(db, run, entries, expect)
        if added and self._bell is not None:
            self._bell.ring()
        return result

    def events(self, run: str, after: int = 0, most: int = -1) -> list[Event]:
        """The run's events with a number above ``after``, the first ``most`` of them; none for a
        run that is not there."""
        return self._reader.events(run, after, most)

    def briefs(self, run: str) -> list[Brief]:
        """As much of the run's events as tells how it stands."""
        return self._reader.briefs(run)

    def records(self, run: str, after: int = 0) -> list[Record]:
        """The same as they are kept, byte by byte, for export."""
        return self._reader.records(run, after)

    def genesis(self, run: str) -> str:
        """The text the run's first event holds on to; empty for a run that is not there."""
        return self._reader.genesis(run)

    def runs(self) -> list[RunEntry]:
        """All runs, newest first."""
        return self._reader.runs()

    def wait(self, run: str, after: int, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds for more than ``after`` events; False also if closed."""
        return self._reader.wait(run, after, timeout)

    def verify(self, run: str | None = None, anchor: str | None = None) -> Verdict:
        """Compute the chain anew; ``anchor`` is a hash (or its first 16 digits) it must hold."""
        return self._reader.verify(run, anchor)

    def close(self) -> None:
        """Release the database and wake those who wait; once more does nothing."""
        self._reader.close()
        with self._gate:
            if self._bell is not None:
                self._bell.ring()
                self._bell.close()
                self._bell = None
            if self._db is not None:
                self._close_database(self._db)
                self._db = None
            self._lock.close()

    def _close_database(self, db: sqlite3.Connection) -> None:
        # The last writer to close tidies up the WAL, so closing is writing. If the lock cannot be
        # had, its holder has the journal open: then we are not the last, and nothing is written.
        try:
            with self._lock.held(self._patience_now()):
                db.close()
        except (JournalError, OSError, sqlite3.Error):
            with suppress(sqlite3.Error):
                db.close()

    def _open(self) -> None:
        with told(self._path):
            prepare(self._path)
            if schema.is_copy(self._path) and not self.is_copy:
                raise JournalError(
                    f"journal {self._path}: a copy of a run that is led on another machine",
                    "It can be read here; take part with `runbook join --share`.",
                )
            with self._lock.held():
                exists = schema.inspect(self._path, self._patience)
                self._db = schema.writing(self._path, self._patience)
                if exists:
                    schema.migrate(self._db)
                else:
                    schema.create(self._db)
            self._inode = self._path.stat().st_ino
            self._bell = Bell(schema.side(self._path, ".bell"))

    @contextmanager
    def _commit(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is durable when the block is left, undone when it raises."""
        patience, began = self._patience_now(), time.monotonic()
        if not self._gate.acquire(timeout=self._patience):
            raise JournalError(f"journal {self._path}: the disk does not answer")
        try:
            with told(self._path), self._lock.held(patience):
                db = self._present()
                self._wait_at_most(db, patience)
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise
                self._tidy(db)
            self._in_vain = -AGAIN
        except JournalError:
            if time.monotonic() - began >= patience:
                self._in_vain = time.monotonic()
            raise
        finally:
            self._gate.release()

    def _patience_now(self) -> float:
        """Seconds to wait for others: few, where they have just been waited for in vain."""
        in_vain = time.monotonic() - self._in_vain < AGAIN
        return min(BRIEF, self._patience) if in_vain else self._patience

    def _wait_at_most(self, db: sqlite3.Connection, patience: float) -> None:
        """Have SQLite wait as long, for those who do not take our lock."""
        if patience != self._waited:
            db.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
            self._waited = patience

    def _present(self) -> sqlite3.Connection:
        """The connection, if its file is still the one that others will read."""
        if self._db is None:
            raise JournalError(f"journal {self._path}: it is closed")
        try:
            inode = os.stat(self._name).st_ino
        except FileNotFoundError:
            inode = -1
        if inode != self._inode:
            raise JournalError(
                f"journal {self._path}: the file was moved or deleted while it was in use",
                "Put it back, or start runbook again for a new one.",
            )
        return self._db

    def _tidy(self, db: sqlite3.Connection) -> None:
        self._untidy += 1
        if self._untidy >= TIDY_AFTER:
            self._untidy = 0
            # The events are safe in the WAL; that they stay there for now is no one's loss.
            with suppress(sqlite3.Error):
                db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _enter(
        self, db: sqlite3.Connection, run: str, entries: Sequence[Entry], expect: int | None
    ) -> tuple[list[Event], int]:
        """The events of the entries, and how many of them are new."""
        recorded = {
            what.id: event
            for what in entries
            if what.named and (event := self._recorded(db, run, what.id))
        }
        seq, head = db.execute(HEAD, (run,)).fetchone() or (0, b"")
        fresh = {what.id: what for what in reversed(entries) if what.id not in recorded}
        if fresh and expect is not None and expect != seq:
            newer = db.execute(NEWER, (run, expect)).fetchall()
            raise Conflict([record.event(*row) for row in newer])
        moment = self._moment()
        for what in reversed(fresh.values()):
            head = head or self._begin(db, run, what, moment)
            seq += 1
            text = record.body(what, run, seq, moment)
            head = chain.link(head, text.encode())
            db.execute(ADD, (run, seq, escaped(what.id), text, head))
            recorded[what.id] = record.placed(what, run, seq, moment, head)
        return [recorded[what.id] for what in entries], len(fresh)

    def _recorded(self, db: sqlite3.Connection, run: str, id_: str) -> Event | None:
        row = db.execute(KNOWN, (escaped(id_),)).fetchone()
        if row is None:
            return None
        if row[0] != run:
            raise JournalError(f"event {id_} is recorded already, in run {row[0]}")
        return record.event(row[1], row[2])

    def _begin(self, db: sqlite3.Connection, run: str, what: Entry, moment: Moment) -> bytes:
        """Enter a new run; returns what its first event holds on to."""
        if what.type != RunStarted.WIRE:
            raise JournalError(
                f"there is no run {run} in the journal", "`runbook runs` lists what is there."
            )
        title, source, digest = record.listed(what.data)
        newest = db.execute(NEWEST).fetchone()
        previous = None
        if newest is not None:
            last = db.execute(HEAD, newest).fetchone()
            previous = (newest[0], last[1].hex() if last else "")
        text = chain.genesis(run, digest, previous, record.bound(what.data))
        db.execute(OPEN, (run, title, source, digest, moment.at, text))
        return chain.start(text)

    def _moment(self) -> Moment:
        clock = self._clock
        return Moment(at=record.iso(clock.now()), mono=clock.mono(), boot=clock.boot())
