"""Those who only look: they create nothing, and see each event once and soon."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from pathlib import Path

import pytest

from runbook_tui.journal import bell, schema
from runbook_tui.journal.lock import shared
from runbook_tui.journal.reader import JournalReader
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run import events as e
from runbook_tui.run.events import Draft
from runbook_tui.session import inotify
from runbook_tui.session.ports.journal import Journal, JournalError, Verdict
from tests.fakes.history import in_brief
from tests.integration.journal.scenes import ADA, begun, filled, line, note, opened, writer
from tests.waiting import PATIENCE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


def test_a_missing_journal_reads_as_empty_and_is_not_created(path: Path) -> None:
    with SqliteJournal.open_reading(path) as reader:
        port: Journal = reader
        assert port.runs() == []
        assert port.events("7f3a") == []
        assert port.wait("7f3a", 0, 0.01) is False
        assert port.verify() == Verdict(events=0, heads={})
        assert port.verify("7f3a").problems
        assert reader.genesis("7f3a") == ""
    assert not path.parent.exists()


def test_reading_a_journal_at_rest_leaves_no_trace(path: Path) -> None:
    events = filled(path, 5)
    before = {entry.name: entry.stat().st_mtime_ns for entry in path.parent.iterdir()}
    with SqliteJournal.open_reading(path) as reader:
        assert reader.events("7f3a") == events
        assert reader.runs()[0].events == 5
        assert reader.verify().problems == ()
    assert {entry.name: entry.stat().st_mtime_ns for entry in path.parent.iterdir()} == before


def test_in_brief_each_event_says_what_it_says_at_length(path: Path) -> None:
    place = "/runs/7f3a/commands/a.1-run"
    payloads: tuple[e.Payload, ...] = (
        e.LeadHandedOver(name="Grace", email="grace@example.com", reason="night"),
        e.StepStarted(),
        e.UndoArmed(kind="command", text="./undo", environment={"A": "kind"}),
        e.CommandStarted(attempt=1, kind="run", text="x", cwd="/", shell=("sh",), folder=place),
        e.CommandFinished(attempt=1, kind="run", folder=place, exit=0),
        e.NoteAdded(text='a "note" with \\ and ✓'),
        e.StepFinished(result="failed", reason="why"),
        e.RollbackStarted(scope="run", steps=("a",)),
        e.UndoFinished(result="taken back"),
        e.RollbackFinished(result="complete"),
        e.RunFinished(result="rehearsed"),
    )
    with opened(path) as journal:
        journal.append("7f3a", begun(), ADA)
        journal.append("7f3a", [Draft(payload=p, step="a") for p in payloads], ADA)
        assert journal.briefs("7f3a") == [in_brief(event) for event in journal.events("7f3a")]


def test_a_copy_of_the_file_alone_can_be_read(path: Path, tmp_path: Path) -> None:
    events = filled(path, 5)
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    with SqliteJournal.open_reading(copy) as reader:
        assert reader.events("7f3a") == events
        assert reader.verify(anchor=events[-1].hash).problems == ()


def test_a_reader_cannot_write(path: Path) -> None:
    filled(path, 2)
    with SqliteJournal.open_reading(path) as reader, pytest.raises(JournalError, match="reading"):
        reader.append("7f3a", note("x"), ADA)


def test_a_reader_follows_writers_that_come_and_go(path: Path) -> None:
    with SqliteJournal.open_reading(path) as reader:
        for count in range(2, 6):
            with opened(path) as journal:
                if count == 2:
                    journal.append("7f3a", begun(), ADA)
                journal.append("7f3a", note("x"), ADA)
                assert len(reader.events("7f3a")) == count
            assert len(reader.events("7f3a")) == count


def test_a_journal_that_was_replaced_is_read_anew(path: Path, tmp_path: Path) -> None:
    filled(path, 5)
    filled(tmp_path / "other" / "journal.db", 3, "other")
    with SqliteJournal.open_reading(path) as reader, opened(path):
        assert len(reader.events("7f3a")) == 5
        shutil.rmtree(path.parent)
        shutil.copytree(tmp_path / "other", path.parent)
        assert reader.events("7f3a") == []
        assert len(reader.events("other")) == 3


def test_the_undying_wal_of_a_killed_writer_is_read(path: Path) -> None:
    filled(path, 2)
    process = writer(path, "trickle", "7f3a")
    assert process.stdin
    assert process.stdout
    with process:
        assert line(process.stdout) == "ready"
        print("last words", file=process.stdin, flush=True)
        with SqliteJournal.open_reading(path) as reader:
            assert reader.wait("7f3a", 2, PATIENCE)
        process.kill()
    with SqliteJournal.open_reading(path) as reader:
        assert len(reader.events("7f3a")) == 3


def test_a_follower_sees_each_event_once_and_at_once(path: Path) -> None:
    filled(path, 1)
    process = writer(path, "trickle", "7f3a")
    assert process.stdin
    assert process.stdout
    seen: list[str] = []
    delays: list[float] = []
    with process, SqliteJournal.open_reading(path) as reader:
        assert line(process.stdout) == "ready"
        for number in range(100):
            print(number, file=process.stdin, flush=True)
            began = time.monotonic()
            assert reader.wait("7f3a", 1 + len(seen), PATIENCE)
            delays.append(time.monotonic() - began)
            seen += [event.id for event in reader.events("7f3a", after=1 + len(seen))]
        process.stdin.close()
        assert process.wait(60) == 0
        assert seen == [event.id for event in reader.events("7f3a")][1:]
    assert len(set(seen)) == 100
    # A look by itself comes after a second; a bell that works is heard long before.
    assert sorted(delays)[50] < 0.5


def test_a_follower_goes_on_listening_between_its_waits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listening anew each time would cost the system several milliseconds an event."""
    begun_listening: list[int] = []

    def watch(bell_file: Path) -> int:
        begun_listening.append(listen(bell_file))
        return begun_listening[-1]

    listen = inotify.watch
    monkeypatch.setattr(bell, "watch", watch)
    with opened(path) as journal, SqliteJournal.open_reading(path) as reader:
        journal.append("7f3a", begun(), ADA)
        for number in range(1, 6):
            assert reader.wait("7f3a", number - 1, PATIENCE)
            assert not reader.wait("7f3a", number, 0.001)
            journal.append("7f3a", note("x"), ADA)
        assert len(begun_listening) == 1
        # A journal that was put in its place has a bell of its own.
        schema.side(path, ".bell").rename(path.with_name("other"))
        schema.side(path, ".bell").touch()
        assert reader.wait("7f3a", 5, PATIENCE)
        assert not reader.wait("7f3a", 6, 0.001)
        assert len(begun_listening) == 2
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(begun_listening[1])


def test_without_inotify_a_follower_looks_by_itself(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "elsewhere")
    filled(path, 1)
    with opened(path) as journal:
        late = threading.Timer(0.02, lambda: journal.append("7f3a", note("x"), ADA))
        late.start()
        assert journal.wait("7f3a", 1, PATIENCE)
        late.join()


def test_an_event_whose_bell_never_rang_is_seen_a_second_later(path: Path) -> None:
    filled(path, 1)
    with opened(path) as journal, JournalReader(path) as reader:
        assert journal._bell is not None
        journal._bell.close()
        late = threading.Timer(0.02, lambda: journal.append("7f3a", note("x"), ADA))
        late.start()
        assert reader.wait("7f3a", 1, PATIENCE)
        late.join()


def test_closing_wakes_those_who_wait(path: Path) -> None:
    filled(path, 1)
    journal = opened(path)
    answers: list[bool] = []
    waiting = threading.Thread(target=lambda: answers.append(journal.wait("7f3a", 1, 600.0)))
    waiting.start()
    journal.close()
    waiting.join(PATIENCE)
    assert answers == [False]


def test_waiting_ends_in_time(path: Path) -> None:
    filled(path, 1)
    with opened(path) as journal:
        began = time.monotonic()
        assert journal.wait("7f3a", 1, 0.05) is False
        assert 0.05 <= time.monotonic() - began < PATIENCE
        assert journal.wait("7f3a", 0, 0.0) is True


def test_a_reader_at_rest_does_not_hold_up_another(path: Path) -> None:
    events = filled(path, 3)
    with (
        shared(path.with_suffix(".lock")),
        SqliteJournal.open_reading(path) as reader,
    ):
        assert reader.events("7f3a") == events
