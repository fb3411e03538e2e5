"""Does the journal hold? Every hash computed anew, and everything beside it held against it.

What cannot be seen from inside is a tail that was cut off or a chain that was computed anew from
some event on; for these there is the ``anchor``, a hash that was written down elsewhere.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from runbook_tui.journal import schema
from runbook_tui.journal.chain import genesis, link, start
from runbook_tui.journal.record import Record, bound, listed
from runbook_tui.run.canonical import escaped, quoted
from runbook_tui.run.events import RunStarted
from runbook_tui.session.ports.journal import Verdict

MOST = 50
"""Problems that are named one by one."""
SHORTEST_ANCHOR = 16
"""Digits of a hash below which an anchor proves too little."""


@dataclass(slots=True)
class Walk:
    """One run's chain: how many events, the last hash, and what is wrong."""

    events: int
    head: bytes
    problems: list[str]


def walk(run: str, beginning: str, records: Iterable[tuple[Any, ...]]) -> Walk:
    """Check a run's events, `Record` by `Record`, in the order of ``seq``, from its genesis on.

    An event whose hash is right, and whose end says where it is filed, is not read: reading takes
    several times as long as all the rest. Everything else is looked at in full. (An event ends in
    ``"id":…,"mono":…,"run":…,"seq":…,"step":…,"type":…}``, in its last 600 bytes but for odd ones;
    within a text no quotation mark stands bare.)
    """
    problems: list[str] = []
    previous: bytes | None = start(beginning)
    number = missing = 0
    place = f',"run":{quoted(run)},"seq":'
    for number, (seq, id_, body, digest) in enumerate(records, 1):
        try:
            # In one piece and without a call: this is done for each of a million events.
            if (
                sha256(previous + body).digest() == digest
                and seq == number + missing != 1
                and body.rfind(f'{place}{seq},"step":'.encode(), -600) > 0
                and body.rfind(f',"id":"{id_}","mono":'.encode(), -600) > 0
            ):
                previous = digest
                continue
        except (TypeError, ValueError):
            pass  # Whatever it is, it is looked at below.
        record = clean(seq, id_, body, digest)
        due = number + missing
        if record.seq != due:
            gone = str(due) if record.seq == due + 1 else f"{due} to {record.seq - 1}"
            problems.append(f"run {run}, event {gone}: missing")
            previous = None
        about = f"run {run}, event {record.seq}"
        problems += [f"{about}: {problem}" for problem in faults(run, beginning, record, previous)]
        # Going on from the stored hash keeps one bad event from making all later ones bad.
        previous = record.hash
        missing = record.seq - number
    return Walk(events=number, head=previous or b"" if number else b"", problems=problems)


def faults(run: str, beginning: str, record: Record, previous: bytes | None) -> Iterator[str]:
    """What is wrong with one event; ``previous`` is None where the one before it is missing."""
    if previous is not None and link(previous, record.body) != record.hash:
        yield "its text does not match its hash"
    try:
        said = json.loads(record.body)
        place = (said["run"], said["seq"], escaped(said["id"]))
        kind, data = said["type"], said["data"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield "its text is no event"
        return
    if place != (run, record.seq, record.id):
        yield "it is filed under another run, number or id than it says"
    if record.seq == 1:
        yield from first_faults(run, beginning, kind, data)


def first_faults(run: str, beginning: str, kind: str, data: Any) -> Iterator[str]:
    """Whether the first event and the genesis say the same run and plan."""
    if kind != RunStarted.WIRE or not isinstance(data, dict):
        yield f"the run does not begin with {RunStarted.WIRE}"
        return
    if beginning != genesis(run, listed(data)[2], previous_of(beginning), bound(data)):
        yield "the run's genesis is not that of its plan"


def previous_of(beginning: str) -> tuple[str, str] | None:
    """The run before and its head, as a genesis text names them."""
    try:
        before = json.loads(beginning)["previous"]
        return None if before is None else (str(before["run"]), str(before["head"]))
    except (ValueError, KeyError, TypeError):
        return None


def audit(
    db: sqlite3.Connection, run: str | None, anchor: str | None, *, alone: bool = False
) -> Verdict:
    """Check one run, or all of them and the links between them, in one snapshot.

    ``alone``: the run is a copy, and those before it are not there.
    """
    db.execute("BEGIN")
    try:
        return _audit(db, run, anchor, alone=alone)
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def _audit(db: sqlite3.Connection, run: str | None, anchor: str | None, *, alone: bool) -> Verdict:
    rows = {row[0]: row[1:] for row in db.execute(RUNS)}
    problems = [f"the journal's {name} is missing or changed" for name in schema.altered(db)]
    names = [run] if run is not None else [*rows, *orphans(db, rows)]
    heads: dict[str, str] = {}
    events = 0
    for name in names:
        beginning = rows[name][0] if name in rows else ""
        found = walk(name, beginning, db.execute(EVENTS, (name, 0)))
        events += found.events
        if found.events:
            heads[name] = found.head.hex()
            problems += found.problems
        if name not in rows or not found.events:
            problems.append(f"run {name}: there is no such run")
        else:
            problems += list(misfiled(db, name, rows[name]))
    problems += [] if alone else broken_links(db, rows, run)
    if anchor is not None and not anchored(db, anchor.strip().lower(), run):
        problems.append(
            f"the anchor {anchor} is no hash of {'the journal' if run is None else run}"
        )
    more = len(problems) - MOST
    if more > 0:
        problems = [*problems[:MOST], f"and {more} more"]
    return Verdict(events=events, heads=heads, problems=tuple(problems))


RUNS = "SELECT run, genesis, title, source, digest, opened_at FROM run ORDER BY number"
EVENTS = (
    "SELECT seq, id, CAST(body AS BLOB), hash FROM event WHERE run = ? AND seq > ? ORDER BY seq"
)
FIRST = "SELECT CAST(body AS BLOB) FROM event WHERE run = ? AND seq = 1"
LINKED = "SELECT 1 FROM event WHERE run = ? AND hash = ? ORDER BY seq DESC LIMIT 1"


def records(db: sqlite3.Connection, run: str, after: int = 0) -> Iterator[Record]:
    """The run's events as they are kept."""
    return (clean(*row) for row in db.execute(EVENTS, (run, after)))


def clean(seq: object, id_: object, body: object, digest: object) -> Record:
    """A row as a record: tables that somebody made anew may hold anything; what is no event is
    found as such."""
    return Record(
        seq=seq if isinstance(seq, int) else 0,
        id=str(id_),
        body=body if isinstance(body, bytes) else b"",
        hash=digest if isinstance(digest, bytes) else b"",
    )


def orphans(db: sqlite3.Connection, rows: dict[str, tuple[str, ...]]) -> list[str]:
    """Runs that have events and no entry."""
    return [name for (name,) in db.execute("SELECT DISTINCT run FROM event") if name not in rows]


def misfiled(db: sqlite3.Connection, run: str, row: tuple[str, ...]) -> Iterator[str]:
    """Whether the list of runs says what the run's first event says."""
    # Read by the same code as everywhere: SQLite's own JSON functions end a text at a NUL.
    try:
        said = json.loads(db.execute(FIRST, (run,)).fetchone()[0])
        began = (*listed(said["data"]), said["at"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return  # What is no event, or missing, is a problem of its own.
    if began != row[1:]:
        yield f"run {run}: it is listed otherwise than it began"


def broken_links(
    db: sqlite3.Connection, rows: dict[str, tuple[str, ...]], run: str | None
) -> Iterator[str]:
    """Whether each run still holds the hash that the run after it was opened on, and is listed
    before that one."""
    listed_before = set[str]()
    for name, row in rows.items():
        listed_before.add(name)
        before = previous_of(row[0])
        if before is None or run not in (None, name, before[0]):
            continue
        if not db.execute(LINKED, (before[0], digest_of(before[1]))).fetchone():
            yield f"run {name}: the head of run {before[0]} that it was opened on is gone"
        elif before[0] not in listed_before:
            yield f"run {name}: it is listed before run {before[0]}, which it was opened after"


def anchored(db: sqlite3.Connection, anchor: str, run: str | None) -> bool:
    """Whether the anchor, a hash or at least its first 16 digits, is an event's hash."""
    if len(anchor) < SHORTEST_ANCHOR or not set(anchor) <= set("0123456789abcdef"):
        return False
    where, values = ("", ()) if run is None else (" AND run = ?", (run,))
    query = f"SELECT 1 FROM event WHERE substr(lower(hex(hash)), 1, ?) = ?{where} LIMIT 1"
    return db.execute(query, (len(anchor), anchor, *values)).fetchone() is not None


def digest_of(text: str) -> bytes:
    """A hash from its digits, empty where they are none."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
