"""Running a helper program (ssh-keygen, git, a probe) with a time limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from runbook_tui.frozen import frozen


@frozen
class Outcome:
    """How a helper ended; ``exit`` is None where it was not found or ran out of time."""

    exit: int | None
    stdout: str
    stderr: str


class Runner(Protocol):
    """Runs a helper program to its end."""

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = 10.0,
    ) -> Outcome:
        """Run it; never raises for what the program does."""
