"""The session of somebody in a browser: a run's own, behind what a guest may ask."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.wanted import wanted
from runbook_tui.session.answering import Answer
from runbook_tui.session.guest import Guest
from runbook_tui.session.keyboard import Keyboard
from runbook_tui.session.ports.commands import Commands
from runbook_tui.session.session import Session


class GuestSession(Session):
    """A session on a run for somebody in a browser; it never leads."""

    def __init__(self, *, guest: Guest, commands: Commands, **parts: Any) -> None:
        super().__init__(actor=guest.actor, leads=False, commands=commands, **parts)
        self.guest: Guest = guest
        self._lent: frozenset[str] = frozenset()
        # Nobody in a browser types into a command; its terminal has the size of the lead's pane.
        self.keyboard = Keyboard(commands, lambda deed: None, here=False)

    def ask(self, request: r.Request, actor: Actor | None = None) -> Future[Answer]:
        """Ask for something, if it may be asked from a browser."""
        heard: Future[Answer] = Future()
        refusal = self.guest.refusal(self.state, request, actor or self.actor)
        if refusal is not None:
            heard.set_result(refusal)
            return heard
        if isinstance(request, r.OpenRollback | r.StartRollback):
            self._inbox.call(self._borrow)

        def pass_on(answered: Future[Answer]) -> None:
            if (fault := answered.exception()) is not None:
                heard.set_exception(fault)
            else:
                heard.set_result(self.guest.heard(answered.result()))

        super().ask(request, actor).add_done_callback(pass_on)
        return heard

    def prepare_rollback(self, request: r.StartRollback) -> None:
        """Make it ready, for who may start it."""
        if self.guest.acts:
            self._inbox.call(self._borrow)
            super().prepare_rollback(request)

    def _borrow(self) -> None:
        """What undos need of their caller's environment comes when a rollback is looked at: until
        then nothing that this screen could show by mistake has it."""
        names = wanted(self.state) - self._lent
        if names and (lent := self.guest.lend(names)) is not None:
            self._lent |= names
            self._bench.surroundings = lent
            self._bench.sources.ask_again()

    def give_secret(self, name: str, value: str) -> None:
        """A secret that an undo needs, from who may start it."""
        if self.guest.acts:
            super().give_secret(name, value)
