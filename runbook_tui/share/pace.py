"""How often the remote is looked at: quick while people wait for one another, slow over night."""

from __future__ import annotations

import threading
from dataclasses import field

from runbook_tui.frozen import frozen
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.upcoming import gates_waiting


@frozen
class Pace:
    """Seconds between two looks: as a rule, while somebody waits for a vote, and after one that
    failed. ``slower`` says how long they become once nothing has moved for how long.

    ``last`` is what the last push may take once the person has left.
    """

    usual: float = 1.0
    waiting: float = 0.25
    failed: float = 3.0
    slower: tuple[tuple[float, float], ...] = ((600.0, 5.0), (120.0, 2.0))
    last: float = 8.0
    _hurry: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)

    def pause(self, *, done: bool, still: float, awaits: bool) -> float:
        """Seconds until the next look. ``still``: for how long nothing has moved, here or there."""
        if not done:
            return self.failed
        for since, pause in self.slower:
            if still >= since:
                return pause
        return self.waiting if awaits else self.usual

    def wait(self, pause: float, wake: threading.Event, least: float | None = None) -> None:
        """Wait; what wakes it shortens a pause to ``least``, by default the usual one: so there is
        one push in each of these, however much is recorded."""
        least = self.usual if least is None else least
        self._hurry.wait(min(pause, least))
        if pause > least and not self._hurry.is_set():
            wake.wait(pause - least)
        wake.clear()

    def hurry(self) -> None:
        """It is the end: wait no more."""
        self._hurry.set()


def awaits(state: RunState) -> bool:
    """Whether the run waits for a decision of somebody."""
    if state.finished is not None:
        return False
    waiting = any(step.status is Status.WAITING for step in state.steps.values())
    return waiting or bool(gates_waiting(state))
