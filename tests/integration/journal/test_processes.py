"""What the journal promises when processes are killed, stopped, starved or many at once."""

from __future__ import annotations

import os
import random
import select
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from runbook_tui.journal import lock, schema
from runbook_tui.journal.lock import FileLock, wait_for
from runbook_tui.journal.store import BRIEF, SqliteJournal
from runbook_tui.session.ports.journal import JournalError
from tests.integration.journal.scenes import (
    ADA,
    DEADLINE,
    begun,
    filled,
    line,
    note,
    opened,
    until,
    writer,
)

LONG = bool(os.environ.get("RUNBOOK_LONG"))
FEWEST, ROUNDS = 5, 30
SECONDS = 15.0
"""On a busy machine so long, as many rounds as that may be; `python -m tests.long` goes on."""
JOURNALS = 20 if LONG else 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


def acknowledged(output: bytes) -> list[str]:
    """The ids on whole lines; the first line says that the process is ready."""
    lines = output.split(b"\n")[:-1]
    return [word.decode() for words in lines[1:] for word in words.split()]


def kill_at(processes: list[subprocess.Popen[str]], lines: int) -> list[str]:
    """Let them print ``lines`` lines together, kill all, and return what they had acknowledged."""
    outputs = {process.stdout.fileno(): b"" for process in processes if process.stdout}
    while sum(text.count(b"\n") for text in outputs.values()) < lines:
        ready, _, _ = select.select(list(outputs), [], [], 30)
        assert ready, "the writers stand still"
        for fd in ready:
            outputs[fd] += os.read(fd, 65536)
    for process in processes:
        process.kill()
    for process in processes:
        assert process.stdout
        while more := os.read(process.stdout.fileno(), 65536):
            outputs[process.stdout.fileno()] += more
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    return [id_ for text in outputs.values() for id_ in acknowledged(text)]


@pytest.mark.parametrize("seed", range(JOURNALS))
def test_no_acknowledged_event_is_lost_when_writers_are_killed(path: Path, seed: int) -> None:
    filled(path, 1)
    chance = random.Random(seed)
    acked: list[str] = []
    rounds, until_ = 0, time.monotonic() + SECONDS
    while rounds < FEWEST or (rounds < ROUNDS and time.monotonic() < until_):
        rounds += 1
        writers = [writer(path, "flood", "7f3a", chance.randrange(1 << 30)) for _ in range(3)]
        acked += kill_at(writers, 3 + chance.randrange(60))
        with SqliteJournal.open_reading(path) as reader:
            verdict = reader.verify()
            assert verdict.problems == ()
            recorded = [record.id for record in reader.records("7f3a")]
            assert set(acked) <= set(recorded)
            assert len(set(recorded)) == len(recorded)
    assert len(acked) > rounds
    with opened(path) as journal:
        journal.append("7f3a", note("after all that"), ADA)


def test_decisions_of_four_processes_form_one_line(path: Path) -> None:
    filled(path, 1)
    processes = [writer(path, "compete", "7f3a", 25) for _ in range(4)]
    for process in processes:
        assert line(process.stdout) == "ready"
    for process in processes:
        assert process.stdin
        print("go", file=process.stdin, flush=True)
    for process in processes:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
    with opened(path) as journal:
        events = journal.events("7f3a")
        assert [event.seq for event in events] == list(range(1, 102))
        assert journal.verify().problems == ()


def test_many_processes_may_create_the_journal_at_once(path: Path) -> None:
    processes = [writer(path, "trickle", "7f3a") for _ in range(4)]
    for process in processes:
        assert line(process.stdout) == "ready"
        process.communicate(timeout=60)
        assert process.returncode == 0


def test_a_full_disk_loses_nothing_and_is_named(path: Path) -> None:
    filled(path, 1)
    process = writer(path, "starve", "7f3a", 400_000)
    assert line(process.stdout) == "ready"
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    first, last = output.splitlines()
    done, hint, error = first.split(" ", 2)
    assert int(done) > 5
    assert hint == "True"
    assert "reading or writing failed" in error or "the disk is full" in error
    assert int(last) == int(done) + 2
    with opened(path) as journal:
        assert journal.verify().problems == ()
        assert len(journal.events("7f3a")) == int(done) + 2


def test_a_stopped_holder_of_the_lock_is_named_and_its_death_frees_it(path: Path) -> None:
    filled(path, 1)
    with opened(path, patience=0.3) as journal, writer(path, "hold") as process:
        assert line(process.stdout) == "held"
        with pytest.raises(JournalError, match=f"by process {process.pid}") as running:
            journal.append("7f3a", note("x"), ADA)
        assert f"kill {process.pid}" in running.value.hint
        process.send_signal(signal.SIGSTOP)
        stat = Path(f"/proc/{process.pid}/stat")
        until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T")
        with pytest.raises(
            JournalError, match=f"process {process.pid} .*, which is stopped"
        ) as caught:
            journal.append("7f3a", note("x"), ADA)
        assert f"kill -CONT {process.pid}" in caught.value.hint
        # Reading goes on all the while, and so does opening to read.
        assert len(journal.events("7f3a")) == 1
        with SqliteJournal.open_reading(path) as reader:
            assert len(reader.events("7f3a")) == 1
        with pytest.raises(JournalError, match=f"by process {process.pid}"):
            opened(path, patience=0.05)
        process.kill()
        process.wait()
        assert journal.append("7f3a", note("x"), ADA)[0].seq == 2


def test_a_holder_who_was_waited_for_in_vain_is_hardly_waited_for_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rollback asks the journal for each of its events, and must not stand still for each."""
    filled(path, 1)
    waits: list[float] = []

    def noting(fd: int, kind: int, path: Path, patience: float, known: float = 0.0) -> None:
        waits.append(patience)
        wait_for(fd, kind, path, patience, known)

    monkeypatch.setattr(lock, "wait_for", noting)
    with opened(path, patience=0.5) as journal:
        del waits[:]
        with writer(path, "hold") as process:
            assert line(process.stdout) == "held"
            for _ in range(3):
                with pytest.raises(JournalError, match=r"for more than 0\.5 s"):
                    journal.append("7f3a", note("x"), ADA)
            process.kill()
            process.wait()
        for _ in range(2):
            journal.append("7f3a", note("x"), ADA)
        assert waits == [0.5, BRIEF, BRIEF, BRIEF, 0.5]


def timeout(journal: SqliteJournal) -> int:
    """For how many milliseconds SQLite would wait."""
    assert journal._db is not None
    found: int = journal._db.execute("PRAGMA busy_timeout").fetchone()[0]
    return found


def test_the_same_goes_for_one_who_holds_the_database_alone(path: Path) -> None:
    filled(path, 1)
    with opened(path, patience=0.5) as journal, closing(sqlite3.connect(path)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(JournalError, match="another program holds it"):
                journal.append("7f3a", note("x"), ADA)
        assert timeout(journal) == BRIEF * 1000
        other.execute("ROLLBACK")
        for _ in range(2):
            journal.append("7f3a", note("x"), ADA)
        assert timeout(journal) == 500


def in_line(lock: Path) -> bool:
    """Whether somebody waits for the lock in the system's queue."""
    inode = f":{lock.stat().st_ino} "
    locks = Path("/proc/locks").read_text().splitlines()
    return any("->" in entry and inode in entry for entry in locks)


def test_who_waits_has_its_turn_among_those_who_write_without_pause(path: Path) -> None:
    """Nobody goes again and again while another one stands in line."""
    filled(path, 1)
    with opened(path) as journal:
        beside = FileLock(schema.side(path, ".lock"))
        other = writer(path, "flood", "7f3a", 0)
        passed = []
        try:
            assert line(other.stdout) == "ready"
            for _ in range(20):
                with beside.held():
                    until(lambda: in_line(schema.side(path, ".lock")))
                    last = journal.events("7f3a")[-1].seq
                ours = last
                while (seq := journal.append("7f3a", note("x"), ADA)[0].seq) == ours + 1:
                    ours = seq
                passed.append(ours - last)
        finally:
            other.kill()
            other.communicate()
            beside.close()
    # One who is woken needs a moment to come; who only looks again from time to time misses
    # hundreds of turns.
    assert sum(passed) < 10 * len(passed), passed


def test_who_gives_up_waiting_does_not_keep_the_lock_later(path: Path) -> None:
    """The wait itself cannot be taken back: it goes on in a thread, and lets go of what it gets."""
    filled(path, 1)
    with writer(path, "hold") as process:
        assert line(process.stdout) == "held"
        for _ in range(3):
            with pytest.raises(JournalError, match="locked for more than"):
                opened(path, patience=0.05)
        process.kill()
        process.wait()
    waiting = [t for t in threading.enumerate() if t.name == "waiting for the journal"]
    for thread in waiting:
        thread.join(DEADLINE)
        assert not thread.is_alive()
    other = writer(path, "trickle", "7f3a")
    other.communicate("one\n", timeout=DEADLINE)
    assert other.returncode == 0


def test_closing_does_not_hang_on_a_lock_that_others_keep(path: Path) -> None:
    filled(path, 1)
    journal = opened(path, patience=0.05)
    with writer(path, "hold") as process:
        assert line(process.stdout) == "held"
        journal.close()
        process.kill()
    with opened(path) as again:
        assert again.append("7f3a", note("x"), ADA)[0].seq == 2


def test_the_lock_file_is_not_written_to_where_the_system_names_the_holder(path: Path) -> None:
    """Each append would wait for that file's time stamp, too."""
    lock = schema.side(path, ".lock")
    with opened(path) as journal:
        journal.append("7f3a", begun(), ADA)
        os.utime(lock, (1000, 1000))
        journal.append("7f3a", note("x"), ADA)
        assert (lock.stat().st_mtime, lock.read_bytes()) == (1000, b"")


def test_a_look_at_the_journal_costs_its_writer_no_lock(path: Path) -> None:
    with opened(path) as ours:
        ours.append("7f3a", begun(), ADA)
        # A second connection of this process, opened and closed while the first one goes on.
        with SqliteJournal.open_reading(path) as reader:
            assert len(reader.events("7f3a")) == 1
        # Others come, write, and close what they think nobody has open any more.
        for text in ("one", "two"):
            writer(path, "trickle", "7f3a").communicate(f"{text}\n", timeout=DEADLINE)
        ours.append("7f3a", note("three"), ADA)
        assert len(ours.events("7f3a")) == 4
    with SqliteJournal.open_reading(path) as reader:
        assert len(reader.events("7f3a")) == 4
        assert reader.verify().problems == ()
