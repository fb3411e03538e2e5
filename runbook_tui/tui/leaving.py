"""Leaving the application: for good, or to the shell for a while; commands go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from runbook_tui.frozen import frozen

if TYPE_CHECKING:
    from runbook_tui.run.state import RunState
    from runbook_tui.session.session import Session


@frozen(kw_only=False)
class Wanted:
    """A person who looks on wants to lead: ``reason`` says why it is taken from somebody else."""

    run: str
    reason: str = ""


class LeavingApp(App[int]):
    """An application on a session, as far as leaving goes."""

    session: Session
    wanted: Wanted | None = None
    """What is wanted instead of this screen, once it has closed."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "sleep", "sleep", id="sleep", show=False,
                tooltip="back to the shell for a while; fg comes back"),
    ]  # fmt: skip

    def say(self, text: str, tone: str = "dim") -> None:
        """A message at the bottom."""
        raise NotImplementedError

    def action_leave(self) -> None:
        """Leave; commands go on."""
        if self.session.leads and self.session.state.finished is None:
            self.session.pause()
        self.exit(exit_status(self.session.state))

    async def action_quit(self) -> None:
        """Textual's own key for leaving."""
        self.action_leave()

    def action_help_quit(self) -> None:
        """Ctrl+C ends nothing here, and says what does."""
        self.say("q leaves; commands go on · F9 brings it back · Ctrl+P stops what runs")

    def action_sleep(self) -> None:
        """Stop this program for the shell; commands go on."""
        from runbook_tui.tui import sleeping

        if refusal := sleeping.refusal(self.session.state):
            self.say(refusal, "warn")
        else:
            sleeping.sleep(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a pane is typed into, textual's own keys belong to the command."""
        return not (action in {"quit", "command_palette", "help_quit"} and self._typing())

    def _typing(self) -> bool:
        from runbook_tui.tui.screens.panes import PaneScreen

        stray = isinstance(self.screen, PaneScreen) and self.screen.stray.expected
        return stray or bool(getattr(self.focused, "typing", False))


def exit_status(state: RunState) -> int:
    """The exit status of the contract for a run as it stands."""
    from runbook_tui.run.state import BROKEN

    rollback = state.rollback
    if rollback is not None and rollback.finished is not None:
        later = any(s.touched and (s.started or 0) > rollback.finished
                    for s in state.steps.values())  # fmt: skip
        if state.rehearsal:
            return 0 if rollback.result == "complete" else 6
        if not later:
            return 5 if rollback.result == "complete" else 6
    if state.finished is not None:
        return 0
    if any(s.status in BROKEN for s in state.steps.values()):
        return 1
    return 7
