"""Two outputs at once, and the names of all there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.book.model import Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.widgets.pane import Pane
from tests.integration.session.scene import Scene, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
SERVE = Step(id="s", title="Serve", undo="true", background=True,
             run="echo out-of-serve; exec sleep 60")  # fmt: skip
ASK = Step(id="a", title="Ask", undo="true", interactive=True,
           run="echo out-of-ask; read x; echo got:$x; read y")  # fmt: skip


def main(app: RunbookApp) -> MainScreen:
    assert isinstance(app.screen, MainScreen)
    return app.screen


def panes(app: RunbookApp) -> tuple[Pane, Pane]:
    first, second = (output.pane for output in main(app).every_output)
    return first, second


@pytest.mark.parametrize("size", [(80, 24), (99, 30), (100, 30), (120, 40)])
async def test_two_outputs_are_seen_and_typed_into_one_at_a_time(
    scene: Make, size: tuple[int, int]
) -> None:
    session = scene(book(SERVE, ASK)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: main(app).chosen_step == "a")
        await pilot.press("enter")
        await until(pilot, lambda: "command ▶" in text_of(app))
        await pilot.press("b")
        await until(pilot, lambda: "out-of-ask" in text_of(app) and "out-of-serve" in text_of(app))
        first, second = panes(app)
        assert first.has_focus
        assert "elsewhere: “Serve”" in text_of(app)
        if size[0] >= 100:
            assert first.region.y == second.region.y
            assert abs(first.size.width - second.size.width) <= 1
        else:
            assert first.region.x == second.region.x
            assert second.region.y > first.region.bottom
        assert min(first.size.height, second.size.height) >= 8
        await pilot.press("tab")
        await until(pilot, lambda: second.has_focus)
        await pilot.press("right_square_bracket", "left_square_bracket")
        await until(pilot, lambda: second.folder == first.folder)
        await pilot.press("i", "o", "k", "enter")
        await until(pilot, lambda: text_of(app).count("got:ok") == 2)
        await pilot.press("ctrl+right_square_bracket", "b")
        await until(pilot, lambda: first.has_focus and not second.region)
        assert not second.folder
        await pilot.press("escape")
        await until(pilot, lambda: main(app).rows.has_focus)
        await pilot.press("tab")
        await until(pilot, lambda: first.has_focus)


async def test_where_two_have_no_room_that_is_said(scene: Make) -> None:
    session = scene(book(SERVE, ASK)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 19)) as pilot:
        await pilot.press("b")
        await until(pilot, lambda: "there is no room here for two outputs" in text_of(app))
        await pilot.resize_terminal(80, 24)
        await pilot.press("b")
        await until(pilot, lambda: "there is no output to look at yet" in text_of(app))
        assert not main(app).has_class("-beside")


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (140, 40)])
async def test_every_attempt_is_named_and_in_reach(scene: Make, size: tuple[int, int]) -> None:
    step = Step(id="t", title="T", run='n=$(cat n 2>/dev/null || echo 1); echo "try $n";'
                ' echo $((n+1)) > n; test "$n" = 3')  # fmt: skip
    session = scene(book(step, ASK)).open()
    for status in (Status.FAILED, Status.FAILED, Status.DONE):
        run_step(session, "t", status)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await pilot.press("up", "tab", "z")
        await until(pilot, lambda: "try 3" in text_of(app))
        assert "command, attempt 3 ✓ exit 0" in text_of(app)
        if size[0] >= 80:
            assert " attempt 1 ✗  attempt 2 ✗ ‹attempt 3 ✓›" in text_of(app)
        else:
            assert "3 of 3" in text_of(app)
        await pilot.press("left_square_bracket", "left_square_bracket")
        await until(pilot, lambda: "try 1" in text_of(app))
        assert "command ✗ exit 1" in text_of(app)
