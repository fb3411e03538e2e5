"""Journals that earlier versions have written open, hold, fold, go on and are migrated."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from runbook_tui.book.reader import read
from runbook_tui.command.evidence import KeptLogs
from runbook_tui.journal import schema
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.lines import chain_of, lines_of
from runbook_tui.journal.reader import JournalReader
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.report import archive
from runbook_tui.report.building import build
from runbook_tui.run.events import Draft, NoteAdded, RunStarted, Unknown
from runbook_tui.run.state import Status
from runbook_tui.session.archiving import check, contents, folder_name, stamp
from runbook_tui.session.opening import open_run, plan_of
from runbook_tui.session.ports.journal import JournalError
from tests.fakes.history import ADA
from tests.integration.session.scene import Around

OLD = sorted((Path(__file__).parents[2] / "data" / "journals").glob("*.db.gz"))


@pytest.fixture(params=OLD, ids=lambda path: path.name.partition(".")[0])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The journal as its program has left it."""
    path = tmp_path / "home" / "journal.db"
    path.parent.mkdir(mode=0o700)
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_there_is_one_of_each_version_but_the_newest() -> None:
    versions = {int(path.name.split("-")[1]) for path in OLD}
    assert versions >= set(range(schema.FIRST, max(schema.newest(), schema.FIRST + 1)))


def test_it_holds_folds_and_is_reported_as_ever(old: Path) -> None:
    with JournalReader(old) as journal:
        (entry,) = journal.runs()
        assert journal.verify().problems == ()
        events = journal.events(entry.run)
        assert not any(isinstance(event.payload, Unknown) for event in events)
        state = open_run(journal, entry.run, read, Around(environment={}))
    assert state.rollback
    assert state.rollback.result == "complete"
    assert state.step("merge").status is Status.PENDING
    assert state.values["old"] == "1"
    begun = events[0].payload
    assert isinstance(begun, RunStarted)
    report = build(entry.run, plan_of(begun, read), events, now=0.0)
    assert [(d.role, d.by.name) for d in report.decisions] == [("qa", "Grace")]
    assert {part.id: part.status for part in report.steps}["deploy"] == "taken back"


def test_it_goes_on_and_what_was_there_stays_byte_by_byte(old: Path) -> None:
    with JournalReader(old) as journal:
        (entry,) = journal.runs()
        before = journal.records(entry.run)
    with SqliteJournal(old, SystemClock()) as journal:
        journal.append(entry.run, [Draft(payload=NoteAdded(text="later"))], ADA)
        assert journal.records(entry.run)[: len(before)] == before
        assert journal.verify().problems == ()
    assert version(old) == schema.newest()


def test_a_migration_adds_and_touches_no_event(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with JournalReader(old) as journal:
        (entry,) = journal.runs()
        before = journal.records(entry.run)
    found = version(old)
    monkeypatch.setitem(
        schema.MIGRATIONS, schema.newest() + 1,
        {"event_type": "CREATE INDEX event_type ON event(run, type)"},
    )  # fmt: skip
    with JournalReader(old) as journal:
        # Who only reads changes nothing, and reads it as it is.
        assert journal.verify().problems == ()
    assert version(old) == found
    with SqliteJournal(old, SystemClock()) as journal:
        assert journal.records(entry.run) == before
        assert journal.verify().problems == ()
    assert version(old) == schema.newest()
    with closing(sqlite3.connect(old)) as db:
        db.execute("DROP INDEX event_type")
    with JournalReader(old) as journal:
        assert any("event_type is missing" in problem for problem in journal.verify().problems)
    monkeypatch.delitem(schema.MIGRATIONS, schema.newest())
    with pytest.raises(JournalError, match="newer version"):
        SqliteJournal(old, SystemClock())


def test_a_migration_that_fails_leaves_the_journal_as_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = version(old)
    monkeypatch.setitem(
        schema.MIGRATIONS, schema.newest() + 1,
        {"one": "CREATE INDEX one ON event(run, type)", "two": "CREATE INDEX two ON nothing(x)"},
    )  # fmt: skip
    with pytest.raises(JournalError):
        SqliteJournal(old, SystemClock())
    monkeypatch.delitem(schema.MIGRATIONS, schema.newest())
    assert version(old) == found
    with JournalReader(old) as journal:
        assert journal.verify().problems == ()


def test_an_event_of_a_newer_program_is_kept_by_all_that_reads_it(
    old: Path, tmp_path: Path
) -> None:
    data = {"full": True, "of": ["a", {"b": None}]}
    with SqliteJournal(old, SystemClock()) as journal:
        (entry,) = journal.runs()
        before = open_run(journal, entry.run, read, Around(environment={}))
        journal.append(entry.run, [Draft(payload=Unknown(type="moon.phase", data=data))], ADA)
        events = journal.events(entry.run)
        after = open_run(journal, entry.run, read, Around(environment={}))
        assert journal.verify().problems == ()
        path = tmp_path / "x.tar.gz"
        inside = contents(lines_of(journal, entry.run), events, KeptLogs(), tmp_path)
        with path.open("wb") as file:
            archive.write(file, folder_name(entry.run), stamp(events), inside)
    assert events[-1].payload == Unknown(type="moon.phase", data=data)
    assert (after.steps, after.ticks, after.seq) == (before.steps, before.ticks, before.seq + 1)
    found = archive.read(path)
    # The logs of its commands lay elsewhere, long ago.
    assert all(
        "log is not in the archive" in problem for problem in check(found, chain_of).problems
    )
    said = [json.loads(line) for line in found.members["events.jsonl"].data.splitlines()]
    assert said[-1]["type"] == "moon.phase"
    assert said[-1]["data"] == data
