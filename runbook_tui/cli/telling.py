"""Alarms without a screen: said once each, told to whom the plan or a setting names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_tui.cli import say

if TYPE_CHECKING:
    from runbook_tui.session.session import Session


def begin_telling(session: Session) -> None:
    """Tell people of this run's alarms for as long as its session leads."""
    from runbook_tui import wiring

    if (teller := wiring.teller(session)) is not None:
        teller.start()
        session.at_end.append(teller.close)


class Alarms:
    """Says each alarm once, where a person reads lines."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._said: set[str] = set()

    def tell(self) -> None:
        """Say what is new."""
        from runbook_tui.run.alarms import OVERRUN, alarms

        now = self._session.now()
        for alarm in alarms(self._session.state, now):
            # That a step is over its time is said already.
            if alarm.id in self._said or alarm.acknowledged or alarm.kind == OVERRUN:
                continue
            self._said.add(alarm.id)
            say.err(f"ALARM: {alarm.words}", colour="red")
            for rung in alarm.due(now):
                if rung.who:
                    say.err(f"  tell {rung.who}; somebody sees to it: runbook ack"
                            f" {self._session.run} '{alarm.id}'")  # fmt: skip
