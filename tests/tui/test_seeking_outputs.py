"""`/` on the list also finds what commands have put out, beside the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_tui.book.model import Parameter, Secret, Step
from runbook_tui.command.terminal import LogTerminal, LogTerminals
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.seek import Seek
from tests.integration.session.scene import Scene, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


@pytest.fixture(autouse=True)
def nothing_looked_for() -> None:
    Seek.last = ""


def steps() -> tuple[Step, ...]:
    return (
        Step(id="a", title="First", undo="true",
             run="seq 500; echo A Needle lies here; seq 500; echo the word is $word"),
        Step(id="b", title="Second", run="echo nothing to see", undo="true"),
    )  # fmt: skip


async def test_a_line_of_an_output_is_found_and_enter_looks_at_it(scene: Make) -> None:
    session = scene(book(*steps())).open()
    run_step(session, "a")
    run_step(session, "b")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Second" in text_of(app))
        await pilot.press("slash", *"needle")
        await until(pilot, lambda: "found, 1 in outputs" in text_of(app))
        assert "First  A Needle lies here" in text_of(app)
        assert "(looking)" not in text_of(app)
        # Below what the plan says of it: the command that is in the plan, too, comes first.
        await pilot.press("end", "down", "enter")
        await until(pilot, lambda: not isinstance(app.screen, Seek))
        await until(pilot, lambda: "“needle”" in app.said)
        await until(pilot, lambda: "│" not in text_of(app) and "A Needle lies here" in text_of(app))
        assert app.screen.chosen_step == "a"  # type: ignore[attr-defined]
        assert app.screen.looks  # type: ignore[attr-defined]


async def test_a_secret_is_not_there_to_be_found(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_OF_WORD", "open-sesame")
    parameters = (Parameter(name="word", secret=Secret(env="SOURCE_OF_WORD")),)
    session = scene(book(*steps(), parameters=parameters)).open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Second" in text_of(app))
        await pilot.press("slash", *"the word is")
        await until(pilot, lambda: "1 in outputs" in text_of(app))
        assert "open-sesame" not in text_of(app)
        for _ in "the word is":
            await pilot.press("backspace")
        await pilot.press(*"sesame")
        await until(pilot, lambda: app.screen._search and app.screen._search.over)  # type: ignore[attr-defined]
        assert "in outputs" not in text_of(app)


async def test_a_search_that_takes_its_time_holds_up_no_key(scene: Make) -> None:
    go = threading.Event()

    class Slow(LogTerminals):
        def open(self, folder: Path) -> LogTerminal:
            go.wait(20)
            return super().open(folder)

    session = scene(book(*steps())).open()
    run_step(session, "a")
    terminals = Slow()
    app = RunbookApp(session, terminals)
    async with app.run_test(size=(80, 24)) as pilot:
        go.set()
        await until(pilot, lambda: "First" in text_of(app))
        go.clear()
        await pilot.press("slash", *"needle")
        await until(pilot, lambda: "(looking)" in text_of(app))
        await pilot.press("backspace")
        await until(pilot, lambda: "needle" not in text_of(app) and "needl" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Seek))
        go.set()
