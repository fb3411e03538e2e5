"""The application: the session's feed, the panic key, and questions to a person.

What the first frame does not need is imported inside the functions: the opening screen is there
before the screens of the run are loaded.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from runbook_tui.tui.keys_ahead import KeysAhead
from runbook_tui.tui.leaving import LeavingApp
from runbook_tui.tui.messages import Messages
from runbook_tui.tui.opening import Opened, Opening, OpeningScreen

if TYPE_CHECKING:
    from concurrent.futures import Future

    from runbook_tui.run import requests as r
    from runbook_tui.run.events import Actor
    from runbook_tui.run.state import RunState
    from runbook_tui.session.answering import Answer
    from runbook_tui.session.ports.terminals import Terminals
    from runbook_tui.session.session import Session
    from runbook_tui.tui.panic import PanicKey
    from runbook_tui.tui.questions import Questions

STYLES = Path(__file__).parent / "styles"
STYLE_FILES = ("common.tcss", "main.tcss", "rollback.tcss", "dialogs.tcss")
SETTLED = 0.25
"""Seconds from the start within which a terminal has answered what it was asked: an answer that
comes when the screen has closed would stand on the command line."""


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


class RunbookApp(LeavingApp):
    """One run on a terminal. Returns the exit status of the contract."""

    TITLE = "Runbook"
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

    class Ended(Message):
        """The opening has ended: with an open session, or not (None)."""

        def __init__(self, opened: Opened | None) -> None:
            super().__init__()
            self.opened = opened

    session: Session
    terminals: Terminals
    questions: Questions
    _known: RunState
    _panic: PanicKey

    def __init__(
        self,
        session: Session | Opening,
        terminals: Terminals | None = None,
        now: Callable[[], float] = time.time,
        said: str = "",
    ) -> None:
        """``session``: an open one, then ``terminals`` open its panes; or what will open one."""
        super().__init__()
        self._opening = session if isinstance(session, Opening) else None
        self._given: Opened | None = None
        if not isinstance(session, Opening):
            assert terminals is not None
            self._given = Opened(session=session, terminals=terminals, said=said)
            self.session, self.terminals = session, terminals
        self._wanted: Callable[[], object] | None = None
        self._began = time.monotonic()
        self.now = now
        self.messages = Messages(said)
        self._keyed = 0.0
        self.keys_ahead = KeysAhead(self)
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

    # -- keys ------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes are delivered one after the other."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.keys_ahead.take(event)
        else:
            await self.deliver(event)

    async def deliver(self, event: events.Event) -> None:
        """Give an event to whoever has the focus, now."""
        if isinstance(event, events.Key):
            # When it came, which may be long before it is dealt with.
            self._keyed = event.time
        await super().on_event(event)

    async def on_keys_ahead_settled(self, message: KeysAhead.Settled) -> None:
        """A key has had its effect: the next."""
        await self.keys_ahead.settled(message.number)

    # -- opening ---------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[object]:
        """What is there first; below the screens of the run nothing of it shows."""
        return OpeningScreen(self._opening)  # type: ignore[return-value]

    def on_mount(self) -> None:
        """Show the run, or open it first."""
        if self._given is not None:
            self._take(self._given)
            self._show()
        else:
            self.call_after_refresh(
                threading.Thread(target=self._open, name="opening", daemon=True).start
            )

    def _open(self) -> None:
        assert self._opening is not None
        try:
            # Here, so that the screen's own thread finds them loaded.
            load_screens()
        finally:
            self._post(self.Ended(self._opening.carry_out()))

    def on_runbook_app_ended(self, message: RunbookApp.Ended) -> None:
        """The run is open: show it, and do what a key has asked for meanwhile."""
        if message.opened is None:
            self.set_timer(max(0.01, SETTLED - time.monotonic() + self._began), self.exit)
            return
        self._take(message.opened)
        if self._wanted != self.action_leave:
            self._show()
        if self._wanted is not None:
            self._wanted()

    def _take(self, opened: Opened) -> None:
        self._opening = None
        self.session, self.terminals = opened.session, opened.terminals
        self.messages = Messages(opened.said)
        self._known = self.session.state

    def _show(self) -> None:
        from runbook_tui.tui.panic import PanicKey
        from runbook_tui.tui.questions import Questions
        from runbook_tui.tui.screens.main import MainScreen
        from runbook_tui.tui.screens.rollback import RollbackScreen

        self.questions = Questions(self)
        self.stylesheet.read_all([STYLES / name for name in STYLE_FILES])
        self.stylesheet.parse()
        rollback = RollbackScreen()
        self._panic = PanicKey(self, rollback)
        self.install_screen(rollback, "rollback")
        self.push_screen(MainScreen())
        self._stop_listening = self.session.listen(lambda _: self._post(self.Changed()))
        self.call_after_refresh(settle_collector)

    def _later(self, deed: Callable[[], object], word: str) -> None:
        """Do what a key asks for as soon as the run is open."""
        self._wanted = deed
        if isinstance(self.screen, OpeningScreen):
            self.screen.answer(word)

    # -- the session's feed ----------------------------------------------------------------------

    def on_unmount(self) -> None:
        """The session is listened to no more."""
        self._stop_listening()

    def _post(self, message: Message) -> None:
        if self.is_running:
            self.post_message(message)

    def on_runbook_app_changed(self) -> None:
        """Draw the new state on every screen that is open, and say what needs a word."""
        from runbook_tui.tui.screens.rollback import RollbackScreen
        from runbook_tui.tui.views.news import news, rollback_news

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

    def action_panic(self) -> None:
        """First press: look. A second, deliberate one: start."""
        if self._opening is not None:
            self._later(self._show_rollback, "F9: the rollback shows as soon as the run is open")
        else:
            self._panic.press(self._keyed)

    def _show_rollback(self) -> None:
        # However often it was pressed until the run was open, that is one press, and it comes now.
        self._panic.press(time.monotonic())

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
        from runbook_tui.run import requests as r

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
        from runbook_tui.tui.dialogs.ask import AskText

        def answered(text: str | None) -> None:
            if text is not None:
                then(text)

        self.push_screen(AskText(question, secret=secret, value=value), answered)

    def note(self, node: str) -> None:
        """Ask for a remark and write it down."""
        from runbook_tui.run import requests as r

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
        # An answer may come when the last screen has gone.
        for screen in self.screen_stack[-1:]:
            for part in screen.query("#said"):
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
        from runbook_tui.tui.dialogs.help import Help

        self.push_screen(Help())

    def action_leave(self) -> None:
        """Leave; commands go on."""
        if self._opening is None:
            super().action_leave()
        elif self._opening.leave():
            self.exit()
        else:
            self._later(self.action_leave, "q: leaves as soon as the run is open")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a pane is typed into, textual's own keys belong to the command."""
        if self._opening is not None:
            return action not in {"command_palette", "sleep"}
        return super().check_action(action, parameters)


def load_screens() -> None:
    """Import all that an open run shows."""
    from runbook_tui.tui import palette, panic, questions  # noqa: F401
    from runbook_tui.tui.dialogs import help  # noqa: A004, F401
    from runbook_tui.tui.screens import main, reading, rollback  # noqa: F401
    from runbook_tui.tui.views import news  # noqa: F401


def settle_collector() -> None:
    """After the first frame what is there stays; full collections would stall a key press."""
    gc.freeze()
    gc.set_threshold(2000, 20, 10**6)
