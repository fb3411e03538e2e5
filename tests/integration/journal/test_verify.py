"""Whoever changes the record is found out, and told where."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from runbook_tui.command.evidence import KeptLogs
from runbook_tui.journal import schema
from runbook_tui.journal.chain import link
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.journal.verify import walk
from runbook_tui.run.events import Event
from runbook_tui.session.ports.journal import JournalError, Verdict
from runbook_tui.session.verifying import verify
from tests.integration.journal.scenes import filled

Attack = Callable[[sqlite3.Connection], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


@pytest.fixture
def events(path: Path) -> list[Event]:
    return filled(path)


@contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that takes the guards away, and puts them back so that nobody sees."""
    with closing(sqlite3.connect(path)) as db:
        for name in schema.GUARDS:
            db.execute(f"DROP TRIGGER {name}")
        yield db
        for sql in schema.GUARDS.values():
            db.execute(sql)
        db.commit()


def verdict(path: Path, run: str | None = None, anchor: str | None = None) -> Verdict:
    with SqliteJournal.open_reading(path) as reader:
        return reader.verify(run, anchor)


def rehash(db: sqlite3.Connection, first: int) -> None:
    """Compute the chain anew from an event on, as an attacker would."""
    head = db.execute("SELECT hash FROM event WHERE seq = ?", (first - 1,)).fetchone()[0]
    rows = db.execute("SELECT seq, body FROM event WHERE seq >= ? ORDER BY seq", (first,))
    for seq, body in rows.fetchall():
        head = link(head, body.encode())
        db.execute("UPDATE event SET hash = ? WHERE seq = ?", (head, seq))


def edit(db: sqlite3.Connection) -> None:
    db.execute("UPDATE event SET body = replace(body, 'note 5', 'note 6') WHERE seq = 5")


def test_an_honest_journal_holds(path: Path, events: list[Event]) -> None:
    found = verdict(path)
    assert found == Verdict(events=10, heads={"7f3a": events[-1].hash})
    assert verdict(path, "7f3a", events[4].hash).problems == ()
    assert verdict(path, anchor=events[-1].hash[:16].upper()).problems == ()


ATTACKS: list[tuple[str, Attack, str]] = [
    ("edit", edit, "run 7f3a, event 5: its text does not match its hash"),
    ("delete", lambda db: db.execute("DELETE FROM event WHERE seq = 4"), "event 4: missing"),
    (
        "delete two",
        lambda db: db.execute("DELETE FROM event WHERE seq IN (4, 5)"),
        "event 4 to 5: missing",
    ),
    (
        "renumber",
        lambda db: db.execute("UPDATE event SET seq = seq + 100 WHERE seq > 9"),
        "event 110: it is filed under another",
    ),
    (
        "other id",
        lambda db: db.execute("UPDATE event SET id = 'other' WHERE seq = 3"),
        "event 3: it is filed under another",
    ),
    (
        "other hash",
        lambda db: db.execute("UPDATE event SET hash = zeroblob(32) WHERE seq = 3"),
        "event 3: its text does not match its hash",
    ),
    (
        "listed otherwise",
        lambda db: db.execute("UPDATE run SET title = 'Nothing to see'"),
        "run 7f3a: it is listed otherwise",
    ),
    (
        "another plan",
        lambda db: db.execute("UPDATE run SET genesis = replace(genesis, 'd1', 'd2')"),
        "event 1: its text does not match its hash",
    ),
    ("no entry", lambda db: db.execute("DELETE FROM run"), "run 7f3a: there is no such run"),
    ("no events", lambda db: db.execute("DELETE FROM event"), "run 7f3a: there is no such run"),
    (
        "moved to another run",
        lambda db: db.execute("UPDATE event SET run = 'x', seq = 1 WHERE seq = 10"),
        "run x: there is no such run",
    ),
]


@pytest.mark.parametrize(("attack", "problem"), [case[1:] for case in ATTACKS],
                         ids=[case[0] for case in ATTACKS])  # fmt: skip
@pytest.mark.usefixtures("events")
def test_a_change_is_found_and_its_place_named(path: Path, attack: Attack, problem: str) -> None:
    with tampering(path) as db:
        attack(db)
    problems = verdict(path).problems
    assert any(problem in found for found in problems), problems


@pytest.mark.usefixtures("events")
def test_one_edit_is_one_problem(path: Path) -> None:
    with tampering(path) as db:
        edit(db)
    assert len(verdict(path, "7f3a").problems) == 1


def test_a_chain_computed_anew_is_found_by_the_anchor(path: Path, events: list[Event]) -> None:
    with tampering(path) as db:
        edit(db)
        rehash(db, 5)
    assert verdict(path).problems == ()
    assert verdict(path, anchor=events[3].hash).problems == ()
    assert "anchor" in verdict(path, anchor=events[-1].hash).problems[0]


def test_a_tail_cut_off_is_found_by_the_anchor(path: Path, events: list[Event]) -> None:
    with tampering(path) as db:
        db.execute("DELETE FROM event WHERE seq > 7")
    assert verdict(path).problems == ()
    assert "anchor" in verdict(path, "7f3a", events[-1].hash).problems[0]


@pytest.mark.usefixtures("events")
def test_a_tail_cut_off_is_found_by_the_run_that_came_after(path: Path) -> None:
    filled(path, 2, "8c01")
    with tampering(path) as db:
        db.execute("DELETE FROM event WHERE run = '7f3a' AND seq > 7")
    gone = "run 8c01: the head of run 7f3a that it was opened on is gone"
    assert verdict(path).problems == (gone,)
    assert verdict(path, "7f3a").problems == (gone,)


@pytest.mark.usefixtures("events")
def test_a_whole_run_taken_out_is_found_by_the_run_that_came_after(path: Path) -> None:
    filled(path, 2, "8c01")
    with tampering(path) as db:
        db.execute("DELETE FROM event WHERE run = '7f3a'")
        db.execute("DELETE FROM run WHERE run = '7f3a'")
    assert "opened on is gone" in verdict(path).problems[0]
    assert "no such run" in verdict(path, "7f3a").problems[0]


@pytest.mark.usefixtures("events")
def test_runs_that_changed_places_are_found(path: Path) -> None:
    filled(path, 2, "8c01")
    assert not verdict(path).problems
    with tampering(path) as db:
        db.execute("UPDATE run SET number = 1000 - number")
        db.execute("UPDATE run SET number = number + 1000")
    moved = "run 8c01: it is listed before run 7f3a, which it was opened after"
    assert verdict(path).problems == (moved,)


@pytest.mark.usefixtures("events")
def test_guards_that_were_taken_away_are_missed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER event_delete")
    assert verdict(path).problems == ("the journal's event_delete is missing or changed",)


@pytest.mark.parametrize("anchor", ["", "abc", "z" * 64, "0" * 64, "%" * 20])
@pytest.mark.usefixtures("events")
def test_what_is_no_hash_is_no_anchor(path: Path, anchor: str) -> None:
    assert len(verdict(path, anchor=anchor).problems) == 1


@pytest.mark.usefixtures("events")
def test_many_problems_are_counted(path: Path) -> None:
    filled(path, 80, "8c01")
    with tampering(path) as db:
        db.execute("UPDATE event SET id = 'x' || id WHERE run = '8c01'")
    assert verdict(path).problems[-1] == "and 30 more"


@pytest.mark.parametrize(("body", "told"), [
    ('{"actor":1,"id":"ID","mono":1.0,"run":"7f3a","seq":5,"step":null,"type":"note.added"}',
     "its events cannot be read"),
    ('{"data":{"id":"ID","mono":1,"run":"7f3a","seq":5,"step":null},"run":"other","seq":9}',
     "event 5: its text is no event"),
    ('{"id":"ID","mono":1.0,"run":"7f3a","seq":55,"step":null,"type":"note.added"}',
     "event 5: its text is no event"),
])  # fmt: skip
def test_what_only_ends_like_an_event_of_this_place_is_found_when_it_is_read(
    path: Path, events: list[Event], body: str, told: str
) -> None:
    """With a hash to match, its end is not enough: the events are read as well."""
    with tampering(path) as db:
        db.execute("PRAGMA ignore_check_constraints=ON")
        text = body.replace("ID", events[4].id)
        db.execute("UPDATE event SET body = ? WHERE seq = 5", (text,))
        rehash(db, 5)
    with SqliteJournal.open_reading(path) as reader:
        problems = verify(reader, KeptLogs(), path.parent / "runs").problems
    assert [p for p in problems if told in p], problems


def test_records_can_be_checked_without_the_database(path: Path, events: list[Event]) -> None:
    with SqliteJournal.open_reading(path) as reader:
        records, beginning = reader.records("7f3a"), reader.genesis("7f3a")
    found = walk("7f3a", beginning, records)
    assert (found.events, found.head.hex(), found.problems) == (10, events[-1].hash, [])
    assert walk("7f3a", beginning, records[:3] + records[4:]).problems


@pytest.mark.usefixtures("events")
def test_one_flipped_bit_is_a_problem_or_changes_nothing(path: Path) -> None:
    honest = path.read_bytes()
    heads = verdict(path).heads
    chance = random.Random(7)
    caught = 0
    for offset in range(0, len(honest), 397):
        damaged = bytearray(honest)
        damaged[offset] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        found = verdict(path)
        # A bit in room that is free changes nothing: then every hash is that of before.
        assert found.problems or (found.events, found.heads) == (10, heads)
        caught += bool(found.problems)
    assert caught > 10


@pytest.mark.usefixtures("events")
def test_a_missing_table_is_a_problem(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE run")
    assert "no such table" in verdict(path).problems[0]


@pytest.mark.usefixtures("events")
def test_a_table_made_anew_without_its_rules_is_a_problem(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE free AS SELECT * FROM event")
        db.execute("DROP TABLE event")
        db.execute("ALTER TABLE free RENAME TO event")
        db.execute("UPDATE event SET body = NULL, hash = 'x', seq = 'y', id = NULL WHERE seq = 2")
        db.commit()
    problems = verdict(path).problems
    assert "the journal's event is missing or changed" in problems
    assert any("its text is no event" in problem for problem in problems)


def test_an_event_that_cannot_be_read_is_an_error_with_a_hint(path: Path) -> None:
    filled(path, 3)
    with tampering(path) as db:
        db.execute("UPDATE event SET body = '[]' WHERE seq = 2")
    with (
        SqliteJournal.open_reading(path) as reader,
        pytest.raises(JournalError, match="cannot be read") as caught,
    ):
        reader.events("7f3a")
    assert "verify" in caught.value.hint


@pytest.mark.usefixtures("events")
def test_a_file_cut_in_half_is_a_problem(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert [p for p in verdict(path).problems if "it is damaged" in p]
