"""A rollback as a run's state knows it, and how bad the people call what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor

SEVERITIES = (1, 2, 3)
"""SEV 1 is the worst."""


@frozen
class Severity:
    """How bad it is, who said so, and when (epoch seconds)."""

    level: int
    by: Actor
    at: float


@frozen
class RollbackState:
    """A rollback that was opened or runs. ``started`` is None while somebody only looks.

    ``seq`` is the event that started it. ``since`` is when what it is for began: when a watch was
    breached, else when it was started; else when the one before it was, that ended incomplete.
    """

    seq: int = 0
    scope: str = ""
    node: str = ""
    opened: float = 0.0
    started: float | None = None
    since: float | None = None
    finished: float | None = None
    steps: tuple[str, ...] = ()
    reached: frozenset[str] = frozenset()
    """What its scope is and stands in; of the whole run, all that held something to take back."""
    past_floor: bool = False
    budget: float | None = None
    results: Mapping[str, str] = field(default_factory=dict)
    result: str = ""
    remaining: tuple[str, ...] = ()
    seconds: float = 0.0
    stopped: bool = False
    by: Actor | None = None
    watch: str = ""
    """The watch that has started it by itself; empty where a person has, ``by``."""

    @property
    def active(self) -> bool:
        """Whether it runs now."""
        return self.started is not None and self.finished is None and not self.stopped
