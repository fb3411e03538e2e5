"""Every key at home and of every dialog does something or says why not; none raises."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App
from textual.binding import Binding
from textual.pilot import Pilot
from textual.screen import ModalScreen

from runbook_tui.preferences.known_keys import KNOWN
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.home.app import HomeApp
from runbook_tui.tui.home.offers import Choice
from runbook_tui.tui.home.screen import HomeScreen
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.speaking import SpeakingApp
from runbook_tui.tui.widgets.painted import RowList
from tests.fakes.still import StillSession
from tests.tui.home_moments import HOME_MOMENTS
from tests.tui.moments import MOMENTS
from tests.tui.piloting import text_of, until
from tests.tui.test_every_key import MOVES, SOON

ROWS = {"home": ("home", "list"), "home-nothing": ("home",), "home-filter": ("home", "list"),
        "home-faults": ("home", "list")}  # fmt: skip
"""Homes, and the parts of the program whose keys are heard there."""
DIALOGS = {"note", "stop", "who", "another-plan", "edit-undo", "sign", "help", "find"}
AT_HOME = {"form", "home-asks", "home-report"}
EVERYWHERE = ("f9", "ctrl+c")
ALSO = ("tab", "shift+tab", "up", "down", "left", "right", "pageup", "home", "enter", "space",
        "backspace", "f5")  # fmt: skip
"""Pressed too, one after the other: whether they do anything hangs on what has the focus."""


class Held(HomeApp):
    """Home that does not end, and knows what it would have ended with."""

    ends: list[Choice | None]

    def end(self, choice: Choice) -> None:
        self.ends.append(choice)

    def action_leave(self) -> None:
        self.ends.append(None)


def held(name: str) -> Held:
    app = Held(HOME_MOMENTS[name].here())
    app.ends = []
    return app


def seen(app: SpeakingApp) -> tuple[object, ...]:
    """All that a person could notice."""
    session: object = getattr(app, "session", None)
    asked = len(session.asked) if isinstance(session, StillSession) else 0
    ended = len(app.ends) if isinstance(app, Held) else 0
    lists = [(rows.cursor, rows.scroll_offset) for rows in app.screen.query(RowList)]
    return (
        [type(screen) for screen in app.screen_stack], app.focused, app.said, lists,
        asked, ended, text_of(app), app.is_running,
    )  # fmt: skip


async def notices(pilot: Pilot[Any], app: SpeakingApp, before: object) -> bool:
    try:
        await until(pilot, lambda: seen(app) != before, SOON)
    except AssertionError:
        return False
    return True


async def alone(pilot: Pilot[Any], app: App[Any], *kinds: type) -> None:
    """Only the screen below all dialogs."""
    while not isinstance(app.screen, kinds):
        app.pop_screen()
    await pilot.pause()


def own_keys(dialog: object) -> list[tuple[str, str]]:
    """The keys that a dialog has itself, with what they do."""
    assert isinstance(dialog, ModalScreen)
    bindings = Binding.make_bindings(vars(type(dialog))["BINDINGS"])
    return [(binding.key, binding.action) for binding in bindings]


@pytest.mark.parametrize("name", ROWS)
async def test_of_home(name: str) -> None:
    app = held(name)
    silent = set()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await HOME_MOMENTS[name].reach(pilot, app)
        home = app.screen
        assert isinstance(home, HomeScreen)
        wanted = home.wanted
        for known in (k for k in KNOWN if k.part in ROWS[name]):
            for key in known.keys:
                await alone(pilot, app, HomeScreen)
                home.wanted = wanted
                home.changed()
                app.say("")
                await pilot.pause()
                before = seen(app)
                await pilot.press(key)
                if known.id in MOVES:
                    await pilot.pause()
                elif not await notices(pilot, app, before):
                    silent.add((known.id, key))
                assert app.is_running, key
    assert not silent


async def pressed_in(
    pilot: Pilot[Any], app: SpeakingApp, key: str, action: str, silent: set[str]
) -> None:
    app.say("")
    await pilot.pause()
    before = seen(app)
    await pilot.press(key)
    if action.startswith(("scroll", "move")):
        await pilot.pause()
    elif not await notices(pilot, app, before):
        silent.add(key)
    assert app.is_running, key


@pytest.mark.parametrize("name", sorted(DIALOGS))
async def test_of_a_dialog_of_a_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "true")
    app: RunbookApp = MOMENTS[name].app()
    silent: set[str] = set()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await MOMENTS[name].reach(pilot, app)
        keys = [*own_keys(app.screen), *((key, "") for key in EVERYWHERE)]
        for key, action in keys:
            await alone(pilot, app, MainScreen)
            await MOMENTS[name].reach(pilot, app)
            await pressed_in(pilot, app, key, action, silent)
            if key == "f9":
                await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        await alone(pilot, app, MainScreen)
        await MOMENTS[name].reach(pilot, app)
        await pilot.press(*ALSO)
        assert app.is_running
    assert not silent


@pytest.mark.parametrize("name", sorted(AT_HOME))
async def test_of_a_dialog_at_home(name: str) -> None:
    app = held(name)
    silent: set[str] = set()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await HOME_MOMENTS[name].reach(pilot, app)
        keys = [*own_keys(app.screen), *((key, "") for key in EVERYWHERE)]
        for key, action in keys:
            await alone(pilot, app, HomeScreen)
            screen = app.screen
            assert isinstance(screen, HomeScreen)
            screen.rows.put_cursor(0)
            await HOME_MOMENTS[name].reach(pilot, app)
            await pressed_in(pilot, app, key, action, silent)
        await pilot.press(*ALSO)
        assert app.is_running
    assert not silent


def test_no_dialog_is_left_out() -> None:
    """But Textual's own, whose keys are not ours."""
    told = {known.id.partition(":")[0] for known in dialog_keys()}
    tried = {"AskText", "Confirm", "Page", "AnotherPlanPage", "EditCommand", "AskSignoff", "Help",
             "Seek", "AskValues", "Dialog", "ReportPage"}  # fmt: skip
    assert told - tried == {"TrustApp"}, "that has a program of its own (test_trusting)"


def dialog_keys() -> list[Any]:
    from tests.keymap import known

    return [k for k in known() if k.part == "dialog"]
