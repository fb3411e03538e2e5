"""Four hints while somebody takes the first steps, each once in their life, in the message line.

A hint says what a key does at the moment when it is of use. It takes the place of no message, no
focus and no key, and during a rollback there is none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from runbook_tui.run.state import OVER, RunState, Status
from runbook_tui.run.upcoming import next_open

if TYPE_CHECKING:
    from runbook_tui.preferences.seen_hints import SeenHints

Shows = Callable[[RunState], bool]


def _can_begin(state: RunState) -> bool:
    step = next_open(state)
    return step is not None and state.step(step).status in {Status.READY, Status.PENDING}


def _has_output(state: RunState) -> bool:
    return any(record.kind == "run" for step in state.steps.values() for record in step.commands)


def _has_undo(state: RunState) -> bool:
    return any(step.acted and step.undo is not None for step in state.steps.values())


def _is_under_way(state: RunState) -> bool:
    return sum(step.status in OVER for step in state.steps.values()) >= 2


BEGIN = "Enter runs the chosen step, Space ticks what is done by hand; ? shows all keys"
UNDO = "F9 shows how all of this would be taken back; looking changes nothing"
OUTPUT = "Tab looks at the output, i types into a command that asks; Esc comes back"
FIND = "/ finds a step by any of its words, o goes to the next open one, f shows one alone"
HINTS: tuple[tuple[str, str, Shows], ...] = (
    ("begin", BEGIN, _can_begin),
    ("undo", UNDO, _has_undo),
    ("output", OUTPUT, _has_output),
    ("find", FIND, _is_under_way),
)
"""Name, words, and whether it is of use now; in the order in which they are shown."""


class Hints:
    """What is still to be said to this person."""

    def __init__(self, seen: SeenHints) -> None:
        self._file = seen
        self._seen: frozenset[str] | None = None
        threading.Thread(target=self._read, name="hints", daemon=True).start()

    def _read(self) -> None:
        self._seen = self._file.read()

    def next(self, state: RunState) -> str:
        """The hint that is of use now, never to be said again; empty where there is none."""
        if self._seen is None or state.rolling_back or state.finished is not None:
            return ""
        if state.rollback is not None and state.rollback.finished is None:
            return ""  # Somebody looks at the rollback.
        for name, words, shows in HINTS:
            if name not in self._seen and shows(state):
                self._seen |= {name}
                self._remember(self._seen)
                return words
        return ""

    def _remember(self, seen: frozenset[str]) -> None:
        threading.Thread(
            target=self._file.write, args=(seen,), name="hints", daemon=True
        ).start()  # The screen waits for no disk.
