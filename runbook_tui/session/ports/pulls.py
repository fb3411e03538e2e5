"""Looking at pull requests where they are, and at what merging them would run into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Protocol

from runbook_tui.frozen import frozen
from runbook_tui.run.pull_events import PullSeen


@frozen
class Outlook:
    """What a merge means: files in which it conflicts itself, and in which others will since it;
    ``unknown``: its commit is not here."""

    name: str
    conflicts: tuple[str, ...] = ()
    makes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: bool = False


class Pulls(Protocol):
    """Where pull requests are. Nothing of it is called on a thread that may not wait."""

    def watch(self, repo: str, numbers: Sequence[int], every: float) -> None:
        """Begin to look at them, every so many seconds."""

    def next(self) -> PullSeen | str | None:
        """Wait for what has changed: how one stands, or what keeps them from being looked at (empty
        where nothing any more); None where nothing more will come."""

    def look(self) -> None:
        """Look now; it never waits."""

    def stop(self) -> None:
        """End what looks now; another `watch` may follow."""

    def close(self) -> None:
        """Look no more."""

    def outlook(
        self,
        folder: str,
        base: str,
        sequence: Sequence[tuple[str, str]],
        remote: str = "",
        fetch: Sequence[str] = (),
    ) -> tuple[Outlook, ...]:
        """What merging a sequence, names and commits, runs into; empty where it cannot be said.

        With a ``remote`` the base is a ref of it, and what it has under ``fetch`` is looked at,
        too, without anything being changed here."""
