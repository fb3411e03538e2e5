"""What an append costs beside the least a disk can do for durability: ``write`` + ``fdatasync``.

    python tests/bench/bench_journal.py [FOLDER] [ROUNDS]

Both are measured in turn, in the same rounds and on the same disk, so that the ratio holds where
the absolute figures do not. One process, then four at once; times in microseconds.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.events import Actor, Draft, NoteAdded, RunStarted

ADA = Actor(name="Ada", email="ada@example.com", user="ada", host="lab")
NOTE = Draft(payload=NoteAdded(text="all services start, the paths are correct"), step="merge")
EACH = 150
PROCESSES = 4


def timed(act: Callable[[], object], count: int) -> list[float]:
    """Microseconds of each call."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1e6)
    return times


def raw(path: Path, count: int) -> list[float]:
    """The limit: as many bytes as an event's body, appended and made durable."""
    line = b"x" * 330 + b"\n"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def act() -> None:
        os.write(fd, line)
        os.fdatasync(fd)

    try:
        return timed(act, count)
    finally:
        os.close(fd)


def appended(path: Path, count: int, batch: int = 1) -> list[float]:
    """The same through the journal, ``batch`` events a commit."""
    with SqliteJournal(path, SystemClock()) as journal:
        if not journal.runs():
            started = RunStarted(
                title="t", source="s", format="markdown", plan="-", digest="d", folder="/"
            )
            journal.append("bench", [Draft(payload=started, id="bench")], ADA)
        return timed(lambda: journal.append("bench", [NOTE] * batch, ADA), count)


def together(folder: Path, kind: str, count: int) -> list[float]:
    """The same by four processes at once."""
    command = [sys.executable, __file__, "--one", kind, str(folder), str(count)]
    processes = [
        subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE)
        for number in range(PROCESSES)
    ]
    return [value for process in processes for value in json.loads(process.communicate()[0])]


def one(kind: str, folder: Path, count: int, number: str) -> None:
    """One of the four."""
    path = folder / (f"raw-{number}" if kind == "raw" else "journal.db")
    sys.stdout.write(json.dumps((raw if kind == "raw" else appended)(path, count)))


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def report(name: str, rounds: list[list[float]], base: list[list[float]]) -> None:
    """One line: median of the rounds' medians, p99, worst, and the median ratio per round."""
    medians = [statistics.median(values) for values in rounds]
    ratio = statistics.median(
        statistics.median(values) / statistics.median(limit)
        for values, limit in zip(rounds, base, strict=True)
    )
    every = [value for values in rounds for value in values]
    sys.stdout.write(
        f"{name:24} p50 {statistics.median(medians):8.0f}  p99 {percentile(every, 0.99):8.0f}"
        f"  worst {max(every):8.0f}  x raw {ratio:5.2f}"
        f"  worst x raw {max(every) / max(v for values in base for v in values):5.2f}\n"
    )


def main(rounds: int = 5, folder: str | None = None) -> None:
    """Measure and print; ``folder`` is on the disk that counts, else where temporary files are."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        where = Path(place)
        measures: dict[str, Callable[[], list[float]]] = {
            "raw, 1 process": lambda: raw(where / "raw", EACH),
            "journal, 1 process": lambda: appended(where / "one" / "journal.db", EACH),
            "journal, 8 a commit": lambda: appended(where / "one" / "journal.db", EACH, 8),
            "raw, 4 processes": lambda: together(where, "raw", EACH),
            "journal, 4 processes": lambda: together(where, "journal", EACH),
        }
        found: dict[str, list[list[float]]] = {name: [] for name in measures}
        for _ in range(rounds):
            for name, measure in measures.items():
                found[name].append(measure())
        for name, values in found.items():
            several = "raw, 4 processes" if "4 processes" in name else "raw, 1 process"
            report(name, values, found[several])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
    else:
        main(int(sys.argv[2]) if len(sys.argv) > 2 else 7, *sys.argv[1:2])
