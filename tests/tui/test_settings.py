"""The settings screen: what is changed there counts at once, and stands in the file."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from runbook_tui.preferences.reading import read_text
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.settings import SettingsScreen
from tests.tui.piloting import text_of, until
from tests.tui.test_pictures import half_way


def file() -> Path:
    return Path(os.environ["RUNBOOK_CONFIG"])


def with_file(text: str) -> RunbookApp:
    file().parent.mkdir()
    file().write_text(text)
    return half_way(read_text(text, str(file())))


def text_there() -> str:
    return file().read_text() if file().exists() else ""


def written() -> dict[str, object]:
    return tomllib.loads(text_there())


async def opened(pilot: Pilot[int], app: RunbookApp) -> None:
    await until(pilot, lambda: "Merge" in text_of(app))
    app.action_settings()
    await until(pilot, lambda: "‹ runbook-dark ›" in text_of(app))


async def to_act(pilot: Pilot[int], app: RunbookApp, words: str) -> None:
    screen = app.screen
    assert isinstance(screen, SettingsScreen)
    at = next(n for n, entry in enumerate(screen._entries) if entry.words == words)
    screen.rows.put_cursor(at)
    await until(pilot, lambda: screen.rows.cursor == at)


async def test_a_value_moves_on_counts_at_once_and_is_written() -> None:
    app = half_way()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        await pilot.press("right")
        await until(pilot, lambda: app.theme == "runbook-light")
        assert written() == {"theme": "runbook-light"}
        await until(pilot, lambda: "‹ runbook-light ›" in text_of(app) and "yours" in text_of(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.preferences.ascii)
        assert written() == {"theme": "runbook-light", "glyphs": "ascii"}
        await pilot.press("delete")
        await until(pilot, lambda: not app.preferences.ascii)
        assert written() == {"theme": "runbook-light"}


async def test_keys_are_asked_for_and_do_what_they_say() -> None:
    app = half_way()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        await to_act(pilot, app, "sign off")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query(Input))
        app.screen.query_one(Input).value = "S, f5"
        await pilot.press("enter")
        await until(pilot, lambda: app.preferences.keys("sign") == ("S", "f5"))
        assert written() == {"keys": {"sign": ["S", "f5"]}}
        await pilot.press("escape")
        await until(pilot, lambda: "S sign" in text_of(app))


async def test_wrong_keys_are_said_and_nothing_is_written() -> None:
    app = half_way()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        await to_act(pilot, app, "sign off")
        for text, why in (("x", "x would be"), ("ctrl+enterr", "is no key"), ("f9", "panic key")):
            await pilot.press("enter")
            await until(pilot, lambda: app.screen.query(Input))
            app.screen.query_one(Input).value = text
            await pilot.press("enter")
            await until(pilot, lambda why=why: why in text_of(app))  # type: ignore[misc]
            assert "not changed" in app.said
    assert written() == {}


async def test_a_file_with_faults_is_said_and_left_as_it_is() -> None:
    app = with_file("theme = nord\n")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        assert ":1:" in text_of(app)
        await pilot.press("right")
        await until(pilot, lambda: "mend that first" in text_of(app))
    assert text_there() == "theme = nord\n"
