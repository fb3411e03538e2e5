"""What it costs to know how long a step took over 500 past runs: a step's share of one look.

A baseline beside it reads the same times from the events of one run, as one without a projection
would have to do 500 times.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from runbook_tui.journal.durations import PastDurations
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.durations import spread, took
from runbook_tui.run.events import Actor, Draft, RunStarted, StepFinished, StepStarted

ADA = Actor(name="Ada", email="ada@example.com", user="ada", host="lab")
RUNS, STEPS = 500, 40
MOST = 1.0
"""Milliseconds that a step's median may take."""


class Ticking:
    """A clock that goes on by itself, so that durations differ."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0

    def now(self) -> float:
        self.seconds += 1.37
        return self.seconds

    def mono(self) -> float:
        return self.seconds

    def boot(self) -> str:
        return "bench"


def fill(path: Path) -> None:
    """Five hundred runs of a plan of forty steps."""
    begun = RunStarted(title="T", source="p", format="toml", plan="-", digest="d", folder="/")
    with SqliteJournal(path, Ticking()) as journal:
        for number in range(RUNS):
            run = f"r{number}"
            journal.append(run, [Draft(payload=begun)], ADA)
            for payload in (StepStarted(), StepFinished(result="done")):
                steps = [Draft(payload=payload, step=f"s{step}") for step in range(STEPS)]
                journal.append(run, steps, ADA)


def main(rounds: int = 7) -> None:
    """Print the first look, a look at what is known, and the same without a projection."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        fill(path)
        durations = PastDurations(path)
        began = time.perf_counter()
        past = durations.past("T", patience=600)
        first = time.perf_counter() - began
        assert past.steps["s7"].runs == RUNS
        times = []
        for _ in range(rounds * 3):
            began = time.perf_counter()
            durations.past("T", patience=600)
            times.append((time.perf_counter() - began) * 1000)
        look = statistics.median(times)
        with SqliteJournal.open_reading(path) as reader:
            began = time.perf_counter()
            found = [t.seconds for t in took(reader.timings("r0")) if t.step == "s7"]
            spread(found)
            bare = (time.perf_counter() - began) * 1000
    share = look / STEPS
    print(f"durations  {RUNS} runs of {STEPS} steps: first look {first:.2f} s, then {look:.2f} ms "
          f"for all, {share:.3f} ms a step (at most {MOST:g}); without a projection "
          f"{bare * RUNS:.0f} ms")  # fmt: skip
    if share > MOST:
        raise SystemExit("a step's median takes too long")


if __name__ == "__main__":
    main()
