"""A copy of a run that is led elsewhere: byte by byte what its journal has, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.replica import ReplicaJournal
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.events import Draft, NoteAdded
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.ports.replica import NotTaken
from tests.fakes.history import ADA
from tests.integration.journal.scenes import filled

RUN = "7f3a"
HARD = 'ü 🙂 \udc80 \x00 \\ " \u2028 </script>'


@pytest.fixture
def own(tmp_path: Path) -> Iterator[SqliteJournal]:
    filled(tmp_path / "own" / "journal.db", 3)
    with SqliteJournal(tmp_path / "own" / "journal.db", SystemClock()) as journal:
        journal.append(RUN, [Draft(payload=NoteAdded(text=HARD))], ADA)
        yield journal


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[ReplicaJournal]:
    with ReplicaJournal(tmp_path / "copy" / "journal.db", SystemClock(), "the remote") as journal:
        yield journal


def bodies(own: SqliteJournal) -> list[bytes]:
    return [kept.body for kept in own.records(RUN)]


def test_it_holds_what_the_journal_has_and_nobody_writes_it(
    own: SqliteJournal, copy: ReplicaJournal, tmp_path: Path
) -> None:
    lines, genesis = bodies(own), own.genesis(RUN)
    assert copy.take(RUN, genesis, 1, lines[:2]) == 2
    assert copy.take(RUN, genesis, 1, lines) == len(lines)
    assert copy.take(RUN, "", 3, lines[2:]) == len(lines)
    assert copy.records(RUN) == own.records(RUN)
    assert copy.genesis(RUN) == genesis
    verdict = copy.verify()
    assert (verdict.problems, verdict.heads) == ((), own.verify(RUN).heads)
    with pytest.raises(JournalError, match="led on another machine"):
        copy.append(RUN, [Draft(payload=NoteAdded(text="mine"))], ADA)
    copy.close()
    with pytest.raises(JournalError, match="a copy of a run that is led on another machine"):
        SqliteJournal(tmp_path / "copy" / "journal.db", SystemClock())
    with SqliteJournal.open_reading(tmp_path / "copy" / "journal.db") as reader:
        assert len(reader.events(RUN)) == len(lines)
        assert reader.verify().problems == ()


def spoilt(lines: Sequence[bytes]) -> Iterator[tuple[str, int, list[bytes]]]:
    """Lines that are not those that follow, and why."""
    third = lines[2]
    yield "is missing", 4, [lines[3]]
    yield "is none", 3, [b"{}"]
    yield "is none", 3, [b"\xff\xfe"]
    yield "is none", 3, [third + b"{}"]
    yield "says that it is event 2", 3, [lines[1]]
    yield "is not written as events are", 3, [third.replace(b'"data":{', b'"data": {')]
    twice = third.replace(b'"seq":3,', b'"seq":1,"seq":3,')
    yield "is not written as events are", 3, [twice]
    yield "cannot be entered", 3, [third.replace(_id(third), _id(lines[1]))]
    yield "is another than the one that was seen", 2, [third]
    yield "says that it is event 3 of run", 3, [third.replace(RUN.encode(), b"beef")]
    yield "is none", 3, [third, b"nothing"]


def _id(body: bytes) -> bytes:
    return body.partition(b'"id":"')[2].partition(b'"')[0]


def test_of_anything_else_nothing_is_taken(own: SqliteJournal, copy: ReplicaJournal) -> None:
    lines, genesis = bodies(own), own.genesis(RUN)
    copy.take(RUN, genesis, 1, lines[:2])
    for why, first, wrong in spoilt(lines):
        with pytest.raises(NotTaken, match=why):
            copy.take(RUN, genesis, first, wrong)
        assert len(copy.records(RUN)) == 2, why
    with pytest.raises(NotTaken, match="began otherwise"):
        copy.take(RUN, genesis.replace("digest", "digesT"), 1, lines)
    assert copy.verify().problems == ()


def test_a_run_with_another_beginning_than_its_plan_is_not_taken(
    own: SqliteJournal, copy: ReplicaJournal
) -> None:
    lines, genesis = bodies(own), own.genesis(RUN)
    with pytest.raises(NotTaken, match="genesis is not that of its plan"):
        copy.take(RUN, genesis.replace('"format":', '"format": '), 1, lines)
    with pytest.raises(NotTaken, match="does not begin with"):
        copy.take(RUN, genesis, 1, [lines[1].replace(b'"seq":2', b'"seq":1')])
    assert copy.runs() == []
