"""``resume --no-tui --watch``: the run's watches kept alive where nobody looks at a screen.

It starts no step. What is under way is carried on, a breach is a line, and what waits for a
decision says how it is given.
"""

from __future__ import annotations

import sys
import threading

from runbook_tui.book.durations import spoken
from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.leaving import told_to_leave
from runbook_tui.cli.narrating import Narrator
from runbook_tui.cli.sharing import Teller
from runbook_tui.cli.telling import Alarms
from runbook_tui.run.handing_over import who_leads
from runbook_tui.run.state import RunState
from runbook_tui.run.summary import summary
from runbook_tui.run.watch_deciding import proposing, rolls_back
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.session import Session

LOOK = 0.5
"""Seconds between two looks at what is due."""
PATIENCE = 60.0


class Watching:
    """Keeps an open session that leads alive, until the run is over or a signal comes."""

    def __init__(self, session: Session, journal: Journal, found: RunState, after: int) -> None:
        self._session = session
        self._narrator = Narrator(journal, found, after)
        self._wake = threading.Event()
        self._asked: set[int] = set()
        self._late: set[int] = set()
        self._trouble = ""
        self._teller = Teller(session)
        self._alarms = Alarms(session)
        last = found.rollback
        self._before = last.seq if last is not None and last.finished is not None else 0
        """The event that started the last rollback, where that was over already."""

    def walk(self) -> int:
        """To the end; returns the exit status."""
        stop = self._session.listen(lambda _: self._wake.set())
        watches = len(self._session.state.runbook.watches)
        say.err(f"watching {watches} watch{'' if watches == 1 else 'es'}; no step is started;"
                " Ctrl+C ends it")  # fmt: skip
        try:
            with told_to_leave() as leave:
                status = None
                while status is None:
                    self._narrator.tell()
                    status = self._leave() if leave.is_set() else self._look()
                    if status is None:
                        self._wake.wait(LOOK)
                        self._wake.clear()
            self._narrator.tell()
            return status
        finally:
            stop()
            if self._session.state.finished is None:
                self._session.pause().result(PATIENCE)

    def _look(self) -> int | None:
        state = self._session.state
        self._alarms.tell()
        if not self._session.leads:
            hint = f"take part with `runbook join {state.run}`"
            raise Ended(exits.REFUSED, who_leads(state), hint)
        trouble = self._session.trouble
        if trouble and trouble != self._trouble:
            say.err(trouble, colour="red")
        self._trouble = trouble
        self._teller.tell()
        rollback = state.rollback
        if rollback is not None and rollback.finished is not None and rollback.seq > self._before:
            say.err("the run was rolled back", bold=True)
            complete = rollback.result == "complete"
            return exits.ROLLED_BACK if complete else exits.INCOMPLETE
        if state.finished is not None:
            say.out(f"{summary(state)}: {state.runbook.title}", colour="green", bold=True)
            return exits.DONE
        self._propose(state)
        return None

    def _propose(self, state: RunState) -> None:
        """Say once that a breach waits for a decision, and once that its time is over."""
        for watch in proposing(state):
            found = state.watches[watch.id]
            by = found.decide_by
            if found.seq not in self._asked:
                self._asked.add(found.seq)
                within = "" if by is None else f" within {spoken(max(0.0, by - state.last_at))}"
                if rolls_back(state, watch):
                    say.err(f"“{watch.title}” starts the rollback by itself{within}", bold=True)
                else:
                    say.err(f"“{watch.title}” proposes a rollback; decide{within}:", bold=True)
                say.err(f"  bring it back:  runbook rollback {state.run}")
                say.err(f"  or go on:       runbook override {state.run} {watch.id} --reason …")
                _ring()
            elif by is not None and self._session.now() > by and found.seq not in self._late:
                self._late.add(found.seq)
                say.err(f"“{watch.title}”: nobody has decided in time", colour="red", bold=True)
                _ring()

    def _leave(self) -> int:
        run = self._session.run
        say.err("left; nothing is measured any more")
        say.err(
            f"go on with: runbook resume {run}, or watch: runbook resume {run} --no-tui --watch"
        )
        return exits.WAITING


def _ring() -> None:
    """The bell of the terminal, where there is one."""
    if sys.stderr.isatty():
        sys.stderr.write("\a")
        sys.stderr.flush()
