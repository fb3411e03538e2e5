"""The application: the session's feed, the panic key, and questions to a person."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer

from runbook_tui.book.plain_text import printable
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.state import BROKEN, RunState, gate_open, gates_waiting
from runbook_tui.session.answering import Answer
from runbook_tui.session.ports.terminals import Terminals
from runbook_tui.session.session import Session
from runbook_tui.tui.dialogs.ask import AskSignoff, AskText, Confirm, Help, Signature
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.panes import PaneScreen
from runbook_tui.tui.screens.rollback import RollbackScreen

APART = 0.4
"""Seconds between the press that opens the rollback and one that starts it."""
ALONE = 0.15
"""Seconds after a press within which no other may follow, for it to start anything."""


class RunbookApp(App[int]):
    """One run on a terminal. Returns the exit status of the contract."""

    TITLE = "Runbook"
    CSS_PATH: ClassVar[list[str | Path]] = [
        Path(__file__).parent / "styles" / name
        for name in ("common.tcss", "main.tcss", "rollback.tcss", "dialogs.tcss")
    ]  # type: ignore[assignment]
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,ctrl+backslash", "panic", "PANIC", id="panic", priority=True,
                tooltip="shows the rollback; again, after a moment, starts it"),
    ]  # fmt: skip

    class Changed(Message):
        """The run's state is another."""

        def can_replace(self, message: Message) -> bool:
            """Only the newest state matters."""
            return isinstance(message, RunbookApp.Changed)

    class Answered(Message):
        """The session has answered."""

        def __init__(self, request: r.Request, answer: Answer | BaseException) -> None:
            super().__init__()
            self.request = request
            self.answer = answer

    def __init__(
        self,
        session: Session,
        terminals: Terminals,
        now: Callable[[], float] = time.time,
        said: str = "",
    ) -> None:
        super().__init__()
        self.session = session
        self.terminals = terminals
        self.now = now
        self.said = printable(said, 400)
        self.said_tone = "warn" if said else "dim"
        self._pressed = 0.0
        self._alone: Timer | None = None
        self._rollback = RollbackScreen()
        self._stop_listening: Callable[[], None] = lambda: None

    @property
    def trouble(self) -> str:
        """What keeps the journal from being written."""
        return self.session.trouble

    def on_mount(self) -> None:
        """Listen to the session, and show the run."""
        self.install_screen(self._rollback, "rollback")
        self.push_screen(MainScreen())
        self._stop_listening = self.session.listen(lambda _: self._post(self.Changed()))
        self.call_after_refresh(settle_collector)

    def on_unmount(self) -> None:
        """The session is listened to no more."""
        self._stop_listening()

    def _post(self, message: Message) -> None:
        if self.is_running:
            self.post_message(message)

    def on_runbook_app_changed(self) -> None:
        """Draw the new state on every screen that is open."""
        if self.trouble:
            self.say(self.trouble, "bad")
        for screen in self.screen_stack:
            if isinstance(screen, MainScreen | RollbackScreen):
                screen.changed()

    # -- panic -----------------------------------------------------------------------------------

    def action_panic(self) -> None:
        """First press: look. A second, deliberate one: start."""
        now = time.monotonic()
        since, self._pressed = now - self._pressed, now
        if self._alone is not None:
            self._alone.stop()
            self._alone = None
        if not isinstance(self.screen, RollbackScreen):
            self._open_rollback()
        elif since >= APART:
            self._alone = self.set_timer(ALONE, self._start_rollback)

    def _open_rollback(self) -> None:
        while len(self.screen_stack) > 2:
            self.pop_screen()
        self.push_screen(self._rollback)
        self._rollback.opened()
        if not self.session.state.rolling_back:
            self.ask(r.OpenRollback())

    def _start_rollback(self) -> None:
        self._alone = None
        if isinstance(self.screen, RollbackScreen):
            self.screen.start()

    # -- asking the session ------------------------------------------------------------------------

    def ask(self, request: r.Request, actor: Actor | None = None) -> None:
        """Ask the session; the answer comes as a message."""

        def answered(future: Future[Answer]) -> None:
            error = future.exception()
            self._post(self.Answered(request, error if error is not None else future.result()))

        self.session.ask(request, actor).add_done_callback(answered)

    def on_runbook_app_answered(self, message: RunbookApp.Answered) -> None:
        """Ask what is missing, say why not, or nothing: the new state shows by itself."""
        answer, request = message.answer, message.request
        if isinstance(answer, r.ValuesMissing):
            self._ask_values(request, list(answer.names))
        elif isinstance(answer, r.ConfirmationNeeded) and isinstance(request, r.StartStep):
            self._confirm(request, answer)
        elif isinstance(answer, r.Refusal):
            hint = f" ({answer.hint})" if answer.hint else ""
            self._refused(request, answer, hint)
        elif isinstance(answer, BaseException):
            self.say(f"a fault of this program: {answer!r}", "bad")
        elif not isinstance(request, r.OpenRollback | r.CloseRollback):
            self.say("")

    def _refused(self, request: r.Request, answer: r.Refusal, hint: str) -> None:
        if isinstance(request, r.SkipStep) and "required" in answer.reason and not request.override:
            question = f"{answer.reason}. Override? It is recorded and shown red in the report."
            again = r.SkipStep(step=request.step, reason=request.reason, override=True)
            self.push_screen(Confirm(question), lambda yes: self.ask(again) if yes else None)
            return
        self.say(answer.reason + hint, "warn")

    def _confirm(self, request: r.StartStep, answer: r.Refusal) -> None:
        again = r.StartStep(step=request.step, confirmed=True)
        self.push_screen(Confirm(answer.reason), lambda yes: self.ask(again) if yes else None)

    def _ask_values(self, request: r.Request, names: list[str]) -> None:
        """Ask for one value after the other, then ask again for what needed them."""
        if not names:
            self.ask(request)
            return
        name, rest = names[0], names[1:]

        def given(value: str) -> None:
            self.give(name, value)
            self._ask_values(request, rest)

        self.with_text(f"{name} =", given, secret=name in self.session.state.secrets)

    def give(self, name: str, value: str) -> None:
        """Give a value; a secret is kept in memory and never recorded."""
        if name in self.session.state.secrets:
            self.session.give_secret(name, value)
        else:
            self.ask(r.GiveValue(name=name, value=value))

    def with_text(
        self, question: str, then: Callable[[str], object], *, secret: bool = False
    ) -> None:
        """Ask for a line of text; nothing happens where the person leaves."""

        def answered(text: str | None) -> None:
            if text is not None:
                then(text)

        self.push_screen(AskText(question, secret=secret), answered)

    def note(self, node: str) -> None:
        """Ask for a remark and write it down."""
        self.with_text("Note", lambda text: self.ask(r.AddNote(text=text, node=node)))

    def sign(self, node: str) -> None:
        """Ask for a sign-off of a node, or of the gate that stands before it."""
        target = self._to_sign(node)
        if target is None:
            self.say("nothing here asks for a sign-off")
            return
        found = self.session.state.outline[target]
        gate = found.gate if found.gate and not gate_open(self.session.state, target) else None
        asked = gate or found.signoff
        if asked is None:
            self.say("the gate is open")
            return
        name = "" if asked.four_eyes else self.session.actor.identity

        def signed(signature: Signature | None) -> None:
            if signature is not None:
                self.ask(
                    r.SignNode(node=target, role=signature.role, approve=signature.approve,
                               comment=signature.comment),
                    self._who(signature.name),
                )  # fmt: skip

        self.push_screen(AskSignoff(found.title, asked.roles, name), signed)

    def _to_sign(self, node: str) -> str | None:
        state = self.session.state
        at = node
        while at:
            found = state.outline[at]
            if (found.gate and not gate_open(state, at)) or found.signoff:
                return at
            at = found.parent
        waiting = gates_waiting(state)
        return waiting[0] if waiting else None

    def _who(self, text: str) -> Actor:
        """Somebody at this keyboard: the claimed name beside the system's view of it."""
        name, _, rest = text.partition("<")
        own = self.session.actor
        mail = rest.strip().rstrip(">").strip()
        return Actor(name=name.strip() or own.name, email=mail, user=own.user, host=own.host)

    # -- saying and leaving ------------------------------------------------------------------------

    def say(self, text: str, tone: str = "dim") -> None:
        """One line at the bottom; stays until the next."""
        self.said, self.said_tone = printable(text, 400), tone
        for part in self.screen.query("#said"):
            part.refresh()

    def action_help(self) -> None:
        """The keys."""
        self.push_screen(Help())

    def action_leave(self) -> None:
        """Leave; commands go on."""
        if self.session.leads and self.session.state.finished is None:
            self.session.pause()
        self.exit(exit_status(self.session.state))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a pane is typed into, textual's own keys belong to the command."""
        return not (action in {"quit", "command_palette", "help_quit"} and self._typing())

    def _typing(self) -> bool:
        stray = isinstance(self.screen, PaneScreen) and self.screen.stray.expected
        return stray or bool(getattr(self.focused, "typing", False))


def exit_status(state: RunState) -> int:
    """The exit status of the contract for a run as it stands."""
    rollback = state.rollback
    if rollback is not None and rollback.finished is not None:
        later = any(s.touched and (s.started or 0) > rollback.finished
                    for s in state.steps.values())  # fmt: skip
        if not later:
            return 5 if rollback.result == "complete" else 6
    if state.finished is not None:
        return 0
    if any(s.status in BROKEN for s in state.steps.values()):
        return 1
    return 7


def settle_collector() -> None:
    """After the first frame what is there stays; full collections would stall a key press."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2000, 20, 10**6)
