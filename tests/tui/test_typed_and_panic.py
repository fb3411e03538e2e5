"""The panic key over a dialog that somebody types into: it comes, and what they typed stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.widgets import Input, TextArea

from runbook_tui.book.model import Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import requests as r
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.ask import AskText, Confirm
from runbook_tui.tui.dialogs.edit import EditCommand
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


def opened(app: RunbookApp) -> bool:
    return isinstance(app.screen, RollbackScreen)


async def test_a_reason_that_is_half_typed_is_there_when_one_comes_back(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="true")))
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press(*"not today")
        await until(pilot, lambda: app.screen.query_one(Input).value == "not today")
        await pilot.press("f9")
        await until(pilot, lambda: opened(app) and "Esc leads back to it" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        assert app.screen.query_one(Input).value == "not today"
        await pilot.press(*", it rains", "enter")
        await until(pilot, lambda: "step.skipped" in place.types())
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
    assert session.state.step("a").reason == "not today, it rains"


async def test_an_undo_that_is_being_edited_is_there_again_over_the_rollback(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="exit 3")))
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: opened(app))
        ask(session, r.StartRollback(scope="run", node=""))
        await until(pilot, lambda: "it waits for you" in text_of(app))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EditCommand))
        await pilot.press("ctrl+home", *"echo mended; true || ")
        text = "echo mended; true || exit 3"
        await until(pilot, lambda: app.screen.query_one(TextArea).text == text)
        await pilot.press("f9")
        await until(pilot, lambda: opened(app) and "it waits for you" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, EditCommand))
        assert app.screen.query_one(TextArea).text == text
        await pilot.press("tab", *"typo", "enter")
        await until(pilot, lambda: opened(app) and "ROLLED BACK" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
    assert place.types().count("rollback.closed") == 0


@pytest.mark.parametrize("key", ["enter", "x"])
async def test_a_question_into_which_nobody_typed_is_gone(scene: Make, key: str) -> None:
    """What is asked by then may be over: a yes that is left standing is one too easily given."""
    session = scene(book(Step(id="a", title="A", run="true", undo="true", confirm="sure?"))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Confirm | AskText))
        await pilot.press("f9")
        await until(pilot, lambda: opened(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_a_rollback_starts_from_above_a_half_typed_reason(scene: Make) -> None:
    session = scene(book(Step(id="a", title="A", run="true", undo="true"))).open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("w", "h", "y")
        await until(pilot, lambda: app.screen.query_one(Input).value == "why")
        await pilot.press("f9")
        await pilot.pause(0.5)
        await pilot.press("f9")
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("enter")
        await until(pilot, lambda: [n.text for n in session.state.notes] == ["why"])
