"""The application: the session's feed, the panic key, and questions to a person."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key
from textual.message import Message
from textual.screen import Screen

from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.state import BROKEN, RunState
from runbook_tui.session.answering import Answer
from runbook_tui.session.ports.terminals import Terminals
from runbook_tui.session.session import Session
from runbook_tui.tui.dialogs.ask import AskText
from runbook_tui.tui.dialogs.help import Help
from runbook_tui.tui.messages import Messages
from runbook_tui.tui.panic import PanicKey
from runbook_tui.tui.questions import Questions
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.panes import PaneScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.views.news import news, rollback_news


@runtime_checkable
class LiveScreen(Protocol):
    """A screen that shows the run as it is now."""

    @property
    def is_whole(self) -> bool:
        """Whether all its parts are there to be drawn."""
        ...

    def changed(self) -> None:
        """Draw the run as it is now."""
        ...


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

        def __init__(
            self,
            request: r.Request,
            answer: Answer | BaseException,
            asked: float,
            then: Callable[[], object] | None = None,
        ) -> None:
            super().__init__()
            self.request = request
            self.answer = answer
            self.asked = asked
            self.then = then

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
        self.messages = Messages(said)
        self.questions = Questions(self)
        self._known = session.state
        self._rollback = RollbackScreen()
        self._panic = PanicKey(self, self._rollback)
        self._keyed = 0.0
        self._stop_listening: Callable[[], None] = lambda: None

    @property
    def said(self) -> str:
        """What stands in the message line."""
        return self.messages.text

    @property
    def said_tone(self) -> str:
        """The tone of the message."""
        return self.messages.tone

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
        """Draw the new state on every screen that is open, and say what needs a word."""
        before, self._known = self._known, self.session.state
        if self._known.seq > before.seq:
            self.messages.outdate()
        for text, tone in news(before, self._known, self.session.actor):
            self.say(text, tone)
        if not isinstance(self.screen, RollbackScreen):
            for text, tone in rollback_news(before, self._known):
                self.say(text, tone)
        self.settle_message()
        for screen in self.screen_stack:
            # A screen that is opened or closed at this moment has not all of its parts.
            if isinstance(screen, LiveScreen) and screen.is_whole:
                screen.changed()

    async def on_event(self, event: Event) -> None:
        """Keep when a key came, which may be long before it is dealt with."""
        if isinstance(event, Key):
            self._keyed = event.time
        await super().on_event(event)

    def action_panic(self) -> None:
        """First press: look. A second, deliberate one: start."""
        self._panic.press(self._keyed)

    # -- asking the session ------------------------------------------------------------------------

    def ask(
        self,
        request: r.Request,
        actor: Actor | None = None,
        then: Callable[[], object] | None = None,
    ) -> None:
        """Ask the session; the answer comes as a message, and after a yes ``then`` is called."""
        asked = time.monotonic()

        def answered(future: Future[Answer]) -> None:
            answer = future.exception() or future.result()
            self._post(self.Answered(request, answer, asked, then))

        self.session.ask(request, actor).add_done_callback(answered)

    def on_runbook_app_answered(self, message: RunbookApp.Answered) -> None:
        """Ask what is missing, say why not, or nothing: the new state shows by itself."""
        self.questions.answered(message)

    def ask_values(self, names: list[str], then: Callable[[], object]) -> None:
        """Ask for one value after the other, then go on with what needed them."""
        self.questions.values(names, then)

    def give(self, name: str, value: str, then: Callable[[], object] = lambda: None) -> None:
        """Give a value, then go on; a secret is kept in memory and never recorded."""
        if name in self.session.state.secrets:
            self.session.give_secret(name, value)
            then()
        else:
            self.ask(r.GiveValue(name=name, value=value), then=then)

    def with_text(
        self,
        question: str,
        then: Callable[[str], object],
        *,
        secret: bool = False,
        value: str = "",
    ) -> None:
        """Ask for a line of text, ``value`` to begin with; leaving it changes nothing."""

        def answered(text: str | None) -> None:
            if text is not None:
                then(text)

        self.push_screen(AskText(question, secret=secret, value=value), answered)

    def note(self, node: str) -> None:
        """Ask for a remark and write it down."""
        self.with_text("Note", lambda text: self.ask(r.AddNote(text=text, node=node)))

    def sign(self, node: str) -> None:
        """Ask for the signature that holds a node."""
        self.questions.sign(node)

    # -- saying and leaving ------------------------------------------------------------------------

    def say(self, text: str, tone: str = "dim") -> None:
        """A message at the bottom, until the next or until it is outdated."""
        self.messages.say(text, tone)
        self.show_message()

    def show_message(self) -> None:
        """Draw the message line again."""
        for part in self.screen.query("#said"):
            part.refresh(layout=True)

    def settle_message(self) -> None:
        """Drop a message that is outdated, and show what keeps the journal from being written."""
        settled = self.messages.settle()
        if self.messages.mind(self.trouble) or settled:
            self.show_message()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What Ctrl+P offers."""
        from runbook_tui.tui.palette import commands

        return commands(self)

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
