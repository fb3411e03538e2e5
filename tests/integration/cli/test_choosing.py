"""Which run is meant, from a real journal."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.cli.choosing import choose, choose_only, glance, glances
from runbook_tui.cli.exits import Ended
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run import events as e
from runbook_tui.session.opening import NoSuchRun
from tests.fakes.history import ADA

STARTED = e.RunStarted(title="T", source="p.toml", format="toml", plan="", digest="d", folder="/")
COMMAND = e.CommandStarted(attempt=1, kind="run", text="x", cwd="/", shell=(), folder="/f")
BROUGHT_BACK = e.UndoFinished(result="done")


class LongAgo(SystemClock):
    """A clock that is two days late."""

    def now(self) -> float:
        return super().now() - 2 * 86400


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.db", SystemClock()) as opened:
        yield opened


def add(journal: SqliteJournal, run: str, *payloads: e.Payload) -> None:
    drafts = [
        e.Draft(payload=p, step=None if isinstance(p, e.RunStarted | e.RunFinished) else "s")
        for p in payloads
    ]
    journal.append(run, drafts, ADA)


def test_the_newest_open_run_else_the_newest(journal: SqliteJournal) -> None:
    with pytest.raises(NoSuchRun):
        choose(journal, None)
    add(journal, "r-1", STARTED)
    add(journal, "r-2", STARTED, e.RunFinished())
    assert choose(journal, None) == "r-1"
    assert choose(journal, "2") == "r-2"
    add(journal, "r-1", e.RunFinished())
    assert choose(journal, None) == "r-2"
    with pytest.raises(NoSuchRun):
        choose(journal, "r")


def test_a_glance_knows_what_runs_and_what_is_to_undo(journal: SqliteJournal) -> None:
    armed = e.UndoArmed(kind="command", text="u")
    add(journal, "r", STARTED, e.StepStarted(), armed, COMMAND)
    (seen,) = glances(journal)
    assert (seen.word, seen.to_undo, seen.running) == ("running", ("s",), ("/f",))
    add(journal, "r", e.CommandFinished(attempt=1, kind="run", folder="/f", exit=0))
    assert glances(journal)[0].word == "open"
    add(journal, "r", BROUGHT_BACK, e.RollbackFinished(result="complete"))
    assert (glances(journal)[0].word, glances(journal)[0].to_undo) == ("rolled back", ())


def test_steps_that_only_look_leave_nothing_to_undo(journal: SqliteJournal) -> None:
    add(journal, "r", STARTED, e.StepStarted(), e.UndoArmed(kind="nothing"))
    assert glance(journal.runs()[0], journal.briefs("r")).to_undo == ()


def test_only_one_recent_run_is_taken_without_its_name(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    def only(name: str | None = None) -> str | None:
        found = choose_only(journal, name, lambda g: bool(g.to_undo), "have something to undo")
        return found.entry.run if found else None

    add(journal, "idle", STARTED)
    assert only() is None
    with SqliteJournal(tmp_path / "journal.db", LongAgo()) as late:
        add(late, "old", STARTED, e.StepStarted())
    with pytest.raises(Ended) as ended:
        only()
    assert (ended.value.status, "old" in ended.value.hint) == (2, True)
    assert only("old") == "old"
    add(journal, "new", STARTED, e.StepStarted())
    with pytest.raises(Ended):
        only()
    add(journal, "old", BROUGHT_BACK)
    assert only() == "new"


def test_a_rollback_that_is_not_over_keeps_its_run_open(journal: SqliteJournal) -> None:
    began = e.RollbackStarted(scope="run", node="", steps=("s", "t"))
    ran = (STARTED, e.StepStarted(attempt=1), e.RunFinished())
    add(journal, "r-1", *ran, began)
    add(journal, "r-2", *ran, began, e.RollbackClosed(stopped=True))
    add(journal, "r-3", *ran, began, BROUGHT_BACK, e.RollbackFinished(result="complete"))
    words = {g.entry.run: (g.word, g.finished) for g in glances(journal)}
    assert words["r-1"] == ("rollback not finished", False)
    assert words["r-2"] == ("rollback not finished", False)
    assert words["r-3"][0] == "rolled back"


def test_a_rehearsal_is_meant_only_by_its_name_or_where_no_run_is_open(
    journal: SqliteJournal,
) -> None:
    rehearsal = dataclasses.replace(STARTED, rehearse=True)
    add(journal, "run", STARTED, e.StepStarted(), COMMAND)
    add(journal, "rehearsed", rehearsal, e.StepStarted(), COMMAND)
    seen = choose_only(journal, None, lambda g: bool(g.running), "run")
    assert seen is not None
    assert (seen.entry.run, choose(journal, None)) == ("run", "run")
    add(journal, "run", e.RunFinished())
    assert choose(journal, None) == "rehearsed"
    add(journal, "rehearsed", e.StepRehearsed())
    assert glances(journal)[0].to_undo == ()
    assert glances(journal)[0].word == "rehearsal, running"
