"""A journal that cannot be used: every command says which file, what is wrong and what to do."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.place import real
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.events import Draft, NoteAdded
from tests.fakes.history import ADA
from tests.programs import Program, wait_for_output
from tests.waiting import PATIENCE, until

PLAN = """\
format = 1
title = "T"
[roles]
qa = ["*"]
[[phase]]
title = "P"
[[phase.step]]
id = "a"
title = "A"
run = "echo here > made"
undo = "rm made"
verify_undo = "test ! -e made"
[[phase.step]]
id = "s"
title = "S"
signoff = { roles = ["qa"] }
"""


@pytest.fixture
def run(runbook: Program) -> str:
    """A run with something to undo."""
    assert runbook("run", runbook.plan(PLAN), "--no-tui").status == 7
    return runbook.run_id()


def newer(journal: Path) -> None:
    with closing(sqlite3.connect(journal)) as db:
        db.execute("PRAGMA user_version=99")
        db.commit()


def garbage(journal: Path) -> None:
    journal.write_bytes(b"these are not the events " * 400)


def tiny(journal: Path) -> None:
    journal.write_bytes(b"hello")


def folder(journal: Path) -> None:
    journal.unlink()
    journal.mkdir()


def pipe(journal: Path) -> None:
    journal.unlink()
    os.mkfifo(journal)


def loop(journal: Path) -> None:
    journal.unlink()
    journal.symlink_to(journal)


TROUBLE: list[tuple[Callable[[Path], object], str, str, int]] = [
    (newer, "written by a newer version of runbook", "update runbook", 70),
    (garbage, "the file is not a journal of runbook", "RUNBOOK_HOME", 8),
    (tiny, "the file is not a journal of runbook", "RUNBOOK_HOME", 8),
    (folder, "it is a folder, not a file", "Move it away", 70),
    (pipe, "it is a pipe, socket or device, not a file", "Move it away", 70),
    (loop, "Too many levels of symbolic links", "RUNBOOK_HOME", 70),
]


@pytest.mark.parametrize(("break_it", "said", "hint", "verified"), TROUBLE)
def test_each_trouble_names_the_file_and_what_to_do(
    runbook: Program,
    run: str,
    break_it: Callable[[Path], object],
    said: str,
    hint: str,
    verified: int,
) -> None:
    journal = runbook.home / "journal.db"
    break_it(journal)
    size = journal.lstat().st_size
    for arguments in (("runs",), ("tick", run, "s"), ("run", "plan.toml", "--no-tui")):
        ended = runbook(*arguments)
        assert ended.status == 70, arguments
        assert f"journal {journal}: " in ended.err
        assert said in ended.err
        assert hint in ended.err
    assert journal.lstat().st_size == size
    ended = runbook("verify")
    assert (ended.status, said in ended.out + ended.err) == (verified, True)
    # The rollback outranks the record.
    ended = runbook("rollback", run, "--yes")
    assert (ended.status, said in ended.err) == (5, True)
    assert not (runbook.work / "made").exists()


def test_every_command_says_what_is_wrong_with_the_journal(runbook: Program, run: str) -> None:
    garbage(runbook.home / "journal.db")
    said = f"journal {runbook.home / 'journal.db'}: the file is not a journal of runbook"
    for arguments in (
        ("log", run), ("resume", run, "--no-tui"), ("sign", run, "s", "--role", "qa"),
        ("note", run, "x"), ("skip", run, "s", "--reason", "x"), ("stop", run),
    ):  # fmt: skip
        ended = runbook(*arguments)
        assert (ended.status, said in ended.err) == (70, True), arguments
    ended = runbook("doctor")
    assert (ended.status, said in ended.out) == (1, True)
    assert runbook("check", "plan.toml").status == 0
    assert runbook("show", "plan.toml").status == 0


def test_a_journal_that_was_emptied_does_not_pass_for_one_without_runs(
    runbook: Program, run: str
) -> None:
    (runbook.home / "journal.db").write_bytes(b"")
    for arguments in (("runs",), ("log", run), ("resume", run, "--no-tui"), ("stop", run)):
        ended = runbook(*arguments)
        assert f"{runbook.home / 'journal.db'} knows nothing of 1 run" in ended.err, arguments
        assert "runbook verify" in ended.err
    assert runbook("doctor").status == 1
    assert runbook("rollback", run, "--yes").status == 5


def test_a_journal_behind_a_link_is_one_journal(runbook: Program, run: str) -> None:
    """Its side files lie beside the real file: whoever looks sees what is written meanwhile."""
    elsewhere = runbook.folder / "elsewhere"
    elsewhere.mkdir()
    shutil.move(runbook.home / "journal.db", elsewhere / "kept.db")
    (runbook.home / "journal.db").symlink_to(elsewhere / "kept.db")
    long = runbook.plan(PLAN.replace("echo here > made", "until test -e go; do sleep 0.05; done"))
    child = runbook.start("run", long, "--no-tui")
    wait_for_output(runbook, "$ until")
    other = runbook.run_id()
    assert other != run
    until(lambda: "command.started" in runbook.types())
    assert runbook("note", other, "seen").status == 0
    assert "note.added" in runbook.types()
    runbook("stop", other)
    child.wait(60)
    assert runbook("verify").status == 0
    assert not list(elsewhere.glob("kept.db-wal"))


def test_a_command_leaves_all_of_the_journal_in_its_one_file(runbook: Program, run: str) -> None:
    """Whoever copies ``journal.db`` afterwards has copied everything."""
    assert runbook("note", run, "x").status == 0
    assert sorted(path.name for path in runbook.home.glob("journal.db*")) == ["journal.db"]


@pytest.fixture
def stopped(runbook: Program, run: str) -> Iterator[int]:
    """A process that holds the lock and was suspended, as by Ctrl-Z in another terminal."""
    lock = runbook.home / "journal.lock"
    text = f"import fcntl, sys; f = open({str(lock)!r}, 'r+'); fcntl.flock(f, {fcntl.LOCK_EX})\n"
    text += "print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.send_signal(signal.SIGSTOP)
        yield child.pid
        child.kill()


def test_a_lock_that_a_stopped_process_keeps_is_told_with_its_name(
    runbook: Program, run: str, stopped: int
) -> None:
    ended = runbook("tick", run, "s")
    assert ended.status == 70
    assert f"by process {stopped} “{sys.executable}" in ended.err
    assert "which is stopped" in ended.err
    assert str(runbook.home / "journal.lock") in ended.err
    assert f"kill -CONT {stopped}" in ended.err
    assert runbook("rollback", run, "--yes").status == 5
    os.kill(stopped, signal.SIGCONT)


def unprivileged(runbook: Program, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it bound by the modes of files, also where the tests run as root."""
    prefix: list[str] = []
    if os.geteuid() == 0:
        if not (setpriv := shutil.which("setpriv")):
            pytest.skip("root may do anything, and there is no setpriv")
        prefix = [setpriv, "--bounding-set=-all", "--inh-caps=-all"]
    return subprocess.run(
        [*prefix, sys.executable, "-m", "runbook_tui", *arguments],
        cwd=runbook.work, env=runbook.environment(), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


MODES = [("journal.db", 0o400), ("journal.db", 0o000), (".", 0o500), ("journal.lock", 0o400)]


@pytest.mark.parametrize(("name", "mode"), MODES)
def test_what_may_not_be_written_is_told_and_nothing_is_lost(
    runbook: Program, run: str, name: str, mode: int
) -> None:
    place = runbook.home / name
    readable = bool(mode & 0o400)
    place.chmod(mode)
    try:
        ended = unprivileged(runbook, "note", run, "x")
        assert (ended.returncode, "Traceback" in ended.stderr) == (70, False)
        assert str(runbook.home) in ended.stderr
        assert "RUNBOOK_HOME" in ended.stderr
        for arguments in (("runs",), ("verify",), ("log", run)):
            ended = unprivileged(runbook, *arguments)
            assert ended.returncode == (0 if readable else 70), (arguments, ended.stderr)
        assert unprivileged(runbook, "doctor").returncode == 1
        ended = unprivileged(runbook, "rollback", run, "--yes")
        assert (ended.returncode, "Traceback" in ended.stderr) == (5, False), ended.stderr
        assert not (runbook.work / "made").exists()
    finally:
        place.chmod(0o700)
    # What the rollback has kept is entered once the journal can be written again.
    assert runbook("note", run, "back").status == 0
    assert "undo.finished" in runbook.types()
    assert runbook("verify").status == 0


def test_a_home_of_somebody_else_is_told_by_every_command(runbook: Program, run: str) -> None:
    runbook.home.chmod(0o000)
    try:
        for arguments in (("runs",), ("note", run, "x"), ("rollback", run, "--yes"), ("verify",)):
            ended = unprivileged(runbook, *arguments)
            assert ended.returncode == 70, arguments
            assert f"journal {runbook.home / 'journal.db'}: Permission denied" in ended.stderr
            assert "RUNBOOK_HOME" in ended.stderr
            assert "fault of this program" not in ended.stderr
    finally:
        runbook.home.chmod(0o700)


def test_a_file_in_the_way_beside_the_journal_is_named(runbook: Program, run: str) -> None:
    for name in ("journal.lock", "journal.bell"):
        place = runbook.home / name
        place.unlink()
        place.mkdir()
        ended = runbook("note", run, "x")
        assert (ended.status, f"Is a directory ({place})" in ended.err) == (70, True)
        assert runbook("verify", run).status == 0
        place.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_journal_that_belongs_to_somebody_else_says_so(runbook: Program, run: str) -> None:
    os.chown(runbook.home / "journal.db", 65534, 65534)
    ended = unprivileged(runbook, "note", run, "x")
    assert (ended.returncode, "it belongs to user 65534" in ended.stderr) == (70, True)


SLOW_SOURCES = """\
format = 1
title = "T"
[parameters.one]
secret = { command = "test -p go || exec echo 1; cat back" }
[parameters.two]
secret = { command = "test -p go || exec echo 2; cat go; echo 2 > back; echo 2" }
[[phase]]
title = "P"
[[phase.step]]
id = "a"
title = "A"
run = "echo here > made"
undo = 'test "$one$two" = 22; rm made'
[[phase.step]]
id = "b"
title = "B"
run = "true"
undo = "timeout 60 tee go </dev/null"
"""


def test_sources_of_secrets_are_asked_at_once_and_hold_up_only_what_needs_them(
    runbook: Program,
) -> None:
    """The second source answers once the newest undo has run, the first one after the second."""
    assert runbook("run", runbook.plan(SLOW_SOURCES), "--no-tui").status == 0
    run = runbook.run_id()
    garbage(runbook.home / "journal.db")
    for name in ("go", "back"):
        os.mkfifo(runbook.work / name)
    ended = runbook("rollback", run, "--yes")
    assert ended.status == 5, ended.out + ended.err
    assert "A  [ready once there is one, two]" in ended.out
    assert "B  [ready]" in ended.out
    assert not (runbook.work / "made").exists()


@pytest.mark.parametrize("words", [("rollback", "--plan"), ("verify",)])
def test_what_a_run_records_meanwhile_is_no_loss_of_the_journal(
    runbook: Program, run: str, words: tuple[str, ...]
) -> None:
    filed = runbook.home / "runs" / run / "undo.json"
    body = json.loads(filed.read_text())
    filed.unlink()
    os.mkfifo(filed)
    named = (words[0], run, *words[1:])
    child = runbook.start(*named)
    # Opened once it reads the file; what is recorded now may be newer than what it knows.
    with filed.open("w") as file:
        with closing(SqliteJournal(real(runbook.home / "journal.db"), SystemClock())) as journal:
            for number in range(3):
                journal.append(run, [Draft(payload=NoteAdded(text=f"{number}"))], ADA)
            seq = journal.events(run)[-1].seq
        file.write(json.dumps(body | {"seq": seq}))
    assert child.wait(PATIENCE) == 0, runbook.output()
    assert "cannot be opened" not in runbook.output()


def test_what_a_missing_event_said_is_taken_back_by_the_undo_file(
    runbook: Program, run: str
) -> None:
    armed = next(e["seq"] for e in runbook.events() if e["type"] == "undo.armed")
    with closing(sqlite3.connect(real(runbook.home / "journal.db"))) as db:
        db.execute("DROP TRIGGER event_delete")
        db.execute("DELETE FROM event WHERE run = ? AND seq = ?", (run, armed))
        db.commit()
    resumed = runbook("resume", run, "--no-tui")
    assert (resumed.status, f"event {armed} of run {run} is missing" in resumed.err) == (70, True)
    back = runbook("rollback", "--yes", "--scope", "run")
    assert (back.status, f"event {armed} of run {run} is missing" in back.err) == (5, True), back
    assert not (runbook.work / "made").exists()
