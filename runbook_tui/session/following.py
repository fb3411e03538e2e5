"""Following the journal: a session hears of what others append, and that the journal is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from runbook_tui.session.ports.journal import Journal, JournalError
from runbook_tui.session.recorder import Recorder

PATIENCE = 0.5
"""Seconds to wait for others before the journal itself is looked at."""


class Following:
    """Waits for events of others on a thread of its own.

    ``call`` has something done on the session's thread; ``closing`` ends the waiting; ``looks``
    are taken each time round.
    """

    def __init__(
        self,
        journal: Journal,
        recorder: Recorder,
        call: Callable[[Callable[[], None]], None],
        closing: threading.Event,
        looks: Iterable[Callable[[], object]] = (),
    ) -> None:
        self._journal = journal
        self._recorder = recorder
        self._call = call
        self._closing = closing
        self._looks = tuple(looks)
        self._missing = ""

    def go_on(self) -> None:
        """Wake the session when others append to the run, until it closes."""
        while not self._closing.is_set():
            for look in self._looks:
                look()
            state = self._recorder.state
            try:
                if self._journal.wait(state.run, state.seq, PATIENCE):
                    done = threading.Event()
                    self._call(lambda done=done: self._sync(done))  # type: ignore[misc]
                    done.wait(1.0)
                self._miss(self._gone())
            except JournalError as error:
                self._miss(str(error))
                self._closing.wait(1.0)

    def _gone(self) -> str:
        """Whether the journal no longer holds what was recorded; nothing may be called saved."""
        state = self._recorder.state
        known = self._missing or not self._recorder.trouble
        # Counted, not read: the newest event may be the start of the run, which holds its plan.
        if known and state.seq and not self._journal.wait(state.run, state.seq - 1, 0.0):
            return "the journal is gone: what was recorded is no longer in it"
        return ""

    def _miss(self, trouble: str) -> None:
        """Show that the journal cannot be read, and take that back once it can.

        What keeps it from being written is told already, and by its own cause.
        """
        if self._closing.is_set():
            return
        if self._recorder.trouble in {"", self._missing}:
            self._recorder.trouble = trouble
        self._missing = trouble

    def _sync(self, done: threading.Event) -> None:
        try:
            self._recorder.sync()
        except JournalError as error:
            self._recorder.trouble = str(error)
        done.set()
