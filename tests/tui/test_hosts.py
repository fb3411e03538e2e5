"""A step on several machines on the screen: one row to start it, a row and a pane for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_tui.book.model import Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run.several import status_of
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from tests.integration.session.scene import Scene, book
from tests.sshd import Sshd
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


def main(app: RunbookApp) -> MainScreen:
    assert isinstance(app.screen, MainScreen)
    return app.screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_it_is_started_at_once_and_each_machine_has_its_row_and_pane(
    sshd: Sshd, scene: Make, tmp_path: Path, size: tuple[int, int]
) -> None:
    run = f'echo "out of $RUNBOOK_STEP"; test $RUNBOOK_STEP = d.far || test -e {tmp_path}/ok'
    step = Step(id="d", title="Deploy", run=run, undo="true", hosts=("far", "other", "third"),
                batch=2)  # fmt: skip
    session = scene(book(step, Step(id="z", title="Last", run="true", undo="true"))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "run it on the next 2" in text_of(app))
        assert main(app).chosen_step == "d"
        assert "Deploy on third" in text_of(app)
        assert "on 3 machines, 2 at a time: far, other, third" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: "1 of 3 done, 1 failed" in text_of(app))
        why = "Deploy on other: its command ended with exit status 1"
        await until(pilot, lambda: why in text_of(app))
        await until(pilot, lambda: "far ✓" in text_of(app) and "other ✗" in text_of(app))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "command on far ✓" in text_of(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "command on other ✗" in text_of(app))
        (tmp_path / "ok").touch()
        await pilot.press("r")
        await until(pilot, lambda: status_of(session.state, "d") is Status.DONE)
        await until(pilot, lambda: main(app).chosen_step == "z")
        await pilot.press("f9")
        await until(pilot, lambda: "Deploy on third" in text_of(app) and "on far" in text_of(app))
