"""Opening a run of 2,000 events, read and folded, beside the bare SELECT of its rows.

Both in turn, each from a connection of its own, in processor time: opening waits for nothing but
the disk's cache. A fourth of the events carry an environment, as those of commands do.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.reader import EVENTS
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run import events as e
from runbook_tui.run.events import Actor, Draft, Event
from runbook_tui.run.fold import begin, fold

ADA = Actor(name="Ada", email="ada@example.com", user="ada", host="lab")
STEPS = 250
ENVIRONMENT = {f"VARIABLE_{number}": "a value of some length" for number in range(20)}
SHELL = ("bash", "-eo", "pipefail", "-c")


def drafts() -> Iterator[Draft]:
    """A run of 250 steps, each with a command, an undo, a value, a note and a tick."""
    plan = "- [ ] a step\n" * STEPS
    yield Draft(
        payload=e.RunStarted(
            title="Ship it", source="p.toml", format="toml", plan=plan, digest="d", folder="/"
        )
    )
    for number in range(STEPS):
        step, folder = f"s{number}", f"/home/runs/r/commands/s{number}.1-run"
        payloads: tuple[e.Payload, ...] = (
            e.StepStarted(),
            e.UndoArmed(kind="command", text="./undo", cwd="/", shell=SHELL,
                        environment=ENVIRONMENT),
            e.CommandStarted(attempt=1, kind="run", text="./do", cwd="/", shell=SHELL,
                             folder=folder, environment=ENVIRONMENT),
            e.CommandFinished(attempt=1, kind="run", folder=folder, exit=0, digest="0" * 64),
            e.ParameterCaptured(name=f"value{number}", value="v"),
            e.NoteAdded(text="all services start", node=step),
            e.CheckTicked(node=f"{step}.check"),
            e.StepFinished(result="done"),
        )  # fmt: skip
        yield from (Draft(payload=payload, step=step) for payload in payloads)


def main(rounds: int = 15) -> None:
    """Print the parts of opening as ratios of the bare SELECT."""
    book = Runbook(
        title="Ship it",
        phases=(
            Phase(
                id="p",
                title="P",
                steps=tuple(Step(id=f"s{n}", title=f"S{n}", run="./do") for n in range(STEPS)),
            ),
        ),
    )
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "home" / "journal.db"
        with SqliteJournal(path, SystemClock()) as journal:
            events = journal.append("r", list(drafts()), ADA)
        begun = begin("r", book)

        def rows() -> list[tuple[str, bytes]]:
            with closing(sqlite3.connect(path)) as db:
                return db.execute(EVENTS, ("r", 0, -1)).fetchall()

        def read() -> list[Event]:
            with SqliteJournal.open_reading(path) as reader:
                return reader.events("r")

        deeds: dict[str, Callable[[], object]] = {
            "bare SELECT": rows,
            "and JSON parsed": lambda: [json.loads(body) for body, _ in rows()],
            "events read": read,
            "events folded": lambda: fold(begun, events),
            "read and folded": lambda: fold(begun, read()),
        }
        found: dict[str, list[float]] = {name: [] for name in deeds}
        for _ in range(rounds):
            for name, deed in deeds.items():
                began = time.process_time()
                deed()
                found[name].append(time.process_time() - began)
    bare = statistics.median(found["bare SELECT"])
    print(f"opening a run of {len(events)} events")
    for name, times in found.items():
        took = statistics.median(times)
        print(f"  {name:<26}{took * 1000:8.1f} ms  x bare {took / bare:5.1f}")
