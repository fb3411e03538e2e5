"""How long steps took in past runs: a projection of the journal, in a file of its own beside it.

It is made of the journal's events alone and kept only because reading hundreds of runs takes
seconds: it may be deleted at any time, and one that is damaged is. A run is read again when its
head is another than it was; so neither appending nor verifying has to know of it, and a journal
that was replaced by another leaves nothing wrong behind.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from runbook_tui.frozen import frozen
from runbook_tui.journal.faults import name_of
from runbook_tui.journal.reader import JournalReader
from runbook_tui.run.durations import NO_PAST, STEP, UNDO, Past, Spread, Took, spread, took
from runbook_tui.session.ports.journal import JournalError, RunEntry

NAME = "durations.db"
VERSION = 1
MOST = 500
"""Runs of a plan that are looked at, the newest."""
WRONG = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR")
"""What a file is made anew for; anything else may be another process's, or the disk's."""
BUSY = 2.0
"""Seconds to wait for another process that writes it."""

TABLES = """\
CREATE TABLE seen(run TEXT PRIMARY KEY, title TEXT NOT NULL, head TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE took(title TEXT, kind TEXT, step TEXT, run TEXT, number INTEGER, seconds REAL,
  PRIMARY KEY(title, kind, step, run, number)) WITHOUT ROWID;
CREATE INDEX took_by_run ON took(run);
CREATE TABLE spread(title TEXT, kind TEXT, step TEXT, median REAL, p90 REAL, runs INTEGER,
  PRIMARY KEY(title, kind, step)) WITHOUT ROWID;
"""
OF_RUN = "SELECT DISTINCT kind, step FROM took WHERE title = ? AND run = ?"
TIMES = "SELECT seconds FROM took WHERE title = ? AND kind = ? AND step = ?"
SPREADS = "SELECT kind, step, median, p90, runs FROM spread WHERE title = ?"


class OtherVersion(sqlite3.DatabaseError):
    """The file was made by another version of this program."""

    sqlite_errorname = "SQLITE_NOTADB"


class PastDurations:
    """Port `Durations`, over the journal in a file."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._path = journal.with_name(NAME)

    def past(self, title: str, *, but: str = "", patience: float) -> Past:
        """Past times of a plan's steps; nothing where neither journal nor disk give any."""
        until = time.monotonic() + patience
        with suppress(JournalError, OSError), JournalReader(self._journal) as journal:
            entries = [e for e in journal.runs() if e.title == title]
            if not any(e.run != but for e in entries):
                return NO_PAST
            for again in (False, True):
                try:
                    with self._opened(anew=again) as db:
                        self._renew(db, journal, title, entries[: MOST + 1], but, until)
                        return _all(db, title)
                except sqlite3.DatabaseError as error:
                    # Damaged, or of another version: made anew, once. Else it cannot be written.
                    if not name_of(error).startswith(WRONG):
                        break
            return self._unkept(journal, title, entries[: MOST + 1], but, until)
        return NO_PAST

    def _unkept(
        self, journal: JournalReader, title: str, entries: list[RunEntry], but: str, until: float
    ) -> Past:
        """The same where nothing can be written: worked out for now, as far as time allows."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
            db.executescript(TABLES)
            self._renew(db, journal, title, entries, but, until)
            return _all(db, title)

    @contextmanager
    def _opened(self, *, anew: bool = False) -> Iterator[sqlite3.Connection]:
        if anew:
            self._path.unlink(missing_ok=True)
            self._path.with_name(f"{NAME}-journal").unlink(missing_ok=True)
        if not self._path.exists():
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(self._path, timeout=BUSY, isolation_level=None)) as db:
            if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                _make(db)
            # What is lost when the power fails is read again.
            db.execute("PRAGMA synchronous=NORMAL")
            yield db

    def _renew(
        self, db: sqlite3.Connection, journal: JournalReader, title: str,
        entries: list[RunEntry], but: str, until: float,
    ) -> None:  # fmt: skip
        """Read the runs that are not known as they are now, and enter them all at once.

        Nothing is locked while they are read: that may take seconds.
        """
        there = {e.run: e.head for e in entries if e.run != but}
        query = "SELECT run, head FROM seen WHERE title = ?"
        known = dict(db.execute(query, (title,)))
        found = [_Read(run) for run in known.keys() - there.keys()]
        for run, head in there.items():
            if known.get(run) != head and time.monotonic() <= until:
                found.append(_Read(run, head, tuple(took(journal.timings(run)))))
        if found:
            _enter(db, title, found)


@frozen(kw_only=False)
class _Read:
    """A run as it was read; without a head it is to be forgotten."""

    run: str
    head: str | None = None
    took: tuple[Took, ...] = ()


def _make(db: sqlite3.Connection) -> None:
    db.execute("BEGIN EXCLUSIVE")
    try:
        if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:  # Others may be faster.
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master")]
            if tables:
                raise OtherVersion
            for statement in filter(str.strip, TABLES.split(";")):
                db.execute(statement)
            db.execute(f"PRAGMA user_version={VERSION}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _enter(db: sqlite3.Connection, title: str, found: Iterable[_Read]) -> None:
    """Have what these runs took as it is now."""
    db.execute("BEGIN IMMEDIATE")
    try:
        touched: set[tuple[str, str]] = set()
        for read in found:
            before = set(db.execute(OF_RUN, (title, read.run)))
            for kind, step in before:
                where = "DELETE FROM took WHERE title = ? AND kind = ? AND step = ? AND run = ?"
                db.execute(where, (title, kind, step, read.run))
            rows = [
                (title, t.kind, t.step, read.run, n, t.seconds) for n, t in enumerate(read.took)
            ]
            db.executemany("INSERT INTO took VALUES (?, ?, ?, ?, ?, ?)", rows)
            db.execute("DELETE FROM seen WHERE run = ?", (read.run,))
            if read.head is not None:
                db.execute("INSERT INTO seen VALUES (?, ?, ?)", (read.run, title, read.head))
            touched |= before | {(t.kind, t.step) for t in read.took}
        for kind, step in touched:
            _sum_up(db, title, kind, step)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _sum_up(db: sqlite3.Connection, title: str, kind: str, step: str) -> None:
    times = [row[0] for row in db.execute(TIMES, (title, kind, step))]
    db.execute("DELETE FROM spread WHERE title = ? AND kind = ? AND step = ?", (title, kind, step))
    if times:
        s = spread(times)
        row = (title, kind, step, s.median, s.p90, s.runs)
        db.execute("INSERT INTO spread VALUES (?, ?, ?, ?, ?, ?)", row)


def _all(db: sqlite3.Connection, title: str) -> Past:
    found: dict[str, dict[str, Spread]] = {STEP: {}, UNDO: {}}
    for kind, step, median, p90, runs in db.execute(SPREADS, (title,)):
        found.setdefault(kind, {})[step] = Spread(median=median, p90=p90, runs=runs)
    if not any(found.values()):
        return NO_PAST
    return Past(steps=found[STEP], undos=found[UNDO])
