"""A terminal too small for the rest still shows what is brought back, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.book.model import Contact, Procedure, Stage, StageStep, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
WAITS = "echo here it waits; until test -e go; do sleep 0.02; done"


def bad_night(scene: Make) -> Scene:
    """Five steps have run; one of their undos will wait and another will fail."""
    steps = [Step(id=f"s{n}", title=f"Step {n}", run="true", undo="true") for n in range(3)]
    bad = Step(id="bad", title="Migrate", run="true", undo="false")
    slow = Step(id="slow", title="Deploy", run="true", undo=WAITS)
    look = StageStep(id="look", title="Look")
    stage = Stage(id="now", title="Emergency", from_minute=0, to_minute=2, steps=(look,))
    way = Procedure(id="way", title="Way", kind="rollback", stages=(stage,))
    return scene(
        book(*steps, bad, slow, procedures=(way,), contacts=(Contact(role="boss", who="Bo"),))
    )


@pytest.mark.parametrize("size", [(40, 10), (59, 15), (30, 8), (120, 9), (45, 40)])
async def test_the_rollback_is_seen_started_and_followed(
    scene: Make, size: tuple[int, int]
) -> None:
    place = bad_night(scene)
    session = place.open()
    for step in ("s0", "s1", "s2", "bad", "slow"):
        run_step(session, step)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "at least 60×16" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: "F9 again to START" in text_of(app))
        for words in ("ROLLBACK", "PHASE", "5 of 5 commands ready", "1 ↶ Deploy"):
            await until(pilot, lambda words=words: words in text_of(app))  # type: ignore[misc]
        ask(session, r.StartRollback(scope="run", node="", attended=False))
        await until(pilot, lambda: "0 of 5 taken back" in text_of(app))
        await until(pilot, lambda: "▶ running" in text_of(app))
        await until(pilot, lambda: "F9 again" not in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await until(pilot, lambda: "F9 ROLLBACK runs: 0 of 5" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: "0 of 5 taken back" in text_of(app))
        await pilot.pause(0.45)
        await pilot.press("f9")
        await until(pilot, lambda: "the rollback runs" in text_of(app))
        (place.work / "go").touch()
        await until(pilot, lambda: session.state.step("bad").status is Status.UNDO_FAILED)
        await until(pilot, lambda: "INCOMPLETE" in text_of(app))
        await until(pilot, lambda: "remains: Migrate" in " ".join(text_of(app).split()))
        await until(pilot, lambda: "the rollback runs" not in text_of(app))
