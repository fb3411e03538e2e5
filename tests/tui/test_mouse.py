"""What can be pressed can be clicked: keys where they are shown, beside a dialog, the head."""

from __future__ import annotations

import pytest
from textual.command import CommandPalette
from textual.widget import Widget

from runbook_tui.run import requests as r
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.help import Help
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.views.tone import Line
from runbook_tui.tui.widgets.painted import key_at
from tests.tui.mouse import click_on
from tests.tui.piloting import text_of, until
from tests.tui.test_keymap import asked, with_keys
from tests.tui.test_pictures import half_way

FOOT: Line = [(" ", "plain"), ("Enter", "key"), (" run  ", "plain"), ("[ ]", "key"),
              (" others  ", "plain"), ("↑↓", "key"), (" scroll", "plain"), ("x", "dim"),
              (" F9 PANIC: roll back ", "panic")]  # fmt: skip


@pytest.mark.parametrize(
    ("x", "key"),
    [(0, ""), (1, "enter"), (8, "enter"), (12, "left_square_bracket"),
     (14, "right_square_bracket"), (18, "right_square_bracket"), (24, "up"), (25, "down"),
     (28, "down"), (33, ""), (36, "f9"), (54, "f9"), (55, "")],
)  # fmt: skip
def test_each_cell_is_the_key_that_it_names(x: int, key: str) -> None:
    class Bare:
        screen = None

    bare: Widget = Bare()  # type: ignore[assignment]
    assert key_at(bare, FOOT, x) == key


async def test_keys_at_the_foot_and_beside_a_dialog() -> None:
    app: RunbookApp = half_way()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Merge" in text_of(app))
        await click_on(pilot, app, "? help")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await pilot.click(offset=(40, 23))
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await click_on(pilot, app, "Ship it")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await click_on(pilot, app, "Look")
        await click_on(pilot, app, "Enter run")
        await until(pilot, lambda: asked(app) == [r.StartStep(step="look")])
        await click_on(pilot, app, "F9 PANIC")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        await click_on(pilot, app, "Esc back")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_a_changed_key_is_clicked_where_it_is_shown() -> None:
    app = with_keys('run = "ctrl+r"')
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Ctrl+R run" in text_of(app))
        await click_on(pilot, app, "Look")
        await click_on(pilot, app, "Ctrl+R run")
        await until(pilot, lambda: asked(app) == [r.StartStep(step="look")])
