"""A rehearsal on the screen: Enter goes through a step, F9 twice rehearses the rollback."""

from __future__ import annotations

from collections.abc import Callable

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.leaving import exit_status
from runbook_tui.tui.panic import APART
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.widgets.checklist import Checklist
from tests.integration.session.scene import Scene
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


def plan() -> Runbook:
    steps = (
        Step(id="a", title="Merge", before="x", outputs=("old",), run="touch merged",
             undo="touch undone ${{ old }}", undo_ready="touch asked"),
        Step(id="b", title="Look", run="touch looked; rm looked; touch seen", rehearse=True,
             undo="rm seen"),
        Step(id="c", title="Call", text="by hand"),
    )  # fmt: skip
    gate = Gate(roles=("cto",))
    return Runbook(title="Test", roles={"cto": ("*",)},
                   phases=(Phase(id="p", title="Phase", gate=gate, steps=steps),))  # fmt: skip


async def test_enter_goes_through_and_f9_twice_rehearses_the_rollback(scene: Make) -> None:
    place = scene(plan(), rehearse=True)
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(110, 34)) as pilot:
        await until(pilot, lambda: "REHEARSAL" in text_of(app))
        assert "go through it, nothing runs" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("a").status is Status.REHEARSED)
        await until(pilot, lambda: "run it, REALLY" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("b").status is Status.DONE)
        await until(pilot, lambda: "go through it" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("c").status is Status.REHEARSED)
        await until(pilot, lambda: "F9, and F9 again, rehearses" in text_of(app))
        assert {p.name for p in place.work.iterdir()} == {"seen"}

        await pilot.press("f9")
        await until(pilot, lambda: "F9 again to START" in text_of(app))
        shown = text_of(app)
        assert "ROLLBACK  REHEARSAL" in shown
        assert "ready once old is known" in shown
        await pilot.pause(APART)
        await pilot.press("f9")
        await until(pilot, lambda: session.state.finished is not None)
        await until(pilot, lambda: "in rehearsal: 1 of 2 undos would have been" in text_of(app))
        assert "1 step that really ran is taken back" in text_of(app)
        assert "ROLLED BACK" not in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, RollbackScreen))
        await pilot.press("g", *["down"] * 2)
        await until(pilot, lambda: app.screen.query_one(Checklist).chosen_step == "b")
        await until(pilot, lambda: "the rehearsal is over" in text_of(app))
        assert "run it, REALLY" not in text_of(app)
    assert list(place.work.iterdir()) == []
    assert exit_status(session.state) == 6
    rollback = session.state.rollback
    assert rollback is not None
    assert dict(rollback.results) == {"c": "not ready", "b": "done", "a": "rehearsed"}
    assert not {"signoff.given", "gate.opened"} & set(place.types())
