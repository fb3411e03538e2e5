"""A copy of a run that is led on another machine, and what is pushed from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runbook_tui.session.ports.journal import JournalError


class NotTaken(JournalError):
    """Lines that do not go on from what is known of the run: none of them was taken."""


class Kept(Protocol):
    """One event as it is kept: ``body`` is the text that its hash covers."""

    @property
    def seq(self) -> int:
        """Its number."""

    @property
    def body(self) -> bytes:
        """Its text."""


class Bodies(Protocol):
    """A run's events as they are kept, byte by byte."""

    def records(self, run: str, after: int = 0) -> Sequence[Kept]:
        """Those with a number above ``after``."""

    def genesis(self, run: str) -> str:
        """The text that the first one holds on to."""


class Replica(Protocol):
    """A journal that only takes what a run's own journal has."""

    def take(self, run: str, genesis: str, first: int, bodies: Sequence[bytes]) -> int:
        """Enter events ``first`` and those that follow; returns how many the run has then.

        Those that are there already must be the same. Raises `NotTaken`, `JournalError`.
        """
