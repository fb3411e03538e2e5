"""The way to a run's remote, from either side: what is known of it, and what is in its way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.sharing import SharingStatus
from runbook_tui.share.git import GitTrouble, Locked, shown
from runbook_tui.share.repository import Repository
from runbook_tui.share.stale import StaleLocks
from runbook_tui.share.standing import Facts, in_words


class Shut(Exception):
    """The remote is not used any more; the message says why and what to do.

    ``alarm``: what stands on it may have been tampered with.
    """

    def __init__(self, message: str, *, alarm: bool = False) -> None:
        super().__init__(message)
        self.alarm = alarm


class Link:
    """Used by one thread, and asked how it stands by any. ``sends``: the run goes out this way."""

    def __init__(
        self, repository: Repository, clock: Clock, mono: Callable[[], float], *, sends: bool
    ) -> None:
        self._repository = repository
        self._clock = clock
        self._locks = StaleLocks(clock.now, mono)
        self.facts = Facts(remote=shown(repository.remote), sends=sends, began=clock.now())
        """What is known now."""

    def know(self, **facts: object) -> None:
        """From here on this is known, too."""
        self.facts = dataclasses.replace(self.facts, **facts)  # type: ignore[arg-type]

    def reached(self) -> None:
        """The remote has answered."""
        self.know(reached=self._clock.now(), trouble="")

    def standing(self, waiting: int | None = None) -> SharingStatus:
        """How it stands now; never waits. ``waiting``: how much is on its way, where only whoever
        asks knows that."""
        facts = self.facts if waiting is None else dataclasses.replace(self.facts, waiting=waiting)
        return in_words(facts, self._clock.now())

    def tried(self, deed: Callable[[], object], *, but: tuple[type[Exception], ...] = ()) -> bool:
        """Do it; False where the remote or a disk is in the way: that is known then.

        What is among ``but`` is another matter, and raised.
        """
        try:
            deed()
        except but:
            raise
        except Locked as lock:
            self.know(trouble=self._locks.words(lock.file))
        except (GitTrouble, JournalError, OSError) as why:
            self.know(trouble=str(why))
            self._repository.clear_away()
        else:
            return True
        return False
