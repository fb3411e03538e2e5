"""A head that is noted in git is what no later change of the journal gets past."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.book.model import Runbook
from runbook_tui.command.runner import HelperRunner
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.events import Draft, Event, NoteAdded, RunStarted
from runbook_tui.session.noting import Notes, NotNoted, contradicted
from runbook_tui.session.opening import start_run
from runbook_tui.session.plan_commit import plan_commit
from tests.fakes.history import ADA
from tests.integration.journal.scenes import opened


def git(folder: Path, *words: str) -> str:
    own = ["-c", "user.name=a", "-c", "user.email=a@b"]
    done = subprocess.run(["git", *own, *words], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a plan that is committed."""
    folder = tmp_path / "plans"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "plan.md").write_text("- [ ] one\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "the plan")
    return folder


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with opened(tmp_path / "home" / "journal.db") as made:
        yield made


def begun(journal: SqliteJournal, folder: Path) -> list[Event]:
    """A run of the plan with two notes."""
    run = start_run(
        journal, plan="- [ ] one\n", runbook=Runbook(title="t", phases=()), source="plan.md",
        folder=str(folder), parameters={}, actor=ADA, clock=SystemClock(),
        commit=plan_commit(HelperRunner(), [folder / "plan.md"]),
    )  # fmt: skip
    for text in ("one", "two"):
        journal.append(run, [Draft(payload=NoteAdded(text=text))], ADA)
    return journal.events(run)


def started(events: list[Event]) -> RunStarted:
    assert isinstance(events[0].payload, RunStarted)
    return events[0].payload


def test_a_run_is_bound_to_the_commit_of_its_plan(journal: SqliteJournal, repository: Path) -> None:
    first = begun(journal, repository)
    commit = git(repository, "rev-parse", "HEAD")
    assert (started(first).commit, started(first).uncommitted) == (commit, False)
    assert f'"commit":"{commit}"' in journal.genesis(first[0].run)
    (repository / "plan.md").write_text("- [ ] another\n")
    assert started(begun(journal, repository)).uncommitted is True
    assert journal.verify().problems == ()


def test_a_plan_outside_of_git_is_bound_to_none_and_holds(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    (tmp_path / "plan.md").write_text("- [ ] one\n")
    events = begun(journal, tmp_path)
    assert started(events).commit is None
    assert '"format":1' in journal.genesis(events[0].run)
    assert journal.verify().problems == ()
    with pytest.raises(NotNoted, match="bound to no git commit"):
        Notes(HelperRunner()).add(started(events), events[-1], ADA)


def test_what_is_noted_contradicts_a_journal_that_was_cut_or_made_anew(
    journal: SqliteJournal, repository: Path
) -> None:
    events = begun(journal, repository)
    notes = Notes(HelperRunner())
    assert notes.add(started(events), events[1], ADA) == str(repository)
    notes.add(started(events), events[2], ADA)
    notes.add(started(events), events[2], ADA)
    found = Notes(HelperRunner()).of(events[0].run, started(events))
    assert [(note.seq, note.head) for note in found] == [(e.seq, e.hash) for e in events[1:]]
    assert list(contradicted(events, found)) == []
    (cut,) = contradicted(events[:2], found)
    assert "knows event 3" in cut
    assert "ends at event 2" in cut
    anew = [*events[:2], dataclasses.replace(events[2], hash="0" * 64)]
    (changed,) = contradicted(anew, found)
    assert "another hash of event 3" in changed
    # A note is one that people can read.
    shown = git(repository, "log", "--notes=runbook", "-1")
    assert f"runbook {events[0].run} event 3 head {events[2].hash}" in shown


def test_notes_are_sent_and_a_remote_that_knows_more_is_not_overwritten(
    journal: SqliteJournal, repository: Path, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "--bare", "remote")
    events = begun(journal, repository)
    notes = Notes(HelperRunner())
    notes.push(notes.add(started(events), events[1], ADA), str(tmp_path / "remote"))
    git(tmp_path, "clone", "-q", "remote", "other")
    other = tmp_path / "other"
    git(other, "fetch", "-q", "origin", "refs/notes/runbook:refs/notes/runbook")
    assert events[1].hash in git(
        other, "notes", "--ref", "runbook", "show", str(started(events).commit)
    )
    git(other, "notes", "--ref", "runbook", "append", "-m", "x", str(started(events).commit))
    git(other, "push", "-q", "origin", "refs/notes/runbook")
    notes.add(started(events), events[2], ADA)
    with pytest.raises(NotNoted, match="not sent to") as caught:
        notes.push(str(repository), str(tmp_path / "remote"))
    assert "fetch" in caught.value.hint
