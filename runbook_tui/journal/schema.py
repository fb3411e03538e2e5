"""The tables, and connections that are set up as the journal needs them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from runbook_tui.journal.faults import Damaged, name_of
from runbook_tui.journal.place import size
from runbook_tui.session.ports.journal import JournalError

APPLICATION = 0x52554E42
"""``RUNB``, which tells our file from any other SQLite database."""
FIRST = 1
"""The version of the tables below."""
OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""
COPY = ".copy"
"""The ending of the file beside a journal that is a copy of another machine's: where it is from."""
SMALLEST = 512
"""Bytes of the smallest database there can be."""
FULL = 2
INNOCUOUS = 0x200000
"""The flag of a function that a schema may use even if it is not trusted."""

TABLES = {
    "run": """\
CREATE TABLE run(
  number INTEGER PRIMARY KEY,
  run TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  source TEXT NOT NULL,
  digest TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  genesis TEXT NOT NULL CHECK(json_valid(genesis))
) STRICT""",
    "event": """\
CREATE TABLE event(
  gseq INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK(seq > 0),
  id TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL CHECK(json_valid(body)),
  hash BLOB NOT NULL CHECK(length(hash) = 32),
  type TEXT GENERATED ALWAYS AS (json_extract(body, '$.type')) VIRTUAL,
  step TEXT GENERATED ALWAYS AS (json_extract(body, '$.step')) VIRTUAL,
  at TEXT GENERATED ALWAYS AS (json_extract(body, '$.at')) VIRTUAL,
  UNIQUE(run, seq)
) STRICT""",
}
# These guard against accidents; against intent there is the chain.
GUARDS = {
    f"{table}_{verb.lower()}": f"""\
CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""
    for table in TABLES
    for verb in ("UPDATE", "DELETE")
}
MIGRATIONS: dict[int, dict[str, str]] = {}
"""What leads to each later version of the schema: statements by the names of what they make.

A migration only adds, an index or a table, and never touches an event: so a file of any version
can be read as it is, and a program that has it open meanwhile goes on. One that was released is
never changed.
"""


def newest() -> int:
    """The version that this program makes."""
    return FIRST + len(MIGRATIONS)


def statements(version: int) -> dict[str, str]:
    """All that a journal of that version is made of, by name."""
    found = {**TABLES, **GUARDS}
    for number in range(FIRST + 1, version + 1):
        found.update(MIGRATIONS[number])
    return found


def side(path: Path, ending: str) -> Path:
    """A file beside the journal: SQLite's ``-wal``, our ``.lock`` and ``.bell``."""
    if ending.startswith("-"):
        return path.with_name(path.name + ending)
    return path.with_suffix(ending)


def is_copy(path: Path) -> bool:
    """Whether the journal is a copy of another machine's, as far as one may look."""
    try:
        return side(path, COPY).exists()
    except OSError:
        return False


def reading(path: Path, *, immutable: bool, patience: float) -> sqlite3.Connection:
    """A connection that cannot write. ``immutable`` is for a file that nobody has open."""
    mode = "immutable=1" if immutable else "mode=ro"
    return _connect(f"{path.absolute().as_uri()}?{mode}", patience)


def writing(path: Path, patience: float) -> sqlite3.Connection:
    """A connection whose every commit is durable. To be opened, used and closed under the lock.
    Raises `JournalError`."""
    db = _connect(f"{path.absolute().as_uri()}?mode=rw", patience)
    try:
        mode = db.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        db.execute("PRAGMA synchronous=FULL")
        level = db.execute("PRAGMA synchronous").fetchone()[0]
        if mode != "wal" or level != FULL:
            raise JournalError(
                f"journal {path}: this file system cannot keep it safely "
                f"(journal mode {mode}, synchronous {level})",
                "Set RUNBOOK_HOME to a folder on a local disk.",
            )
        # Checkpoints run only where we hold the lock.
        db.execute("PRAGMA wal_autocheckpoint=0")
    except BaseException:
        db.close()
        raise
    return db


def _connect(uri: str, patience: float) -> sqlite3.Connection:
    db = sqlite3.connect(
        uri, uri=True, timeout=patience, isolation_level=None, check_same_thread=False
    )
    try:
        db.execute("PRAGMA mmap_size=0")
        if json_is_innocuous():
            db.execute("PRAGMA trusted_schema=OFF")
    except BaseException:
        db.close()
        raise
    return db


@cache
def json_is_innocuous() -> bool:
    """Whether a schema that is not trusted may use JSON functions; SQLite 3.40 says no."""
    with closing(sqlite3.connect(":memory:")) as db:
        query = "SELECT flags FROM pragma_function_list WHERE name = 'json_valid'"
        return all(flags & INNOCUOUS for (flags,) in db.execute(query))


def inspect(path: Path, patience: float) -> bool:
    """Whether the file holds a journal (True) or nothing yet (False); it is not touched.

    Raises `JournalError` where it is something else or a newer program's.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise JournalError(
            f"SQLite {sqlite3.sqlite_version} is too old for the journal",
            "Runbook needs Python with SQLite 3.37 or newer.",
        )
    if not is_database(path):
        return False
    immutable = not side(path, "-wal").exists()
    with closing(reading(path, immutable=immutable, patience=patience)) as db:
        return known(db, path)


def is_database(path: Path) -> bool:
    """Whether there may be a database: False for a file that is missing or empty.

    Raises `JournalError` for a file of a few bytes, which SQLite would write over. The file itself
    is never opened beside SQLite: closing it would drop the locks that this process holds on it
    (POSIX, ``fcntl``), and the next one to close the journal would throw away the WAL under us.
    """
    there = size(path)
    if there and there < SMALLEST:
        raise foreign(path)
    return bool(there)


def known(db: sqlite3.Connection, path: Path) -> bool:
    """The same for an open database. Raises `JournalError` where it is no journal of ours, or of a
    later version."""
    try:
        application = db.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if name_of(error) == "SQLITE_NOTADB":
            raise foreign(path) from error
        raise
    version = _version(db)
    if application == APPLICATION and version > newest():
        raise JournalError(
            f"journal {path}: written by a newer version of runbook "
            f"(format {version}, this one knows {newest()})",
            "Please update runbook.",
        )
    if application == APPLICATION and version >= FIRST:
        return True
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application or version or tables:
        raise foreign(path)
    return False


def foreign(path: Path) -> Damaged:
    """The error for a file that some other program made."""
    return Damaged(
        f"journal {path}: the file is not a journal of runbook",
        "Move the file away, or set RUNBOOK_HOME to another folder.",
    )


def create(db: sqlite3.Connection) -> None:
    """Make the tables, all or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for statement in statements(newest()).values():
            db.execute(statement)
        db.execute(f"PRAGMA application_id={APPLICATION}")
        db.execute(f"PRAGMA user_version={newest()}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def migrate(db: sqlite3.Connection) -> None:
    """Bring an older journal to the newest version, all or nothing; to be called under the lock."""
    version = _version(db)
    if version >= newest():
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        for number in range(version + 1, newest() + 1):
            for statement in MIGRATIONS[number].values():
                db.execute(statement)
        db.execute(f"PRAGMA user_version={newest()}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def altered(db: sqlite3.Connection) -> list[str]:
    """The names of tables and guards that are missing or not as we made them."""
    found = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    due = statements(_version(db))
    return [name for name, sql in due.items() if found.get(name) != sql]
