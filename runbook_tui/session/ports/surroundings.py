"""What a session takes from the machine and the person it runs for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from runbook_tui.book.model import Secret, Step


class Surroundings(Protocol):
    """Environment, shells, secrets and built-in actions; injected so that tests own them."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What commands inherit: the caller's environment without what would redirect git."""

    @property
    def interactive(self) -> Mapping[str, str]:
        """The same for a command that a person types into: their own editors and pager, too."""

    def ours(self, *, interactive: bool) -> Collection[str]:
        """Names of the variables in these that every command gets, whatever the caller has."""

    def shell(self, shell: str | None) -> tuple[str, ...]:
        """The argument vector that runs a text appended to it."""

    def expand(self, step: Step) -> Step:
        """The step with its action as shell text, its undo and what it puts out."""

    def secret(self, source: Secret, folder: str) -> str | None:
        """The secret's value, fetched now in the run's folder; None where nothing gives it."""
