"""The demo's screen: it says what is to be tried next, and Grace signs once she is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable

from runbook_tui.cli.needs import needs
from runbook_tui.demo import story
from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.run.requests import Refusal, StartStep
from runbook_tui.run.state import BROKEN, RunState
from runbook_tui.run.upcoming import gates_waiting
from runbook_tui.session.ports.terminals import Terminals
from runbook_tui.session.session import Session
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.rollback import RollbackScreen

GATE = "the gate is shut until Grace signs: press s, or try to go on with Enter"
ASKED = "Grace signs in a moment, from her own terminal"
BROKE = "this is what it is all for: F9 shows how it is taken back, F9 again starts that"


class DemoApp(RunbookApp):
    """``approve`` lets Grace sign; it is called ``pause`` seconds after she was asked."""

    def __init__(
        self,
        session: Session,
        terminals: Terminals,
        approve: Callable[[], None],
        pause: float,
        preferences: Preferences = DEFAULTS,
    ) -> None:
        super().__init__(session, terminals, said=story.WELCOME, preferences=preferences)
        self._approve = approve
        self._pause = pause
        self._timer: threading.Timer | None = None
        self._held = False
        self._broken = False

    def on_unmount(self) -> None:
        """Who is gone asks nobody."""
        if self._timer is not None:
            self._timer.cancel()

    def sign(self, node: str) -> None:
        """Ask Grace where hers is what waits; else sign as ever."""
        if self._timer is None and gate_waits(self.session.state):
            self._ask()
        else:
            super().sign(node)

    def on_runbook_app_answered(self, message: RunbookApp.Answered) -> None:
        """To try to go on against the gate is to ask Grace, too."""
        refused = isinstance(message.request, StartStep) and isinstance(message.answer, Refusal)
        if refused and self._timer is None and gate_waits(self.session.state):
            self.call_later(self._ask)

    def on_runbook_app_changed(self) -> None:
        """Say what there is to try, when it comes."""
        state = self.session.state
        held = gate_waits(state)
        broken = any(step.status in BROKEN for step in state.steps.values())
        if held and not self._held:
            self.call_later(self._tell_of_gate)
        if broken and not self._broken:
            self.call_later(self.say, BROKE, "warn")
        if not held:
            # A rollback may shut it again; then she is asked again.
            self._timer = None
        self._held, self._broken = held, broken

    def _tell_of_gate(self) -> None:
        """Also where a rollback has shut it again, and its screen takes other keys."""
        away = isinstance(self.screen, RollbackScreen)
        self.say(f"Esc leads back to the plan; there {GATE}" if away else GATE, "warn")

    def _ask(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(self._pause, self._approve)
            self._timer.daemon = True
            self._timer.start()
            self.say(ASKED, "good")


def gate_waits(state: RunState) -> bool:
    """Whether Grace's sign-off is the next thing in the way."""
    reached = [need.how for need in needs(state)] if gates_waiting(state) else []
    return any(how.endswith(f"--role {story.APPROVER_ROLE}") for how in reached)
