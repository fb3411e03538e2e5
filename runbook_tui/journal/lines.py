"""A run's events as lines of text and hashes, outside the database. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from runbook_tui.journal import record
from runbook_tui.journal.reader import JournalReader
from runbook_tui.journal.record import Record
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.journal.verify import digest_of, walk
from runbook_tui.run.canonical import escaped
from runbook_tui.session.ports.archive import Chained, Lines
from runbook_tui.session.ports.journal import JournalError


def lines_of(journal: JournalReader | SqliteJournal, run: str) -> Lines:
    """A run's events as they are kept, byte by byte."""
    kept = journal.records(run)
    return Lines(
        genesis=journal.genesis(run),
        bodies=tuple(one.body for one in kept),
        hashes=tuple(one.hash.hex() for one in kept),
    )


def chain_of(run: str, genesis: str, bodies: Sequence[bytes], hashes: Sequence[str]) -> Chained:
    """Port `Chain`: the same checks that the journal makes of its own events."""
    problems = []
    if len(bodies) != len(hashes):
        problems.append(f"run {run}: there are {len(bodies)} events and {len(hashes)} hashes")
    records = [
        Record(seq=number, id=_id(body), body=body, hash=digest_of(digest))
        for number, (body, digest) in enumerate(zip(bodies, hashes, strict=False), 1)
    ]
    walked = walk(run, genesis, records)
    events = []
    for one in records:
        try:
            events.append(record.event(one.body, one.hash))
        except JournalError:
            continue  # Named by the walk.
    return Chained(
        events=tuple(events),
        head=walked.head.hex(),
        problems=(*problems, *walked.problems),
    )


def _id(body: bytes) -> str:
    try:
        return escaped(str(json.loads(body)["id"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
