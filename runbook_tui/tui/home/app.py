"""The application of the home screen: its first frame at once, all else on a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.tui.dressing import faults_in_words
from runbook_tui.tui.home.looking import Known, Looking
from runbook_tui.tui.home.offers import Choice, Form, NoForm, Row, RunRow, Source
from runbook_tui.tui.home.screen import HomeScreen
from runbook_tui.tui.messages import Messages
from runbook_tui.tui.speaking import SpeakingApp

if TYPE_CHECKING:
    from textual.command import Provider

    from runbook_tui.tui.views.document import Block

T = TypeVar("T")
STYLES = Path(__file__).parents[1] / "styles"
AGAIN = "reading runs and plans again"


def deeds() -> type[Provider]:
    """What the palette asks; loaded when it is opened."""
    from runbook_tui.tui.offered import Deeds

    return Deeds


def _folder() -> str:
    """What the folder one is in is called, also where it is there no longer."""
    try:
        return Path.cwd().name or "/"
    except OSError:
        return "a folder that is gone"


class HomeApp(SpeakingApp):
    """Shows what there is; `choice` is what a person wants, None where they left."""

    TITLE = "Runbook"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {deeds}  # noqa: RUF012  as Textual declares it
    CSS_PATH = [STYLES / "common.tcss", STYLES / "dialogs.tcss"]  # noqa: RUF012  as Textual declares it
    KEYS_OF = "home"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,ctrl+backslash", "panic", "PANIC", id="panic", priority=True,
                tooltip="shows the rollback of the chosen open run, or of the only one"),
        Binding("ctrl+p", "command_palette", "palette", id="palette", priority=True, show=False,
                tooltip="everything that can be done here"),
    ]  # fmt: skip

    class Found(Message):
        """Something is known by now: rows in the place of those of the same run or plan."""

        def __init__(self, change: Callable[[], None]) -> None:
            super().__init__()
            self.change = change

    def __init__(self, source: Source, preferences: Preferences = DEFAULTS) -> None:
        super().__init__(preferences)
        self._source = source
        self.folder = _folder()
        self.choice: Choice | None = None
        self.known = Known()
        """What is offered, as far as it was looked at."""
        self.messages = Messages(faults_in_words(preferences))
        self._looking = Looking(source, self.known, self._tell, self._taken)
        self._wants_panic = False

    def get_default_screen(self) -> Screen[object]:
        """Home is there from the first frame on."""
        return HomeScreen()  # type: ignore[return-value]

    def on_mount(self) -> None:
        """Look at everything beside the screen."""
        self.call_after_refresh(self.reload)

    def reload(self, *, aloud: bool = False) -> None:
        """Look at runs and plans again; ``aloud``: say so until that is done."""
        if aloud:
            self.say(AGAIN)
        self._looking.begin()

    def _tell(self, change: Callable[[], None]) -> None:
        if self.is_running:
            self.post_message(self.Found(change))

    def on_home_app_found(self, message: Found) -> None:
        """Show it."""
        message.change()
        for screen in self.screen_stack:
            if isinstance(screen, HomeScreen):
                screen.changed()

    def _taken(self) -> None:
        if self.said == AGAIN:
            self.say(f"read again: {len(self.known.runs)} runs, {len(self.known.plans)} plans")
        if self._wants_panic:
            self._wants_panic = False
            self.action_panic()

    # -- what a person wants ---------------------------------------------------------------------

    def open_row(self, row: Row) -> None:
        """Enter on a row."""
        if isinstance(row, RunRow):
            if row.open:
                self.end(Choice(run=row.run))
            else:
                self.show_report(row.run)
            return
        if row.faults:
            self.say(f"{row.name} has faults: `runbook check {row.name}` tells all", "warn")
            return
        self._open_plan(row.path, row.name)

    def _open_plan(self, path: str, name: str) -> None:
        self.say(f"reading {name} …")
        self._beside(lambda: self._source.form(path), self._show_form)

    def ask_plan(self) -> None:
        """Start a plan that lies elsewhere."""
        question = "Which plan? The path of its file; ~ is your home"
        self.with_text(question, lambda text: self._open_plan(text.strip(), text.strip()))

    def ask_remote(self) -> None:
        """Take part in a run that is led on another machine."""
        question = "Which git remote is the run shared over? Its name in this repository, or a URL"
        self.with_text(question, lambda text: self.end(Choice(share=text.strip())))

    def show_report(self, run: str) -> None:
        """What has happened in a run."""

        def read_it() -> tuple[Block, ...]:
            from runbook_tui.tui.views.document import read

            return read(self._source.report(run))

        def show(document: tuple[Block, ...]) -> None:
            from runbook_tui.tui.dialogs.report import ReportPage

            self.say("")
            self.push_screen(ReportPage(run, document))

        self.say(f"reading what happened in {run} …")
        self._beside(read_it, show)

    def _beside(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do something on a thread, then go on with it here."""

        def do() -> None:
            try:
                made = work()
            except NoForm as error:
                words = str(error)
                self.post_message(self.Found(lambda: self.say(words, "warn")))
            except Exception as error:  # noqa: BLE001  said on the screen, which stays
                words = f"that did not work: {error}"
                self.post_message(self.Found(lambda: self.say(words, "bad")))
            else:
                self.post_message(self.Found(lambda: then(made)))

        threading.Thread(target=do, name="home", daemon=True).start()

    def _show_form(self, form: Form) -> None:
        from runbook_tui.tui.home.form import AskValues

        def answered(choice: Choice | None) -> None:
            if choice is not None:
                self.end(choice)

        self.say("")
        self.push_screen(AskValues(form), answered)

    def action_panic(self) -> None:
        """The rollback of the chosen run, or of the only open one."""
        screen = self.screen_stack[0]
        if not self.known.loaded:
            self._wants_panic = True
            self.say("F9: the rollback shows as soon as it is known which run is open", "warn")
            return
        if self.known.no_runs:
            self.say(
                "the journal cannot be read: q, then `runbook rollback` does without it", "bad"
            )
            return
        chosen = screen.rows.chosen if isinstance(screen, HomeScreen) else None
        open_ = self.known.open_runs
        if isinstance(chosen, RunRow):
            self.end(Choice(run=chosen.run, panic=True))
        elif len(open_) == 1:
            self.end(Choice(run=open_[0].run, panic=True))
        else:
            self.say("which run? choose it, then F9" if open_ else "no run is open", "warn")

    def end(self, choice: Choice) -> None:
        """Leave, for what a person wants."""
        self.choice = replace(choice)
        self._looking.end()
        self.exit(0)

    def action_leave(self) -> None:
        """Leave; nothing is touched."""
        self._looking.end()
        self.exit(0)

    async def action_quit(self) -> None:
        """Textual's own key for leaving."""
        self.action_leave()

    def action_help_quit(self) -> None:
        """Ctrl+C ends nothing here, and says what does."""
        self.say("q leaves")

    def action_help(self) -> None:
        """The keys."""
        from runbook_tui.tui.dialogs.help import Help

        self.push_screen(Help("home" if isinstance(self.screen, HomeScreen) else "reading"))

    def action_guide(self) -> None:
        """What to begin with."""
        from runbook_tui.tui.dialogs.page import Page
        from runbook_tui.tui.home.palette import GUIDE

        self.push_screen(Page(GUIDE))

    def action_settings(self) -> None:
        """Every setting, to look at and to change."""
        from runbook_tui.tui.screens.settings import SettingsScreen

        home = self.screen_stack[0]
        if isinstance(home, HomeScreen):
            self.push_screen(SettingsScreen(home.heading))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What Ctrl+P offers."""
        from runbook_tui.tui.home.palette import commands

        return commands(self)
