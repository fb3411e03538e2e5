"""Where the cursor stands, and that it can be seen without colour."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.book.model import Check, Gate, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.run.upcoming import next_open
from runbook_tui.session.session import Session
from runbook_tui.tui.app import RunbookApp
from tests.fakes.history import LINUS, History
from tests.fakes.plans import chain
from tests.fakes.still import StillSession, StillTerminals
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
HAND = Step(id="h", title="By hand",
            checks=(Check(id="c1", title="One"), Check(id="c2", title="Two")))  # fmt: skip


def chosen(app: RunbookApp) -> str:
    return str(app.screen.chosen)  # type: ignore[attr-defined]


@pytest.mark.parametrize("no_colour", [False, True])
async def test_the_chosen_row_has_a_mark(no_colour: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    app = RunbookApp(StillSession(History(chain(3)).state), StillTerminals())  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: chosen(app) == "s0")
        await pilot.press("down")
        await pilot.pause()
        marked = [row for row in text_of(app).splitlines() if row.startswith(">")]
        assert len(marked) == 1
        assert "Step 1" in marked[0]


async def test_after_resume_it_stands_on_the_step_that_runs() -> None:
    history = History(chain(4, "markdown"))
    history.add(e.StepStarted(out_of_order=True), "s2")
    app = RunbookApp(StillSession(history.state), StillTerminals())  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: chosen(app) == "s2")


def test_from_a_step_that_is_over_it_goes_on_to_the_one_after_it() -> None:
    history = History(chain(4, "markdown"))
    history.ran("s1")
    assert next_open(history.state, after="s1") == "s2"
    history.ran("s3")
    assert next_open(history.state, after="s3") == "s0"


async def test_it_moves_on_when_somebody_elsewhere_signs_even_after_a_move_by_hand(
    scene: Make,
) -> None:
    step = Step(id="a", title="A", run="true", undo="true", signoff=Gate(roles=("qa",)))
    after = Step(id="b", title="B", run="true", undo="true")
    place = scene(book(step, after, roles={"qa": ("*",)}))
    session = place.open()
    run_step(session, "a", Status.WAITING)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: chosen(app) == "a")
        await pilot.press("down", "up")
        await until(pilot, lambda: chosen(app) == "a")
        ask(place.open(leads=False, actor=LINUS), r.SignNode(node="a", role="qa"))
        await until(pilot, lambda: chosen(app) == "b")


async def test_a_step_by_hand_is_started_ticked_and_done_from_its_row(scene: Make) -> None:
    session: Session = scene(book(HAND)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "start the clock, then Space ticks its checks" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Space ticks “One” (2 left)" in text_of(app))
        await pilot.press("space")
        await until(pilot, lambda: "Space ticks “Two” (1 left)" in text_of(app))
        await pilot.press("space")
        await until(pilot, lambda: "Space done" in text_of(app))
        assert session.state.step("h").status is Status.RUNNING
        await pilot.press("space")
        await until(pilot, lambda: session.state.finished is not None)


async def test_what_runs_cannot_be_skipped_and_says_so_before_it_asks_why(scene: Make) -> None:
    session = scene(book(HAND)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: chosen(app) == "h")
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("h").status is Status.RUNNING)
        await until(pilot, lambda: "RUNNING" in text_of(app))
        await pilot.press("x")
        await until(pilot, lambda: "“By hand” is running" in text_of(app))
        assert "Why is" not in text_of(app)


async def test_what_holds_the_step_under_the_cursor_is_in_sight_from_the_start(scene: Make) -> None:
    steps = (Step(id=f"s{n}", title=f"Step {n}", run="true", undo="true") for n in range(40))
    session = scene(book(*steps)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Step 0" in text_of(app))
        assert "Phase" in text_of(app).splitlines()[1]
        for _ in range(12):
            await pilot.press("down")
        below = [line for line in text_of(app).splitlines() if "Step 13" in line]
        assert below, "the next rows are in sight, too"
