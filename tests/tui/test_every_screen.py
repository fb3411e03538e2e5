"""Golden pictures of every screen at the moments that matter, at three sizes and in other faces."""

from __future__ import annotations

import importlib
import pkgutil
import threading
import time

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.screen import Screen

import runbook_tui.tui
from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.opening import Opened, Opening
from runbook_tui.tui.opening_screen import OpeningScreen
from runbook_tui.tui.trusting import TrustApp
from tests.tui.home_moments import HOME_MOMENTS
from tests.tui.moments import MOMENTS, SIZES, settled
from tests.tui.piloting import text_of, until

FACES = {
    "plain": DEFAULTS,
    "light": Preferences(theme="runbook-light"),
    "contrast": Preferences(theme="runbook-contrast"),
    "colour-safe": Preferences(theme="runbook-colour-safe"),
    "ascii": Preferences(glyphs="ascii"),
}
IN_FACES = ("overrun", "undo-failed")
HOME_IN_FACES = ("home", "form-wrong")
SHOWN_BY = {
    "MainScreen": "opened", "RollbackScreen": "rollback", "TimelineScreen": "timeline",
    "EnvironmentScreen": "environment", "WatchesScreen": "watches", "WallScreen": "wall",
    "SettingsScreen": "settings", "HomeScreen": "home", "AskValues": "form", "AskText": "note",
    "Confirm": "stop", "AskSignoff": "sign", "Help": "help", "Page": "who", "Seek": "find",
    "ReportPage": "home-report", "EditCommand": "edit-undo", "AnotherPlanPage": "another-plan",
}  # fmt: skip
"""Each screen, and a moment at which it is on top."""


def screens() -> set[str]:
    """Every screen and dialog that others are not made of."""
    found = set()
    for module in pkgutil.walk_packages(runbook_tui.tui.__path__, "runbook_tui.tui."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Screen):
                found.add(value)
    own = {kind for kind in found if kind.__module__.startswith("runbook_tui.")}
    return {k.__name__ for k in own if not any(o is not k and issubclass(o, k) for o in own)}


def test_every_screen_has_its_pictures() -> None:
    assert set(SHOWN_BY) == screens() - {OpeningScreen.__name__}


@pytest.mark.parametrize("name", MOMENTS)
async def test_picture(picture: SnapshotAssertion, name: str) -> None:
    app = MOMENTS[name].app()
    async with app.run_test(size=SIZES[0]) as pilot:
        await MOMENTS[name].reach(pilot, app)
        if name in SHOWN_BY.values():
            assert SHOWN_BY[type(app.screen).__name__] == name
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            assert await settled(pilot, app) == picture(name=f"{width}x{height}")


@pytest.mark.parametrize("name", HOME_MOMENTS)
async def test_picture_of_home(picture: SnapshotAssertion, name: str) -> None:
    app = HOME_MOMENTS[name].app()
    async with app.run_test(size=SIZES[0]) as pilot:
        await HOME_MOMENTS[name].reach(pilot, app)
        if name in SHOWN_BY.values():
            assert SHOWN_BY[type(app.screen).__name__] == name
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            assert await settled(pilot, app) == picture(name=f"{width}x{height}")


@pytest.mark.parametrize("face", list(FACES)[1:])
@pytest.mark.parametrize("name", [*IN_FACES, *HOME_IN_FACES])
async def test_face(picture: SnapshotAssertion, name: str, face: str) -> None:
    if name in HOME_MOMENTS:
        home = HOME_MOMENTS[name].app(FACES[face])
        async with home.run_test(size=SIZES[0]) as pilot:
            await HOME_MOMENTS[name].reach(pilot, home)
            assert await settled(pilot, home) == picture(name="80x24")
        return
    app = MOMENTS[name].app(FACES[face])
    async with app.run_test(size=SIZES[0]) as pilot:
        await MOMENTS[name].reach(pilot, app)
        assert await settled(pilot, app) == picture(name="80x24")


@pytest.mark.parametrize("name", [*IN_FACES, *HOME_IN_FACES])
async def test_without_colour(
    picture: SnapshotAssertion, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    await test_face(picture, name, "plain")


async def test_opening(picture: SnapshotAssertion) -> None:
    """While a run is read: nothing of it hangs on how long that takes."""
    go_on = threading.Event()

    def work(opening: Opening) -> Opened:
        opening.doing = "reading checkout.toml"
        go_on.wait(60)
        raise RuntimeError

    app = RunbookApp(Opening("checkout.toml", work))
    async with app.run_test(size=SIZES[0]) as pilot:
        await until(pilot, lambda: "reading" in text_of(app))
        screen = app.screen
        assert isinstance(screen, OpeningScreen)
        assert screen._clock is not None
        screen._clock.stop()
        screen._began = time.monotonic()
        screen._tell()
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            assert await settled(pilot, app) == picture(name=f"{width}x{height}")
        go_on.set()


async def test_trusting(picture: SnapshotAssertion) -> None:
    title = "/tmp/checkout.toml is a plan from elsewhere; this is all that it can run:"
    lines = [f"line {12 + n}: ./deploy node-{n}" for n in range(40)]
    app = TrustApp(title, ["it belongs to mallory, not to ada"], lines)
    async with app.run_test(size=SIZES[0]) as pilot:
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            assert await settled(pilot, app) == picture(name=f"{width}x{height}")
