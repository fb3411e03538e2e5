"""The output of a running undo: the mouse may take from it, and it goes on being followed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import events

from runbook_tui.book.model import Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run.requests import StartRollback, StartStep
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.widgets.undo_pane import UndoPane
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


async def test_it_is_copied_from_and_followed_again(scene: Make) -> None:
    undo = "seq 3000; until test -e go; do sleep 0.02; done; seq 4000"
    place = scene(book(Step(id="a", title="A", run="true", undo=undo)))
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        ask(session, StartRollback(scope="run", node=""))
        await until(pilot, lambda: "2999" in text_of(app))
        pane = app.screen.query_one(UndoPane)
        region = pane.content_region

        async def mouse(kind: type[events.MouseEvent], x: int, y: int, button: int = 1) -> None:
            at = (region.x + x, region.y + y)
            app.post_message(kind(None, *at, 0, 0, button, False, False, False, *at))
            await pilot.pause()

        for kind, x, y in ((events.MouseDown, 0, 0), (events.MouseMove, 3, 1),
                           (events.MouseUp, 3, 1)):  # fmt: skip
            await mouse(kind, x, y)
        await until(pilot, lambda: app.clipboard)
        first, second = app.clipboard.split("\n")
        assert int(second) == int(first) + 1
        await until(pilot, lambda: pane.place is None and not pane.sampler.held)
        await mouse(events.MouseScrollUp, 1, 1, button=0)
        await until(pilot, lambda: pane.place)
        assert "scroll down to its end to follow it" in text_of(app)
        await mouse(events.MouseScrollDown, 1, 1, button=0)
        await until(pilot, lambda: pane.place is None)
        (place.work / "go").touch()
        await until(pilot, lambda: "3999" in text_of(app))
        assert app.screen.focused is app.screen.query_one("#undos")


async def test_of_several_at_once_it_says_whose_output_it_is_and_a_person_chooses(
    scene: Make,
) -> None:
    wait = "; until test -e go; do sleep 0.02; done"
    steps = [Step(id=id_, title=f"[b]{id_}", run="true", undo=f"echo of-{id_}{wait}", needs=())
             for id_ in ("one", "two")]  # fmt: skip
    place = scene(book(*steps, undos_at_once=2))
    session = place.open()
    for step in steps:
        run_step(session, step.id)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        ask(session, StartRollback(scope="run", node=""))
        await until(pilot, lambda: "1 more runs: ↑↓" in text_of(app))

        def shows(id_: str) -> bool:
            lines = [line.strip("│┃▏▕ ") for line in text_of(app).splitlines()]
            return f"of-{id_}" in lines and f"output of “[b]{id_}”" in text_of(app)

        for key, id_ in (("down", "one"), ("up", "two")):
            await pilot.press(key)
            await until(pilot, partial(shows, id_))
        (place.work / "go").touch()
        await until(pilot, lambda: not session.state.rolling_back)
        await until(pilot, lambda: "more runs" not in text_of(app))


async def test_a_command_that_put_out_nothing_says_so_with_its_end_and_time(scene: Make) -> None:
    place = scene(book(
        Step(id="a", title="A", run="true", undo="until test -e go; do sleep 0.02; done"),
        Step(id="b", title="B", run="exit 3", undo="true"),
    ))  # fmt: skip
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("up")
        await until(pilot, lambda: "no output, exit 0, 0." in text_of(app))
        await pilot.press("down")
        ask(session, StartStep(step="b"))
        await until(pilot, lambda: "no output, exit 3, 0." in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        ask(session, StartRollback(scope="run", node=""))
        await until(pilot, lambda: session.state.step("a").status is Status.UNDOING)
        # Of one that runs nothing is said yet.
        await until(
            pilot, lambda: "output of “A”" in text_of(app) and "no output" not in text_of(app)
        )
        (place.work / "go").touch()
        await until(
            pilot, lambda: "ROLLED BACK" in text_of(app) and "no output, exit 0" in text_of(app)
        )
