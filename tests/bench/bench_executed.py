"""A run of 10,000 executed steps: the rollback's screen against that of a run of 10, interleaved,
and what one more undo costs against a run of 1,000.

The screen is measured from the key's byte written to the whole screen put out, with a note before
every other press, so that there is something new to show. The rest is processor time.

    python -m tests.bench.bench_executed [PRESSES]

20 presses take a minute and a half, most of it the making and opening of the large run.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from runbook_tui.book.reader import read
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run import events as e
from runbook_tui.run.events import Actor, Draft
from runbook_tui.run.fold import begin, fold
from runbook_tui.session.opening import plan_digest
from runbook_tui.session.undo_writing import Papers
from tests.bench.plans import LARGE, SMALL, plan
from tests.bench.terminals import Driven, median, python, ratio, spread

MIDDLE = (10, 10, 10)
ADA = Actor(name="Ada", user="ada", host="lab")
SHELL = ("bash", "-eo", "pipefail", "-c")
ENVIRONMENT = {f"VARIABLE_{number}": "a value of some length" for number in range(20)}
AGAIN = 12
"""Events of a rollback after each of which all is written down again."""
RUN = "20260101-cafe"
F9, ESCAPE = b"\x1b[20~", b"\x1b"


def main(presses: int = 9) -> None:
    """Print the screen's times and their ratio, and the cost of an undo."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        for name, size in (("10", SMALL), ("1,000", MIDDLE), ("10,000", LARGE)):
            _make(Path(place) / name, size)
        _screens(Path(place), presses)
        costs = {name: _costs(Path(place) / name) for name in ("1,000", "10,000")}
    for what in costs["1,000"]:
        for name, found in costs.items():
            print(f"{what + ', ' + name:<38}{found[what] * 1000:9.2f} ms")


def _screens(place: Path, presses: int) -> None:
    times: dict[str, list[float]] = {"10": [], "10,000": []}
    with _resumed(place / "10") as small, _resumed(place / "10,000") as large:
        for program in (small, large):
            program.until(b"Phase 0", 120)
            program.drain(5.0)
        for number in range(presses):
            for name, program in (("10", small), ("10,000", large)):
                pressed = program.press(F9)
                times[name].append(program.until(b"to START") - pressed)
                program.settle(0.3)
                program.press(ESCAPE)
                program.settle(0.3)
                if number % 2:
                    program.press(b"n")
                    program.until(b"Note")
                    program.press(b"all is well\r")
                    program.settle(0.5)
    for name, found in times.items():
        print(f"rollback's screen, {name + ' executed':<19}{spread(found)}")
    print(f"  ratio of the medians                 {ratio(times['10,000'], times['10']):.2f}")


def _resumed(home: Path) -> Driven:
    environment = {**os.environ, "RUNBOOK_HOME": str(home), "RUNBOOK_AS": "Ada",
                   "TERM": "xterm-256color"}  # fmt: skip
    return Driven([python(), "-m", "runbook_tui", "resume"], environment, (120, 40))


def _costs(home: Path) -> dict[str, float]:
    """Processor seconds of an undo's parts in a run all of whose steps are taken back."""
    with SqliteJournal(home / "journal.db", SystemClock()) as journal:
        events = journal.events(RUN)
        started = events[0].payload
        assert isinstance(started, e.RunStarted)
        state = fold(begin(RUN, read(started.plan, "p.toml", remarks=False)), events)
        ids = tuple(reversed(list(state.steps)))
        drafts = [Draft(payload=e.RollbackStarted(scope="run", steps=ids))]
        drafts += (Draft(payload=p, step=step) for step in ids for p in _undo(home, step))
        journal.append(RUN, drafts, ADA)
        undone = journal.events(RUN, state.seq)
    whole = _timed(lambda: fold(state, undone))
    papers = Papers(home / "papers")
    first = _timed(lambda: papers.papers(state, 0.0))
    later = []
    for event in undone[:AGAIN]:
        state = fold(state, [event])
        later.append(_timed(lambda now=state: papers.papers(now, 0.0)))  # type: ignore[misc]
    return {
        "an undo folded": whole / len(ids),
        "undo file and script, all made": first,
        "the same, after one event more": median(later),
    }


def _timed(deed: Callable[[], object]) -> float:
    began = time.process_time()
    deed()
    return time.process_time() - began


def _make(home: Path, size: tuple[int, int, int]) -> None:
    """A run in which every step of a plan was executed."""
    phases, changes, steps = size
    text = plan(*size)
    ids = [f"p{p}-c{c}-s{s}" for p in range(phases) for c in range(changes) for s in range(steps)]
    start = e.RunStarted(title="Bench", source="p.toml", format="toml", plan=text, folder="/",
                         digest=plan_digest(text, {}), parameters={"version": "1"})  # fmt: skip
    drafts = [Draft(payload=start)]
    drafts += (Draft(payload=p, step=step) for step in ids for p in _executed(home, step))
    with SqliteJournal(home / "journal.db", SystemClock()) as journal:
        journal.append(RUN, drafts, ADA)


def _executed(home: Path, step: str) -> tuple[e.Payload, ...]:
    folder = str(home / "commands" / f"{step}.1-run")
    own = {**ENVIRONMENT, "RUNBOOK_STEP": step}
    return (
        e.StepStarted(),
        e.UndoArmed(kind="command", text=f"echo back {step}", verify="true", cwd="/", shell=SHELL,
                    environment=own),
        e.CommandStarted(attempt=1, kind="run", text="echo", cwd="/", shell=SHELL, folder=folder,
                         environment=own),
        e.CommandFinished(attempt=1, kind="run", folder=folder, exit=0, seconds=1.0),
        e.CheckTicked(node=f"check-of-{step}-is-green"),
        e.StepFinished(result="done"),
    )  # fmt: skip


def _undo(home: Path, step: str) -> tuple[e.Payload, ...]:
    folder = str(home / "commands" / f"{step}.2-undo")
    return (
        e.UndoStarted(),
        e.CommandStarted(attempt=1, kind="undo", text=f"echo back {step}", cwd="/", shell=SHELL,
                         folder=folder),
        e.CommandFinished(attempt=1, kind="undo", folder=folder, exit=0),
        e.UndoFinished(result="done", exit=0),
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
