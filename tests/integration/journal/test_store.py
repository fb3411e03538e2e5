"""What the journal promises to one process."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from runbook_tui.journal import schema
from runbook_tui.journal.store import TIDY_AFTER, SqliteJournal
from runbook_tui.run.events import Actor, Draft, NoteAdded, Unknown
from runbook_tui.session.ports.journal import Conflict, Journal, JournalError
from tests.integration.journal.scenes import ADA, begun, filled, note, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


def test_what_was_appended_is_there_and_the_same_after_opening_again(path: Path) -> None:
    with opened(path) as journal:
        port: Journal = journal
        first = port.append("7f3a", begun(), ADA, expect=0)
        grace = Actor(name="Grace")
        more = port.append(
            "7f3a", [note("a")[0], Draft(payload=NoteAdded(text="b"), actor=grace)], ADA, expect=1
        )
        assert [event.seq for event in first + more] == [1, 2, 3]
        assert more[1].actor == grace
    with opened(path) as journal:
        assert journal.events("7f3a") == first + more
        assert journal.events("7f3a", after=2) == more[1:]
        assert journal.events("other") == []
        assert journal.verify().problems == ()


def test_runs_are_listed_newest_first(path: Path) -> None:
    filled(path, 3, "one")
    newest = filled(path, 2, "two")
    with opened(path) as journal:
        runs = journal.runs()
        assert [(entry.run, entry.events) for entry in runs] == [("two", 2), ("one", 3)]
        assert runs[0].head == newest[-1].hash
        assert (runs[0].title, runs[0].source, runs[0].digest) == ("Ship it", "plan.md", "d1")
        assert runs[0].opened_at == newest[0].at
        assert journal.genesis("two").count(runs[1].head) == 1


def test_the_same_id_twice_gives_the_first_result(path: Path) -> None:
    with opened(path) as journal:
        journal.append("7f3a", begun(), ADA)
        first = journal.append("7f3a", note("once", "n1"), ADA, expect=1)
        # The answer was lost: the caller asks again, on the state it knew.
        assert journal.append("7f3a", note("again", "n1"), ADA, expect=1) == first
        both = journal.append("7f3a", note("x", "n1") + note("y", "n2") + note("z", "n2"), ADA)
        assert [event.seq for event in both] == [2, 3, 3]
        assert len(journal.events("7f3a")) == 3
        journal.append("8c01", begun("8c01"), ADA)
        with pytest.raises(JournalError, match="recorded already, in run 7f3a"):
            journal.append("8c01", note("x", "n1"), ADA)


def test_a_decision_on_an_old_state_is_refused_with_what_is_new(path: Path) -> None:
    with opened(path) as journal:
        journal.append("7f3a", begun(), ADA)
        newer = journal.append("7f3a", note("a") + note("b"), ADA)
        with pytest.raises(Conflict) as caught:
            journal.append("7f3a", note("late"), ADA, expect=1)
        assert list(caught.value.events) == newer
        assert len(journal.events("7f3a")) == 3


def test_a_run_begins_with_run_started(path: Path) -> None:
    with opened(path) as journal, pytest.raises(JournalError, match="no run 7f3a") as caught:
        journal.append("7f3a", note("x"), ADA)
    assert caught.value.hint


def test_nothing_appended_is_nothing_recorded(path: Path) -> None:
    with opened(path) as journal:
        assert journal.append("7f3a", [], ADA) == []
        assert journal.runs() == []


def test_a_batch_is_recorded_whole_or_not_at_all(path: Path) -> None:
    with opened(path) as journal:
        journal.append("7f3a", begun(), ADA)
        bad = Draft(payload=Unknown(type="x", data={"v": float("nan")}))
        with pytest.raises(JournalError):
            journal.append("7f3a", [*note("a"), bad], ADA)
        assert len(journal.events("7f3a")) == 1


def test_an_event_of_an_unknown_type_survives(path: Path) -> None:
    newer = Unknown(type="tea.served", data={"cups": 2, "to": ["Ada", "Grace"]})
    with opened(path) as journal:
        journal.append("7f3a", [*begun(), Draft(payload=newer)], ADA)
    with opened(path) as journal:
        assert journal.events("7f3a")[1].payload == newer
        assert journal.events("7f3a")[1].type == "tea.served"
        assert journal.verify().problems == ()


def test_files_are_private(path: Path) -> None:
    with opened(path) as journal:
        journal.append("7f3a", begun(), ADA)
        names = sorted(entry.name for entry in path.parent.iterdir())
        modes = {stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()}
    assert names == [
        "journal.bell", "journal.db", "journal.db-shm", "journal.db-wal", "journal.lock"
    ]  # fmt: skip
    assert modes == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_commit_is_synchronous_and_checkpoints_are_ours(path: Path) -> None:
    with opened(path) as journal:
        assert journal._db is not None
        pragmas = ("journal_mode", "synchronous", "wal_autocheckpoint", "mmap_size")
        values = [journal._db.execute(f"PRAGMA {name}").fetchone() for name in pragmas]
        assert values[:3] == [("wal",), (2,), (0,)]
        assert values[3] in ((0,), None)


def test_the_wal_does_not_grow_for_ever(path: Path) -> None:
    with opened(path) as journal:
        journal.append("7f3a", begun(), ADA)
        sizes = []
        for number in range(1, 8 * TIDY_AFTER):
            journal.append("7f3a", note(f"{number}"), ADA)
            if number % TIDY_AFTER == 0:
                sizes.append(schema.side(path, "-wal").stat().st_size)
        assert sizes[-1] <= sizes[0] * 1.2
    assert not schema.side(path, "-wal").exists()


def test_events_cannot_be_changed_by_accident(path: Path) -> None:
    filled(path, 3)
    with closing(sqlite3.connect(path)) as db:
        for statement in (
            "UPDATE event SET seq = 9 WHERE seq = 2",
            "DELETE FROM event",
            "DELETE FROM run",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)


def test_columns_show_type_step_and_time(path: Path) -> None:
    events = filled(path, 2)
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT type, step, at FROM event ORDER BY seq").fetchall()
    assert rows == [(event.type, event.step, event.at) for event in events]


def test_threads_share_one_journal(path: Path) -> None:
    with opened(path) as journal:
        journal.append("7f3a", begun(), ADA)

        def work() -> None:
            for _ in range(25):
                seen = journal.append("7f3a", note("x"), ADA)[0].seq
                assert len(journal.events("7f3a")) >= seen

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [event.seq for event in journal.events("7f3a")] == list(range(1, 152))
        assert journal.verify().problems == ()


def test_a_closed_journal_says_so(path: Path) -> None:
    journal = opened(path)
    journal.append("7f3a", begun(), ADA)
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.append("7f3a", note("x"), ADA)
    with pytest.raises(JournalError, match="closed"):
        journal.events("7f3a")
    assert journal.wait("7f3a", 5, 10.0) is False


def test_a_newer_format_is_left_alone(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version={schema.newest() + 1}")
    before = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
    with pytest.raises(JournalError, match="written by a newer version") as caught:
        opened(path)
    assert "update runbook" in caught.value.hint
    with SqliteJournal.open_reading(path) as reader, pytest.raises(JournalError, match="newer"):
        reader.runs()
    after = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
    before.pop("journal.lock")
    after.pop("journal.lock")
    assert after == before


def test_a_newer_format_that_is_still_in_the_wal_is_seen(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version={schema.newest() + 1}")
        with pytest.raises(JournalError, match="written by a newer version"):
            opened(path)


def test_a_creation_that_was_cut_short_is_taken_up(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
    assert path.stat().st_size
    assert len(filled(path, 3)) == 3


@pytest.mark.parametrize("content", [b"a plan, not a database" * 100, b"x"])
def test_a_file_that_is_no_database_is_named(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(JournalError, match="not a journal") as caught:
        opened(path)
    assert caught.value.hint
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs(x)")
    content = path.read_bytes()
    with pytest.raises(JournalError, match="not a journal of runbook"):
        opened(path)
    assert path.read_bytes() == content


def test_a_file_in_the_way_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match="Not a directory") as caught:
        opened(tmp_path / "file" / "home" / "journal.db")
    assert "RUNBOOK_HOME" in caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(JournalError, match="Permission denied"):
        opened(tmp_path / "locked" / "journal.db")


def test_a_deleted_file_is_noticed_before_anything_is_lost(path: Path) -> None:
    with opened(path) as journal:
        journal.append("7f3a", begun(), ADA)
        path.rename(path.with_name("elsewhere.db"))
        with pytest.raises(JournalError, match="moved or deleted"):
            journal.append("7f3a", note("x"), ADA)


def test_a_path_with_odd_characters(tmp_path: Path) -> None:
    assert len(filled(tmp_path / "a b?c#d%20é" / "journal.db", 3)) == 3
