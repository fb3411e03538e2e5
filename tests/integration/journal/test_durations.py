"""What past runs took, from a file of its own beside the journal that may go at any time."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runbook_tui.journal.durations import NAME, PastDurations
from runbook_tui.journal.reader import JournalReader
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.durations import Past, Spread, Timing
from runbook_tui.run.events import Actor, Draft, RunStarted, StepFinished, StepStarted

ADA = Actor(name="Ada")


class Ticking:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0

    def now(self) -> float:
        return self.seconds

    def mono(self) -> float:
        return self.seconds - 1_600_000_000.0

    def boot(self) -> str:
        return "boot"


class Book:
    """A journal with runs in which step ``a`` took as long as is said."""

    def __init__(self, folder: Path) -> None:
        self.clock = Ticking()
        self.path = folder / "journal.db"
        self.journal = SqliteJournal(self.path, self.clock)
        self.durations = PastDurations(self.path)

    def started(self, run: str, title: str = "T") -> None:
        begun = RunStarted(title=title, source="p", format="toml", plan="", digest="d", folder="/")
        self.journal.append(run, [Draft(payload=begun)], ADA)

    def took(self, run: str, seconds: float, step: str = "a") -> None:
        self.journal.append(run, [Draft(payload=StepStarted(), step=step)], ADA)
        self.clock.seconds += seconds
        self.journal.append(run, [Draft(payload=StepFinished(result="done"), step=step)], ADA)

    def past(self, but: str = "", title: str = "T", patience: float = 60) -> Past:
        return self.durations.past(title, but=but, patience=patience)


def near(one: Spread, other: Spread) -> bool:
    return dataclasses.astuple(one) == pytest.approx(dataclasses.astuple(other))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = Book(tmp_path)
    yield made
    made.journal.close()


def three(book: Book) -> None:
    for number, seconds in enumerate((10, 30, 20)):
        book.started(f"r{number}")
        book.took(f"r{number}", seconds)


def test_a_plan_s_steps_by_the_runs_that_have_the_same_title(book: Book) -> None:
    three(book)
    book.started("other", "U")
    book.took("other", 999)
    assert list(book.past().steps) == ["a"]
    assert near(book.past().steps["a"], Spread(median=20, p90=28, runs=3))
    assert book.past(title="U").steps["a"].median == 999
    assert book.past(title="V").steps == {}
    assert book.path.with_name(NAME).stat().st_mode & 0o777 == 0o600


def test_the_run_itself_is_no_past_run(book: Book) -> None:
    three(book)
    assert book.past().steps["a"].runs == 3
    assert near(book.past(but="r1").steps["a"], Spread(median=15, p90=19, runs=2))
    assert book.past().steps["a"].runs == 3


def test_a_run_that_went_on_is_read_again_and_the_others_are_not(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(book)
    book.past()
    read: list[str] = []
    whole = JournalReader.timings

    def seen(self: JournalReader, run: str) -> list[Timing]:
        read.append(run)
        return whole(self, run)

    monkeypatch.setattr(JournalReader, "timings", seen)
    book.past()
    assert read == []
    book.took("r1", 50)
    book.took("r1", 5, "b")
    found = book.past()
    assert read == ["r1"]
    assert found.steps["a"].runs == 4
    assert found.steps["b"] == Spread(median=5, p90=5, runs=1)


def test_what_time_does_not_allow_comes_the_next_time_the_newest_first(book: Book) -> None:
    three(book)
    assert book.past(patience=-1).steps == {}
    assert book.past().steps["a"].runs == 3


@pytest.mark.parametrize("content", [b"", b"no database at all, but text" * 99, b"SQLite format 3"])
def test_a_damaged_file_is_made_anew(book: Book, content: bytes) -> None:
    three(book)
    book.path.with_name(NAME).write_bytes(content)
    assert book.past().steps["a"].runs == 3
    assert book.past().steps["a"].runs == 3


def test_a_file_of_another_version_is_made_anew(book: Book) -> None:
    three(book)
    with closing(sqlite3.connect(book.path.with_name(NAME))) as db:
        db.execute("CREATE TABLE took(a)")
        db.execute("PRAGMA user_version=99")
        db.commit()
    assert book.past().steps["a"].runs == 3


def test_where_nothing_can_be_written_it_is_worked_out_all_the_same(book: Book) -> None:
    three(book)
    book.path.with_name(NAME).mkdir()
    assert book.past().steps["a"].runs == 3


def test_one_that_another_process_holds_is_neither_waited_for_long_nor_taken_away(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(book)
    book.past()
    monkeypatch.setattr("runbook_tui.journal.durations.BUSY", 0.05)
    with closing(sqlite3.connect(book.path.with_name(NAME), isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert book.past().steps["a"].runs == 3
        db.execute("ROLLBACK")
        assert db.execute("SELECT count(*) FROM seen").fetchone() == (3,)


def test_another_journal_in_its_place_leaves_nothing_of_the_old_one(book: Book) -> None:
    three(book)
    book.past()
    book.journal.close()
    book.path.unlink()
    book.journal = SqliteJournal(book.path, book.clock)
    book.started("r0")
    book.took("r0", 77)
    assert book.past().steps == {"a": Spread(median=77, p90=77, runs=1)}


def test_no_journal_no_past_and_no_file(tmp_path: Path) -> None:
    assert PastDurations(tmp_path / "journal.db").past("T", patience=1).steps == {}
    assert list(tmp_path.iterdir()) == []
