"""The contract's exit statuses, and the exception that carries one to the top."""

from __future__ import annotations

DONE = 0
STEP_FAILED = 1
USAGE = 2
PLAN_FAULTS = 3
REFUSED = 4
ROLLED_BACK = 5
INCOMPLETE = 6
WAITING = 7
UNVERIFIED = 8
OUR_FAULT = 70


class Ended(Exception):
    """The command is over: an exit status, what to tell the person, and what to do next."""

    def __init__(self, status: int, message: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.hint = hint


class LedElsewhere(Ended):
    """Somebody else leads the run now."""


class BackWanted(Exception):
    """Somebody who goes through a run as lines wants it rolled back."""
