"""The light and the rollback screen say what could not work, how long it takes, how far it goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.tui.app import RunbookApp
from tests.integration.session.scene import Scene, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


async def test_a_red_check_turns_the_light_and_stands_beside_its_undo(
    scene: Make, tmp_path: Path
) -> None:
    check = "test -e there || { echo 'the depot is closed'; exit 1; }"
    steps = (Step(id="a", title="Depot", run="true", undo="echo back", undo_ready=check),)
    runbook = Runbook(
        title="T", phases=(Phase(id="p", title="P", steps=steps, rollback_within=60.0),)
    )
    place = scene(runbook)
    (place.work / "there").touch()
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "1 ready" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: "about 0 s of 1 m" in text_of(app))
        assert "reaches back to “Depot”, " in text_of(app)
        (place.work / "there").unlink()
        await pilot.press("escape")

        async def opened_and_red() -> bool:
            await pilot.press("f9")
            await until(pilot, lambda: "ROLLBACK" in text_of(app))
            red = "the depot is closed" in text_of(app)
            if not red:
                await pilot.press("escape")
            return red

        while not await opened_and_red():
            pass
        shown = text_of(app)
        assert "the depot is closed; it is tried all the same" in shown
        assert "$ echo back" in shown
        assert "its command is not ready" in shown
        await pilot.press("escape")
        await until(pilot, lambda: "0 ready, 1 not" in text_of(app))
