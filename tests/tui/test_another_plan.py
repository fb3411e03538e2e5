"""The plan's file changes while its run is open: it is shown, and taken over only when asked."""

from __future__ import annotations

from collections.abc import Callable

from runbook_tui.book.reader import read
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from tests.fakes.history import GRACE
from tests.integration.session.scene import Scene, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
PLAN = """\
format = 1
title = "Ship"
[[phase]]
id = "p"
title = "Phase"
[[phase.step]]
id = "a"
title = "Alpha"
run = "true"
undo = "true"
[[phase.step]]
id = "b"
title = "Beta"
run = "true"
undo = "true"
"""
OTHER = PLAN.replace('"Beta"', '"Gamma"').replace('id = "a"\ntitle = "Alpha"',
                                                  'id = "z"\ntitle = "Zeta"')  # fmt: skip


async def test_the_difference_is_read_and_taken_over_by_a_key_of_its_own(scene: Make) -> None:
    this = scene(read(PLAN, "plan.toml"), text=PLAN)
    path = this.work / "plan.toml"
    session = this.open()
    run_step(session, "a")
    path.write_text(OTHER)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", *"changed plan")
        await until(pilot, lambda: "going on with that" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "T go on with this plan" in text_of(app))
        assert "title: Beta → Gamma" in text_of(app)
        await pilot.press("t", "enter")
        await until(pilot, lambda: "the run keeps its plan" in text_of(app))
        assert session.state.outline["b"].title == "Beta"
        await pilot.press("ctrl+p", *"changed plan")
        await until(pilot, lambda: "going on with that" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "T go on with this plan" in text_of(app))
        await pilot.press("T")
        await until(pilot, lambda: "the run goes on with" in text_of(app))
        await until(pilot, lambda: "Gamma" in text_of(app) and "Alpha" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: "ROLLBACK" in text_of(app) and "Alpha" in text_of(app))
    assert session.state.step("a").status is Status.DONE


async def test_who_looks_on_sees_the_new_plan(scene: Make) -> None:
    from runbook_tui.session.another_plan import read_another, take

    this = scene(read(PLAN, "plan.toml"), text=PLAN)
    path = this.work / "plan.toml"
    session, beside = this.open(), this.open(leads=False, actor=GRACE)
    run_step(session, "a")
    app = RunbookApp(beside, LogTerminals())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "Beta" in text_of(app))
        path.write_text(OTHER)
        take(session, read_another(session, path))
        await until(pilot, lambda: "goes on with another plan" in text_of(app))
        await until(pilot, lambda: "Gamma" in text_of(app) and "Beta" not in text_of(app))


async def test_a_faulty_plan_is_shown_with_its_faults_and_cannot_be_taken(scene: Make) -> None:
    this = scene(read(PLAN, "plan.toml"), text=PLAN)
    (this.work / "plan.toml").write_text(PLAN + "oops = \n")
    session = this.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+p", *"changed plan")
        await until(pilot, lambda: "going on with that" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "so the run keeps its plan" in text_of(app))
        await pilot.press("T", "escape")
    assert "plan.changed" not in this.types()
