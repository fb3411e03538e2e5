"""What the session needs to know of past runs: how long things took."""

from __future__ import annotations

from typing import Protocol

from runbook_tui.run.durations import NO_PAST, Past


class Durations(Protocol):
    """Past times of a plan's steps and undos, kept beside the journal and made of it."""

    def past(self, title: str, *, but: str = "", patience: float) -> Past:
        """What past runs of the plan with this title took, but for the run ``but``.

        Runs that nobody has looked at since they went on are read, the newest first, for
        ``patience`` seconds at most. It never fails: what cannot be had is not known.
        """


class NoDurations:
    """Nothing is known of any past run."""

    def past(self, title: str, *, but: str = "", patience: float) -> Past:
        """Nothing."""
        return NO_PAST
