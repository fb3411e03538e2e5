"""Keys in a burst: what is typed while a question opens goes into it, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events
from textual.pilot import Pilot

from runbook_tui.book.model import Check, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.integration.session.scene import Scene, book
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
STEPS = (Step(id="a", title="Alpha", run="true", undo="true"),
         Step(id="b", title="Beta", checks=(Check(id="c", title="Check"),)))  # fmt: skip
NAMED = {" ": "space", "\r": "enter", "/": "slash", "\x1b": "escape", "\t": "tab"}


def burst(app: RunbookApp, text: str) -> None:
    """Keys as a terminal sends them when they were typed ahead: all at once."""
    for character in text:
        name = NAMED.get(character, character)
        app.post_message(events.Key(name, character))


async def at_work(pilot: Pilot[int], app: RunbookApp) -> None:
    await until(pilot, lambda: "READY Alpha" in text_of(app))


@pytest.mark.parametrize("number", range(3))
async def test_a_note_typed_in_one_burst_is_kept_whole(scene: Make, number: int) -> None:
    session = scene(book(*STEPS)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_work(pilot, app)
        burst(app, f"nqtx s number {number} q\r")
        await until(pilot, lambda: session.state.notes)
        assert session.state.notes[0].text == f"qtx s number {number} q"
        assert isinstance(app.screen, MainScreen)
        assert session.state.step("a").status is Status.PENDING


async def test_several_questions_one_after_the_other(scene: Make) -> None:
    session = scene(book(*STEPS)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_work(pilot, app)
        burst(app, "none\rntwo\rxnot today\rnthree\r")
        await until(pilot, lambda: len(session.state.notes) == 3)
        assert [note.text for note in session.state.notes] == ["one", "two", "three"]
        assert session.state.step("a").reason == "not today"


async def test_a_question_that_is_left_at_once_takes_its_keys_with_it(scene: Make) -> None:
    session = scene(book(*STEPS)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_work(pilot, app)
        burst(app, "nqqq\x1b/beta\r")
        await until(pilot, lambda: isinstance(app.screen, MainScreen) and chosen(app) == "b")
        assert not session.state.notes
        assert app.is_running


async def test_the_panic_key_never_waits_behind_others(scene: Make) -> None:
    session = scene(book(*STEPS)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_work(pilot, app)
        burst(app, "nab")
        app.post_message(events.Key("f9", None))
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert not session.state.notes


async def test_ctrl_c_says_how_to_leave(scene: Make) -> None:
    app = RunbookApp(scene(book(*STEPS)).open(), LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_work(pilot, app)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "q leaves; commands go on · F9 brings it back" in text_of(app))
        assert "ctrl+q" not in text_of(app)


def chosen(app: RunbookApp) -> str:
    assert isinstance(app.screen, MainScreen)
    return app.screen.chosen
