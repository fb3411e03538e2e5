"""Who leads an open run: its lock, and that one leads here no more once another began to."""

from __future__ import annotations

from functools import partial

from runbook_tui.run.events import Actor
from runbook_tui.run.handing_over import taken_over
from runbook_tui.session.driving import Driver
from runbook_tui.session.locks import LeadLock, seized
from runbook_tui.session.opening import resumption
from runbook_tui.session.workbench import Workbench


class Lead:
    """Whether this session leads its run, and who does where it does not.

    Without ``here`` the run is led on another machine, of which no lock can tell.
    """

    def __init__(self, bench: Workbench, driver: Driver, actor: Actor, *, here: bool) -> None:
        self._recorder = bench.recorder
        self._driver = driver
        self._actor = actor
        self._here = here
        self.lock = LeadLock(bench.folder / "lead.lock")
        """Who leads the run, as far as the lock tells."""
        self.held = driver.leads
        """Whether this session leads."""

    @property
    def nobodys(self) -> bool:
        """Whether nobody's program leads the run now, this one neither; never waits."""
        return not self.held and self._here and self.lock.gone

    def begin(self, *, resume: bool, reason: str, seize: bool) -> bool:
        """Lead, where this session should; False if somebody else does and it may not ``seize``.

        Raises `JournalError`.
        """
        if self.held and not self.lock.take(self._actor.identity):
            if not seize:
                return False
            self._recorder.record(partial(taken_over, actor=self._actor, reason=reason))
            seized(self.lock, self._actor.identity)
        elif resume:
            self._recorder.record(lambda state: resumption(state, self._actor, reason))
        self._driver.led_since = self._recorder.state.led_since
        self.lock.look()
        return True

    def lost(self) -> bool:
        """True once: whoever has given the lead on, or lost it, leads no more from then on."""
        if not self.held or not self._driver.fenced(self._recorder.state):
            return False
        self.held = False
        self._driver.step_down()
        self.lock.release()
        return True
