"""What it costs to look at the record: following it, opening a run, verifying all of it.

    python -m tests.bench.bench_record [EVENTS] [FOLDER]

Each against a baseline taken in the same run: a bare SELECT of the same rows, or sha256 over the
same bytes plus the row read. Processor time where that is what is spent, else milliseconds.
"""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run import events as e
from runbook_tui.run.events import Draft
from runbook_tui.run.fold import begin, fold
from tests.bench.bench_journal import ADA, NOTE

STEPS = 500
RUN = "SELECT body, hash FROM event WHERE run = ? ORDER BY seq"
ROWS = "SELECT seq, id, CAST(body AS BLOB), hash FROM event WHERE run = ? ORDER BY seq"


def processor(act: Callable[[], object], rounds: int) -> float:
    """Seconds of processor time, the median of the rounds."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        act()
        times.append(time.process_time() - began)
    return statistics.median(times)


def plan() -> Runbook:
    """A plan of five hundred steps."""
    steps = tuple(Step(id=f"s{n}", title=f"S {n}", run="true", undo="true") for n in range(STEPS))
    return Runbook(title="t", phases=(Phase(id="p", title="P", steps=steps),))


def fill(journal: SqliteJournal, run: str) -> None:
    """One run that has gone through all of it: four events a step."""
    begun = e.RunStarted(title="t", source="s", format="toml", plan="-", digest="d", folder="/")
    drafts = [Draft(payload=begun)]
    for number in range(STEPS):
        step, folder = f"s{number}", f"/runs/{run}/commands/s{number}.1-run"
        shell = ("bash", "-eo", "pipefail", "-c")
        drafts += [Draft(payload=said, step=step) for said in (
            e.StepStarted(),
            e.CommandStarted(attempt=1, kind="run", text="true", cwd="/", shell=shell,
                             folder=folder),
            e.CommandFinished(attempt=1, kind="run", folder=folder, exit=0, digest="0" * 64),
            e.StepFinished(result="done"),
        )]  # fmt: skip
    journal.append(run, drafts, ADA)


def opening(journal: SqliteJournal, db: sqlite3.Connection, rounds: int) -> None:
    """Reading one run and folding it, to the SELECT alone."""
    book, run = plan(), "run0"
    bare = processor(lambda: db.execute(RUN, (run,)).fetchall(), rounds)
    read = processor(lambda: journal.events(run), rounds)
    events = journal.events(run)
    folded = processor(lambda: fold(begin(run, book), events), rounds)
    print(f"open a run of {len(events)} events: select {bare * 1e3:.1f} ms, read {read * 1e3:.1f},"
          f" fold {folded * 1e3:.1f}, x select {(read + folded) / bare:.1f}")  # fmt: skip


def verifying(journal: SqliteJournal, db: sqlite3.Connection, rounds: int) -> None:
    """All chains computed anew, to sha256 over the same bytes and the row read."""
    runs = [run for (run,) in db.execute("SELECT run FROM run")]
    before = bytes(32)

    def hashes() -> None:
        for run in runs:
            for _, _, body, _ in db.execute(ROWS, (run,)):
                sha256(before + body).digest()

    least = processor(hashes, rounds)
    verified = processor(journal.verify, rounds)
    count = db.execute("SELECT count(*) FROM event").fetchone()[0]
    print(f"verify {count:,} events: sha256 and rows {least:.2f} s, verify {verified:.2f},"
          f" x {verified / least:.2f}")  # fmt: skip


def following(path: Path, count: int) -> None:
    """How long after the acknowledgement another process sees an event, and what it costs to wait
    when nothing comes."""
    with SqliteJournal(path, SystemClock()) as journal:
        begun = e.RunStarted(title="t", source="s", format="toml", plan="-", digest="d", folder="/")
        journal.append("follow", [Draft(payload=begun)], ADA)
        command = [sys.executable, "-m", __spec__.name, "--follow", str(path), str(count)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
            assert follower.stdout is not None
            follower.stdout.readline()
            acknowledged = []
            for _ in range(count):
                time.sleep(0.02)
                journal.append("follow", [NOTE], ADA)
                acknowledged.append(time.monotonic())
            seen, busy, idle = json.loads(follower.stdout.read())
    late = sorted((at - done) * 1e3 for at, done in zip(seen, acknowledged, strict=True))
    woken = sorted(waking(count))
    print(f"follower, {count} events: p50 {late[count // 2]:.2f} ms after the acknowledgement,"
          f" p99 {late[int(count * 0.99)]:.2f}; a bare process that reads a pipe wakes after"
          f" {woken[count // 2]:.2f} ms, p99 {woken[int(count * 0.99)]:.2f};"
          f" idle {busy / idle:.3%} of a processor")  # fmt: skip


def waking(count: int) -> list[float]:
    """Milliseconds until another process that waits for a byte has it: the least there is."""
    script = (
        "import sys, time\nwhile sys.stdin.buffer.raw.read(1): print(time.monotonic(), flush=1)"
    )
    command = [sys.executable, "-c", script]
    times = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        for _ in range(count):
            time.sleep(0.02)
            sent = time.monotonic()
            os.write(other.stdin.fileno(), b"x")
            times.append((float(other.stdout.readline()) - sent) * 1e3)
        other.stdin.close()
    return times


def follow(path: Path, count: int) -> None:
    """The other process: says when it saw each event, then what ten idle seconds cost it."""
    with SqliteJournal.open_reading(path) as reader:
        seen: list[float] = []
        print("ready", flush=True)
        while len(seen) < count:
            reader.wait("follow", 1 + len(seen), 30.0)
            new = len(reader.events("follow", 1 + len(seen)))
            seen += [time.monotonic()] * new
        busy, began = time.process_time(), time.monotonic()
        reader.wait("follow", 1 + count, 10.0)
        print(json.dumps([seen, time.process_time() - busy, time.monotonic() - began]))


def main(events: int = 100_000, folder: str | None = None, *, rounds: int = 5) -> None:
    """Measure and print; ``events`` in all, in runs of 2,001."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "home" / "journal.db"
        with SqliteJournal(path, SystemClock()) as journal:
            for number in range(max(1, events // (4 * STEPS + 1))):
                fill(journal, f"run{number}")
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
                opening(journal, db, rounds)
                verifying(journal, db, 3)
        following(Path(place) / "follow" / "journal.db", 100)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--follow"]:
        follow(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, *sys.argv[2:3])
