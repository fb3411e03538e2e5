"""The application: the session's feed, the panic key, and questions to a person.

What the first frame does not need is imported inside the functions: the opening screen is there
before the screens of the run are loaded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.tui.collecting import LOOK, Collector
from runbook_tui.tui.dressing import faults_in_words
from runbook_tui.tui.facing import FacingApp
from runbook_tui.tui.messages import Messages
from runbook_tui.tui.opening import Opened, Opening

if TYPE_CHECKING:
    from concurrent.futures import Future

    from textual.command import Provider

    from runbook_tui.preferences.seen_hints import SeenHints
    from runbook_tui.run import requests as r
    from runbook_tui.run.events import Actor
    from runbook_tui.run.state import RunState
    from runbook_tui.session.answering import Answer
    from runbook_tui.session.ports.terminals import Terminals
    from runbook_tui.session.session import Session
    from runbook_tui.tui.panic import PanicKey
    from runbook_tui.tui.questions import Questions
    from runbook_tui.tui.views.tone import Line

STYLES = Path(__file__).parent / "styles"
STYLE_FILES = ("common.tcss", "main.tcss", "rollback.tcss", "dialogs.tcss")


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


def deeds() -> type[Provider]:
    """What the palette asks; loaded when it is opened."""
    from runbook_tui.tui.offered import Deeds

    return Deeds


class RunbookApp(FacingApp):
    """One run on a terminal. Returns the exit status of the contract."""

    TITLE = "Runbook"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {deeds}  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,ctrl+backslash", "panic", "PANIC", id="panic", priority=True,
                tooltip="shows the rollback; again, after a moment, starts it"),
        Binding("ctrl+p", "command_palette", "palette", id="palette", priority=True, show=False,
                tooltip="everything that can be done here"),
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

    class Said(Message):
        """Something to say, from another thread."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    session: Session
    terminals: Terminals
    questions: Questions
    _known: RunState
    _panic: PanicKey

    def __init__(
        self,
        session: Session | Opening,
        terminals: Terminals | None = None,
        now: Callable[[], float] | None = None,
        said: str = "",
        preferences: Preferences = DEFAULTS,
        seen: SeenHints | None = None,
    ) -> None:
        """``session``: an open one, then ``terminals`` open its panes; or what will open one.

        ``seen``: which hints were seen; without it none are given.
        """
        self.seen = seen if preferences.hints else None
        if isinstance(session, Opening):
            super().__init__(session, preferences)
        else:
            assert terminals is not None
            opened = Opened(session=session, terminals=terminals, said=said)
            super().__init__(opened, preferences)
            self.session, self.terminals = session, terminals
        self.now = now or self._time
        self.messages = Messages(said)
        self._collector = Collector()
        self._stop_listening: Callable[[], None] = lambda: None

    def _time(self) -> float:
        return self.session.now()

    @property
    def trouble(self) -> str:
        """What keeps the journal from being written."""
        return self.session.trouble

    def heading(self, width: int) -> list[Line]:
        """Where the run stands, in one line."""
        from runbook_tui.tui.screens.heading import heading

        return heading(self, width)

    # -- the run is open -------------------------------------------------------------------------

    def take(self, opened: Opened) -> None:
        """From here on this is the session."""
        self.session, self.terminals = opened.session, opened.terminals
        wrong = faults_in_words(self.preferences)
        self.messages = Messages("; ".join(filter(None, (opened.said, wrong))))
        self._known = self.session.state

    def load(self) -> None:
        """Import all that an open run shows."""
        load_screens()

    def foresee(self, opened: Opened) -> None:
        """Work out what the run's first frame says of its plan, on the thread that opened it."""
        from runbook_tui.run.forecast import forecast
        from runbook_tui.tui.views.head import readiness
        from runbook_tui.tui.views.shares import shares

        state, absent = opened.session.state, opened.session.absent
        shares(state, self.size.width, self.size.height)
        forecast(state, opened.session.now(), absent.past)
        readiness(state, absent)

    def show_run(self) -> None:
        """The main screen, and the feed of what happens."""
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
        self._stop_listening = self.session.listen(lambda _: self.post(self.Changed()))
        self.session.lookout.keep_looking()
        self.keep_terminal()
        self.begin_hints()
        # After the first frame: what is there by then is there for good.
        self.call_after_refresh(self._collector.settle)
        self.set_interval(LOOK, lambda: self._collector.tidy(self.keyed))

    # -- the session's feed ----------------------------------------------------------------------

    def on_unmount(self) -> None:
        """The session is listened to no more."""
        self._stop_listening()

    def on_runbook_app_changed(self) -> None:
        """Draw the new state on every screen that is open, and say what needs a word."""
        from runbook_tui.tui.screens.rollback import RollbackScreen
        from runbook_tui.tui.views.news import needs_somebody, news, rollback_news

        if not self.screen_stack:
            return  # News may come when the last screen has gone.
        before, self._known = self._known, self.session.state
        if self._known.seq > before.seq:
            self.messages.outdate()
        told = list(news(before, self._known, self.session.actor))
        if not isinstance(self.screen, RollbackScreen):
            told += rollback_news(before, self._known)
        for text, tone in told:
            self.say(text, tone)
        if self.preferences.bell and (told or needs_somebody(before, self._known)):
            self.bell()
        self.settle_message()
        for screen in self.screen_stack:
            # A screen that is opened or closed at this moment has not all of its parts.
            if isinstance(screen, LiveScreen) and screen.is_whole:
                screen.changed()

    def action_panic(self) -> None:
        """First press: look. A second, deliberate one: start."""
        word = "F9: the rollback shows as soon as the run is open"
        if not self.later(self.show_rollback, word):
            self._panic.press(self.keyed)

    def show_rollback(self) -> None:
        """As after one press of the panic key."""
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
            self.post(self.Answered(request, answer, asked, then))

        self.session.ask(request, actor).add_done_callback(answered)

    def on_runbook_app_answered(self, message: RunbookApp.Answered) -> None:
        """Ask what is missing, say why not, or nothing: the new state shows by itself."""
        self.questions.answered(message)

    def on_runbook_app_said(self, message: RunbookApp.Said) -> None:
        """Say it."""
        self.say(message.text)

    def ask_values(self, names: list[str], then: Callable[[], object]) -> None:
        """Ask for one value after the other, then go on with what needed them."""
        self.questions.values(names, then)

    def give(
        self, name: str, value: str, then: Callable[[], object] = lambda: None, *, step: str = ""
    ) -> None:
        """Give a value, then go on; a secret is kept in memory and never recorded.

        ``step``: whose undo needs it, where it is a value that steps put out.
        """
        from runbook_tui.run import requests as r

        if name in self.session.state.secrets:
            self.session.give_secret(name, value)
            then()
        else:
            self.ask(r.GiveValue(name=name, value=value, step=step), then=then)

    def note(self, node: str) -> None:
        """Ask for a remark and write it down."""
        from runbook_tui.run import requests as r

        self.with_text("Note", lambda text: self.ask(r.AddNote(text=text, node=node)))

    def sign(self, node: str) -> None:
        """Ask for the signature that holds a node."""
        self.questions.sign(node)

    # -- saying ------------------------------------------------------------------------------------

    def settle_message(self) -> None:
        """Drop a message that is outdated, and show what keeps the journal from being written."""
        settled = self.messages.settle()
        if self.messages.mind(self.trouble) or settled:
            self.show_message()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What Ctrl+P offers."""
        from runbook_tui.tui.palette import commands

        return commands(self, screen)


def load_screens() -> None:
    """Import all that an open run shows."""
    from runbook_tui.tui import offered, palette, panic, questions  # noqa: F401
    from runbook_tui.tui.dialogs import help  # noqa: A004, F401
    from runbook_tui.tui.screens import main, reading, rollback, watches  # noqa: F401
    from runbook_tui.tui.views import news  # noqa: F401
