"""Every screen at the moments that matter, on runs that stand still: by name, with a way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

from runbook_tui.book.reader import read
from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.run.plan_diff import plan_differences
from runbook_tui.run.plan_words import difference_lines
from runbook_tui.run.state import RunState
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.plan import AnotherPlanPage
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.widgets.painted import RowList
from runbook_tui.tui.widgets.pane import Pane
from tests.fakes import night
from tests.fakes.guarded import NOW, guarded
from tests.fakes.history import History
from tests.fakes.still import StillSession, StillTerminals
from tests.tui.piloting import text_of, until

SIZES = ((80, 24), (120, 40), (200, 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A run, how many seconds after its last event, and the keys to where one looks."""

    history: Callable[[], History]
    after: float = 0.0
    keys: tuple[str, ...] = ()
    shows: str
    """Words that stand on the screen once it is there."""
    act: str = ""
    """An action of the application in place of keys."""
    watched: bool = False
    source: str = ""
    """The file of settings."""
    then: Callable[[], History] | None = None
    """What the run comes to once one looks."""
    deed: str = ""
    """What is chosen in the palette then."""
    later: tuple[str, ...] = ()
    """Keys that are pressed once that has come."""
    push: Callable[[RunState], Screen[Any]] | None = None
    """A dialog that no key of a run that stands still opens."""

    def app(self, preferences: Preferences = DEFAULTS) -> RunbookApp:
        """The application at that moment."""
        if self.watched:
            _, session = guarded()
            now = NOW
        else:
            history = self.history()
            session = StillSession(history.state, history.events)
            now = session.state.last_at + self.after
        session.now = lambda: now  # type: ignore[method-assign]
        return RunbookApp(
            session,  # type: ignore[arg-type]
            StillTerminals(*night.OUTPUT),
            now=lambda: now,
            preferences=replace(preferences, source=self.source),
        )

    async def reach(self, pilot: Pilot[int], app: RunbookApp) -> None:
        """Go there, and wait until it is drawn."""
        await until(pilot, lambda: "PANIC" in text_of(app))
        await pilot.press(*self.keys)
        if self.act:
            await app.run_action(self.act)
        if self.then is not None:
            session: object = app.session
            assert isinstance(session, StillSession)
            session.state = self.then().state
            app.screen.changed()  # type: ignore[attr-defined]
        if self.deed:
            found = app.get_system_commands(app.screen)
            next(deed.callback for deed in found if deed.title == self.deed)()
        if self.push is not None:
            await app.push_screen(self.push(app.session.state))
        await pilot.press(*self.later)
        await until(pilot, lambda: self.shows in text_of(app))
        lines = (*app.screen.query(Input), *app.screen.query(TextArea))
        await until(pilot, lambda: not lines or app.screen.focused is not None)
        for line in lines:
            line.cursor_blink = False
        # What takes too long is said once, with a tick: now, not while a picture is taken.
        for screen in app.screen_stack:
            if isinstance(screen, MainScreen):
                screen.tick()
        app.say("")


async def settled(pilot: Pilot[Any], app: App[Any]) -> str:
    """The screen's picture, once nothing on it changes any more."""
    panes = [p for p in app.screen.query(Pane) if p.display and p.region.height and p.folder]
    if panes:
        await until(pilot, lambda: night.OUTPUT[-1] in text_of(app))
    before = ""
    while True:
        for rows in app.screen.query(RowList):
            # Where it was scrolled to before hangs on what was said meanwhile.
            rows.scroll_to(y=0, animate=False, force=True)
            rows._reveal()
        await pilot.pause(0.1)
        now = app.export_screenshot(title="Runbook")
        # A screen that has not heard of the terminal's new size yet is still, too.
        if now == before and app.screen.outer_size == app.size:
            return now
        before = now


def another_plan(state: RunState) -> AnotherPlanPage:
    """Somebody has written another undo and one step more into the plan's file."""
    text = night.PLAN.replace("./deploy 2.3", "./deploy 2.3 --force").replace(
        'title = "Tell support and sales"', 'title = "Tell support, sales and the shops"'
    )
    differences = plan_differences(state.runbook, read(text, "checkout.toml"))
    title = "/srv/shop/checkout.toml: what is another in it; the run goes on with its own copy"
    return AnotherPlanPage(title, list(difference_lines(differences)))


MOMENTS: dict[str, Moment] = {
    "opened": Moment(history=night.opened, after=5, shows="Freeze"),
    "gate": Moment(history=night.at_the_gate, after=240, shows="waits: cto"),
    "running": Moment(history=night.running, after=192, shows="Migrate"),
    "overrun": Moment(history=night.running, after=660, shows="takes longer"),
    "failed": Moment(history=night.failed, after=20, shows="FAILED"),
    "waiting": Moment(history=night.waiting, after=20, shows="WAITING"),
    "watched": Moment(history=night.running, watched=True, shows="! Golden path"),
    "rolled-back-main": Moment(history=night.rolled_back, after=9, shows="Freeze"),
    "pane": Moment(history=night.running, after=192, keys=("tab",), shows="Tab back"),
    "zoom": Moment(history=night.running, after=192, keys=("z",), shows="Tab back"),
    "focus": Moment(history=night.running, after=192, keys=("f",), shows="step 5 of"),
    "focus-failed": Moment(history=night.failed, after=20, keys=("f",), shows="step 5 of"),
    "rollback": Moment(history=night.failed, after=20, keys=("f9",), shows="START"),
    "nothing-to-roll-back": Moment(
        history=night.opened, after=5, keys=("f9",), shows="nothing to roll back"
    ),
    "rolling-back": Moment(
        history=night.failed, after=47, keys=("f9",), then=night.rolling_back, shows="1 of 3"
    ),
    "undo-failed": Moment(
        history=night.failed, after=60, keys=("f9",), then=night.undo_failed, shows="asks you"
    ),
    "rolled-back": Moment(
        history=night.failed, after=90, keys=("f9",), then=night.rolled_back, shows="ROLLED BACK"
    ),
    "incomplete": Moment(
        history=night.failed,
        after=90,
        keys=("f9",),
        shows="INCOMPLETE",
        then=lambda: night.rolled_back("incomplete"),
    ),
    "timeline": Moment(history=night.running, after=660, keys=("t",), shows="planned"),
    "calendar": Moment(history=night.weeks, after=90_000, keys=("t", "c"), shows="c today"),
    "wall": Moment(history=night.running, after=192, act="wall", shows="F9"),
    "wall-rollback": Moment(history=night.rolling_back, after=9, act="wall", shows="F9"),
    "watches": Moment(history=night.running, watched=True, keys=("w",), shows="measured here"),
    "environment": Moment(history=night.running, after=192, keys=("E",), shows="PGHOST"),
    "help": Moment(history=night.running, after=192, keys=("question_mark",), shows="Esc"),
    "sign": Moment(history=night.at_the_gate, after=240, keys=("s",), shows="Sign off"),
    "skip": Moment(history=night.failed, after=20, keys=("x",), shows="Why"),
    "note": Moment(history=night.running, after=192, keys=("n", *"slow"), shows="slow"),
    "no-answer": Moment(history=night.failed, after=20, keys=("x", "enter"), shows="needs an"),
    "stop": Moment(
        history=night.running, after=192, deed="Stop running commands", shows="Stop “Migrate"
    ),
    "who": Moment(history=night.running, after=192, deed="Who is here", shows="Esc back"),
    "alarms": Moment(history=night.running, after=660, deed="Alarms", shows="Esc back"),
    "another-plan": Moment(
        history=night.running, after=192, push=another_plan, shows="go on with this plan"
    ),
    "undo-whole": Moment(history=night.failed, after=20, keys=("f9", "enter"), shows="Esc back"),
    "rollback-help": Moment(
        history=night.failed, after=20, keys=("f9", "question_mark"), shows="Esc back"
    ),
    "edit-undo": Moment(
        history=night.failed,
        after=60,
        keys=("f9",),
        then=night.undo_failed,
        later=("e",),
        shows="why it is changed",
    ),
    "find": Moment(history=night.running, after=192, keys=("slash", "t", "e", "s"), shows="tes"),
    "palette": Moment(history=night.running, after=192, keys=("ctrl+p",), shows="Search for"),
    "settings": Moment(
        history=night.running,
        after=192,
        act="settings",
        shows="theme",
        source="/home/ada/.config/runbook/config.toml",
    ),
}
