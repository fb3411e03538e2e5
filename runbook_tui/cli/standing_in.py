"""A rollback that was started on a screen goes on though the screen has gone.

Beside it stands a process that only looks on. Once the screen's own has ended, by a hang-up, a
signal or `q`, it takes the rollback over, and leaves what a person has to answer to a person.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import suppress

from runbook_tui.cli import exits
from runbook_tui.cli.people import rescuer
from runbook_tui.run.rollback import awaited
from runbook_tui.run.state import RunState
from runbook_tui.session.session import Session

POLL = 0.2
LONG = 3.0
"""Seconds of waiting for a person after which a rollback that was taken over is left."""


class Deputy:
    """Starts one stand-in for each rollback that is carried out on this session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seq = 0
        self._child: object = None
        self._stop = session.listen(self._heed)

    def dismiss(self) -> None:
        """Start no more of them."""
        self._stop()

    def _heed(self, state: RunState) -> None:
        from runbook_tui.command.detached import start_detached

        rollback = state.rollback
        if rollback is None or rollback.seq == self._seq or not self._session.rolls_back:
            return
        self._seq = rollback.seq
        who = self._session.actor.identity
        words = ("rollback", state.run, "--stand-in", "--as", who)
        # -P: what lies in the plan's folder must not be taken for this program.
        self._child = start_detached([sys.executable, "-P", "-m", "runbook_tui", *words])


def stand_in(run: str, claimed: str | None) -> int:
    """Wait until nobody carries the run's rollback out, and then do."""
    from runbook_tui import wiring

    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    session = wiring.open_session(run, rescuer(claimed), leads=False)
    session.help_roll_back()
    session.open()
    wake = threading.Event()
    session.listen(lambda _: wake.set())
    since = 0.0
    try:
        while not _over(session.state):
            waits = session.rolls_back and awaited(session.state, session.absent.secrets)
            since = (since or time.monotonic()) if waits else 0.0
            if since and time.monotonic() - since > LONG:
                return exits.WAITING
            wake.wait(POLL)
            wake.clear()
        return exits.DONE
    finally:
        with suppress(RuntimeError):
            session.close()


def _over(state: RunState) -> bool:
    rollback = state.rollback
    return rollback is None or rollback.started is None or rollback.finished is not None
