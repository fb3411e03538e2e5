"""The journal for those who only look: it never creates, changes or holds up anything.

While a writer has the journal open its WAL file is there, and a read-only connection follows it.
A journal that nobody has open is read as an unchanging file under a shared lock: that works in a
folder one cannot write and on a full disk, where SQLite could not even make its side files.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType

from runbook_tui.journal import schema, verify
from runbook_tui.journal.bell import Listener
from runbook_tui.journal.faults import Damaged, told
from runbook_tui.journal.lock import PATIENCE, shared
from runbook_tui.journal.record import Record, event, unreadable
from runbook_tui.journal.timings import TIMINGS, timing
from runbook_tui.run.durations import Timing
from runbook_tui.run.events import Actor, Draft, Event
from runbook_tui.session.ports.journal import (
    HANDED_OVER,
    Brief,
    JournalError,
    RunEntry,
    Verdict,
)

EVENTS = "SELECT body, hash FROM event WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?"
BRIEFS = """\
SELECT json_extract(body, '$.type', '$.step', '$.at', '$.actor.name', '$.actor.email',
  '$.data.kind', '$.data.result', '$.data.folder', '$.data.rehearse', '$.data.name', '$.data.email')
FROM event WHERE run = ? ORDER BY seq"""
COUNT = "SELECT coalesce(max(seq), 0) FROM event WHERE run = ?"
RUNS = """\
SELECT r.run, r.title, r.source, r.digest, r.opened_at, e.seq, e.hash
FROM run r JOIN event e
  ON e.run = r.run AND e.seq = (SELECT max(seq) FROM event WHERE run = r.run)
ORDER BY r.number DESC"""


class JournalReader:
    """Port `Journal` without `append`. A journal that does not exist (yet) reads as empty."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._gate = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._inode = 0
        self._closed = False
        self._ears: list[Listener] = []
        """Those that nobody waits with now."""

    def __enter__(self) -> JournalReader:
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
        """Always refused with `JournalError`."""
        raise JournalError(f"journal {self._path}: opened for reading only")

    def events(self, run: str, after: int = 0, most: int = -1) -> list[Event]:
        """The run's events with a number above ``after``, the first ``most`` of them (all where
        that is negative); none for a run that is not there."""
        with self._kept() as db:
            rows = db.execute(EVENTS, (run, after, most)).fetchall() if db else []
        return [event(*row) for row in rows]

    def briefs(self, run: str) -> list[Brief]:
        """As much of the run's events as tells how it stands; SQLite takes it out of them."""
        with self._kept() as db:
            rows = db.execute(BRIEFS, (run,)).fetchall() if db else []
        return [_brief(*json.loads(row[0])) for row in rows]

    def timings(self, run: str) -> list[Timing]:
        """As much of the run's events as tells how long things took; a long read."""
        with told(self._path), self._opened() as db:
            rows = db.execute(TIMINGS, (run,)).fetchall() if db else []
        return [timing(row[0]) for row in rows]

    def records(self, run: str, after: int = 0) -> list[Record]:
        """The same as they are kept, byte by byte, for export."""
        with self._kept() as db:
            return list(verify.records(db, run, after)) if db else []

    def genesis(self, run: str) -> str:
        """The text the run's first event holds on to; empty for a run that is not there."""
        with self._kept() as db:
            query = "SELECT genesis FROM run WHERE run = ?"
            row = db.execute(query, (run,)).fetchone() if db else None
        return str(row[0]) if row else ""

    def runs(self) -> list[RunEntry]:
        """All runs, newest first."""
        with self._kept() as db:
            rows = db.execute(RUNS).fetchall() if db else []
        return [
            RunEntry(
                run=run,
                title=title,
                source=source,
                digest=digest,
                opened_at=opened_at,
                events=seq,
                head=head.hex(),
            )
            for run, title, source, digest, opened_at, seq, head in rows
        ]

    def wait(self, run: str, after: int, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds for more than ``after`` events; False also if closed."""
        deadline = time.monotonic() + timeout
        # Listen first, look then: what comes between the two is heard.
        with self._listening() as ears:
            while not self._closed:
                if self._count(run) > after:
                    return True
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                ears.wait(left)
        return False

    @contextmanager
    def _listening(self) -> Iterator[Listener]:
        """A listener for this wait alone; it is kept for the next one, whoever that is."""
        bell = schema.side(self._path, ".bell")
        try:
            ears = self._ears.pop()
        except IndexError:
            ears = Listener(bell)
        if not ears.hears:
            ears.close()
            ears = Listener(bell)
        try:
            yield ears
        finally:
            if self._closed or not ears.hears:
                ears.close()
            else:
                self._ears.append(ears)

    def verify(self, run: str | None = None, anchor: str | None = None) -> Verdict:
        """Compute the chain anew; ``anchor`` is a hash (or its first 16 digits) it must hold."""
        try:
            with told(self._path), self._opened() as db:
                if db is not None:
                    alone = schema.is_copy(self._path)
                    return verify.audit(db, run, anchor, alone=alone)
        except Damaged as error:
            return Verdict(events=0, heads={}, problems=(str(error),))
        missing = [name for name in (run, anchor) if name is not None]
        problems = tuple(f"the journal is empty, there is no {name}" for name in missing)
        return Verdict(events=0, heads={}, problems=problems)

    def close(self) -> None:
        """Release the database; once more does nothing."""
        self._closed = True
        while self._ears:
            self._ears.pop().close()
        with self._gate:
            self._forget()

    def _count(self, run: str) -> int:
        try:
            with self._kept() as db:
                return int(db.execute(COUNT, (run,)).fetchone()[0]) if db else 0
        except JournalError:
            if self._closed:
                return 0
            raise

    @contextmanager
    def _kept(self) -> Iterator[sqlite3.Connection | None]:
        """The connection that is kept for short reads; None where there is no journal."""
        with self._gate, told(self._path):
            if self._closed:
                raise JournalError(f"journal {self._path}: it is closed")
            if self._db is not None and self._moved():
                self._forget()
            if self._db is None:
                self._db = self._following()
                self._inode = self._path.stat().st_ino if self._db else 0
            if self._db is not None:
                yield self._db
            else:
                with self._resting() as db:
                    yield db

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection | None]:
        """A connection of its own for a long read, so that short ones need not wait for it."""
        db = self._following()
        if db is None:
            with self._resting() as resting:
                yield resting
            return
        with closing(db):
            yield db

    def _following(self) -> sqlite3.Connection | None:
        """A connection to a journal that somebody has open, else None."""
        if not schema.is_database(self._path) or not schema.side(self._path, "-wal").exists():
            return None
        db = schema.reading(self._path, immutable=False, patience=self._patience)
        try:
            if schema.known(db, self._path):
                return db
        except BaseException:
            db.close()
            raise
        db.close()
        return None

    @contextmanager
    def _resting(self) -> Iterator[sqlite3.Connection | None]:
        """A connection to a journal that nobody has open, and that nobody can open meanwhile."""
        with shared(schema.side(self._path, ".lock"), self._patience):
            if not schema.is_database(self._path):
                yield None
                return
            # A writer that came and went by a kill left a WAL, which must be read as well.
            alone = not schema.side(self._path, "-wal").exists()
            with closing(
                schema.reading(self._path, immutable=alone, patience=self._patience)
            ) as db:
                yield db if schema.known(db, self._path) else None

    def _moved(self) -> bool:
        try:
            return self._path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True

    def _forget(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _brief(
    type_: object, step: str | None, at: object, name: str, email: str | None, kind: object,
    result: object, folder: object, rehearse: object, to_name: object, to_email: object,
) -> Brief:  # fmt: skip
    if not isinstance(type_, str) or not isinstance(at, str):
        raise unreadable()
    if type_ == HANDED_OVER:
        name, email = str(to_name or ""), str(to_email or "")
    return Brief(type_, step, at, name, email or "", str(kind or ""), str(result or ""),
                 str(folder or ""), rehearse=bool(rehearse))  # fmt: skip
