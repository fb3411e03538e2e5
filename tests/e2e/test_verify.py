"""``runbook verify``: what somebody changed behind the program's back ends it with 8."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.programs import Program

HELLO = """\
format = 1
title = "Hello"
[[phase]]
title = "P"
[[phase.step]]
id = "greet"
title = "Greet"
run = "echo hello"
undo = "echo good bye"
"""


@pytest.fixture
def run(runbook: Program) -> str:
    """A run that was carried out and rolled back."""
    assert runbook("run", runbook.plan(HELLO), "--no-tui").status == 0
    assert runbook("rollback", runbook.run_id(), "--yes").status == 5
    return runbook.run_id()


def delete(journal: Path, run: str) -> None:
    """Take a run out of the journal, and leave no guard behind that would tell."""
    with closing(sqlite3.connect(journal)) as db:
        guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        for table in ("event", "run"):
            db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
        for _, sql in guards:
            db.execute(sql)
        db.commit()


def test_an_honest_run_holds_with_its_logs(runbook: Program, run: str) -> None:
    ended = runbook("verify")
    assert ended.status == 0
    assert ended.out.startswith("the journal holds: ")
    assert "of 1 run, 2 logs" in ended.out
    assert run in ended.out


@pytest.mark.parametrize("kind", ["run", "undo"])
def test_a_changed_log_ends_with_8_and_is_named(runbook: Program, run: str, kind: str) -> None:
    (folder,) = (runbook.home / "runs" / run / "commands").glob(f"greet.*-{kind}")
    (folder / "log.head").write_text("nothing happened\n")
    for arguments in ((), (run,)):
        ended = runbook("verify", *arguments)
        assert ended.status == 8
        assert "does NOT hold" in ended.out
        assert f"run {run}, step greet, {kind} (event " in ended.out
        assert str(folder) in ended.out
    shutil.rmtree(folder)
    ended = runbook("verify")
    assert (ended.status, "its log is missing" in ended.out) == (8, True)


def test_a_run_deleted_from_the_journal_ends_with_8(runbook: Program, run: str) -> None:
    delete(runbook.home / "journal.db", run)
    for arguments in ((), (run,)):
        ended = runbook("verify", *arguments)
        assert ended.status == 8
        assert f"run {run}: the journal has no event of it" in ended.out
    shutil.rmtree(runbook.home / "runs" / run)
    assert runbook("verify").status == 0
    assert runbook("verify", run).status == 2


def test_a_run_s_end_that_was_cut_off_is_missed_without_an_anchor(
    runbook: Program, run: str
) -> None:
    with closing(sqlite3.connect(runbook.home / "journal.db")) as db:
        (guard,) = db.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'event_delete'"
        ).fetchone()
        db.execute("DROP TRIGGER event_delete")
        db.execute("DELETE FROM event WHERE seq > 2")
        db.execute(guard)
        db.commit()
    ended = runbook("verify")
    assert ended.status == 8
    assert f"run {run}: it ends at event 2, and its undo file was written after" in ended.out


def test_a_journal_deleted_whole_ends_with_8(runbook: Program, run: str) -> None:
    for path in runbook.home.glob("journal.*"):
        path.unlink()
    ended = runbook("verify")
    assert (ended.status, run in ended.out) == (8, True)


@pytest.mark.parametrize("text", ["\\u2028", "\\U0001F600", "\\\\ud800", "'\\\""])
def test_any_title_is_no_false_alarm(runbook: Program, text: str) -> None:
    plan = runbook.plan(HELLO.replace('title = "Hello"', f'title = "x{text}y"'))
    assert runbook("run", plan, "--no-tui").status == 0
    ended = runbook("verify")
    assert (ended.status, ended.out.splitlines()[1:]) == (0, ended.out.splitlines()[1:2]), ended.out


def test_a_plan_s_name_that_is_no_unicode_is_no_false_alarm(runbook: Program) -> None:
    name = b"plan-\xff.toml".decode("utf-8", "surrogateescape")
    assert runbook("run", runbook.plan(HELLO, name), "--no-tui").status == 0
    assert runbook("verify").status == 0
    assert runbook("runs").status == 0
