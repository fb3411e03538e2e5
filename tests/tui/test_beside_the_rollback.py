"""What stands beside a rollback on its screen: stages with countdowns, calls, how bad it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from time import time

import pytest
from textual.pilot import Pilot

from runbook_tui.book.model import Phase, Procedure, Runbook, Stage, StageStep, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import requests as r
from runbook_tui.run.calling import calls
from runbook_tui.session.session import Session
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.ask import Confirm
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.fakes.history import GRACE
from tests.fakes.incident import LADDERS, plan, stage
from tests.integration.session.scene import Scene, ask, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
SIZES = [(80, 24), (120, 40)]


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time() + self.ahead


def book(**changes: object) -> Runbook:
    """The plan with undos that really run; that of the newest step waits for ``go``."""
    steps = (
        Step(id="merge", title="Merge", run="touch made", undo="rm made"),
        Step(id="deploy", title="Deploy", run="true",
             undo="while test ! -e go; do sleep 0.02; done"),
    )  # fmt: skip
    phases = (plan().phases[0], Phase(id="core", title="Core", steps=steps))
    return dataclasses.replace(plan(), phases=phases, **changes)  # type: ignore[arg-type]


def wrong(scene: Make, runbook: Runbook | None = None) -> tuple[Scene, Session]:
    place = scene(runbook or book())
    session = place.open()
    run_step(session, "docs")
    run_step(session, "merge")
    run_step(session, "deploy")
    return place, session


async def starts(pilot: Pilot[int], app: RunbookApp) -> None:
    """Open the rollback and start it, as a person would."""
    await pilot.press("f9")
    await until(pilot, lambda: "F9 again to START" in text_of(app))
    await pilot.pause(0.45)
    await pilot.press("f9")
    await until(pilot, lambda: (back := app.session.state.rollback) and back.started is not None)


def row_of(app: RunbookApp, text: str) -> str:
    """The last line on the screen that holds a text."""
    return next((ln for ln in reversed(text_of(app).splitlines()) if text in ln), "")


@pytest.mark.parametrize("size", SIZES)
async def test_stages_count_down_and_say_what_is_overdue(
    scene: Make, size: tuple[int, int]
) -> None:
    place, session = wrong(scene)
    clock = Clock()
    app = RunbookApp(session, LogTerminals(), now=clock)
    async with app.run_test(size=size) as pilot:
        await starts(pilot, app)
        await until(pilot, lambda: "▶ stage 1 0–2 min Emergency actions  0 of 2" in text_of(app))
        await until(pilot, lambda: "1:5" in row_of(app, "min Emergency actions"))
        clock.ahead = 150
        await until(pilot, lambda: "overdue 0:3" in row_of(app, "min Emergency actions"))
        await until(pilot, lambda: "▶ stage 2 2–10 min Critical validation" in text_of(app))
        assert "left" in row_of(app, "Critical validation")
        (place.work / "go").touch()
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        # Its windows go on: what is to be done within half an hour is not over with the undos.
        clock.ahead = 700
        await until(pilot, lambda: "▶ stage 3 10–30 min Incident management" in text_of(app))


async def test_another_terminal_shows_the_same_times_and_ticks(scene: Make) -> None:
    place, session = wrong(scene)
    clock = Clock()
    app = RunbookApp(session, LogTerminals(), now=clock)
    async with app.run_test(size=(120, 40)) as pilot:
        await starts(pilot, app)
        await pilot.press("down", "down", "down", "space")
        await until(pilot, lambda: "0–2 min Emergency actions  1 of 2" in text_of(app))
    guest = place.open(leads=False, actor=GRACE)
    ask(guest, r.TickNode(node="call.technical.1"))
    clock.ahead = 100
    app = RunbookApp(guest, LogTerminals(), now=clock)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "▶ stage 1 0–2 min Emergency actions  1 of 2" in text_of(app))
        await until(pilot, lambda: "called, Grace" in text_of(app))
        await until(pilot, lambda: "left" in row_of(app, "min Emergency actions"))
        # The clock is that of the rollback's start, not of when somebody came to look.
        assert "0:" in row_of(app, "min Emergency actions").split("of 2")[1]


@pytest.mark.parametrize("size", SIZES)
async def test_who_is_to_be_called_now_and_who_next_and_that_it_was_done(
    scene: Make, size: tuple[int, int]
) -> None:
    place, session = wrong(scene, book(contacts=(), escalations=LADDERS[:1]))
    clock = Clock()
    app = RunbookApp(session, LogTerminals(), now=clock)
    async with app.run_test(size=size) as pilot:
        await starts(pilot, app)
        await until(pilot, lambda: "call now Lead" in text_of(app))
        assert "then Director" in text_of(app)
        await until(pilot, lambda: "in 9:" in row_of(app, "then Director"))
        await pilot.press("end")
        await until(pilot, lambda: app.screen.rows.chosen_call is not None)  # type: ignore[attr-defined]
        await pilot.press("up", "up", "space")
        await until(pilot, lambda: "1 of 3 called" in text_of(app))
        assert [c.callee.id for c in calls(session.state) if c.ticked] == ["call.technical.1"]
        clock.ahead = 700
        await until(pilot, lambda: "! call now Director" in text_of(app))
        assert "late" in row_of(app, "! call now")
        (place.work / "go").touch()
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        await until(pilot, lambda: "nobody else is to be called" in text_of(app))
    assert place.types().count("check.ticked") == 1


async def test_a_key_says_how_bad_it_is_and_no_dialog_is_in_the_way(scene: Make) -> None:
    place, session = wrong(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "SEV  1  2  3  not said" in text_of(app))
        focus = app.focused
        await pilot.press("2")
        await until(pilot, lambda: "SEV  1 [2] 3  Ada" in text_of(app))
        assert isinstance(app.screen, RollbackScreen)
        assert app.focused is focus
        await pilot.pause(0.45)
        await pilot.press("f9")
        await until(pilot, lambda: session.state.rolling_back)
        await pilot.press("1")
        await until(pilot, lambda: "ROLLBACK   SEV 1" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert "SEV 1" in text_of(app).splitlines()[0]
        (place.work / "go").touch()
        await until(pilot, lambda: session.state.ended is not None)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        await pilot.press("0")
        await until(pilot, lambda: "not said" in text_of(app))
    said = [(ev.payload, ev.actor.name) for ev in place.journal.events(place.run)
            if ev.type == "severity.set"]  # fmt: skip
    assert [(getattr(payload, "level", None), who) for payload, who in said] == [
        (2, "Ada"), (1, "Ada"), (0, "Ada"),
    ]  # fmt: skip


async def test_severity_and_ticks_are_no_press_of_the_panic_key(scene: Make) -> None:
    """Keys of the screen between two presses neither start the rollback nor hold it up."""
    place, session = wrong(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        await pilot.press("1", "down", "down", "space", "3")
        await until(pilot, lambda: "SEV  1  2 [3]" in text_of(app))
        await until(pilot, lambda: "0–2 min Emergency actions  2 of 2" in text_of(app))
        assert "rollback.started" not in place.types()
        await pilot.pause(0.45)
        await pilot.press("f9")
        await until(pilot, lambda: session.state.rolling_back)
        # What was ticked since it was opened counts.
        assert "emergency" in session.state.ticks


@pytest.mark.parametrize("size", [(60, 16), *SIZES])
async def test_after_it_the_follow_up_stands_above_the_plan_and_the_cursor_stays(
    scene: Make, size: tuple[int, int]
) -> None:
    place, session = wrong(scene)
    (place.work / "go").touch()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await starts(pilot, app)
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        # Nothing that offers itself takes the cursor: it stands on the next open step.
        await until(pilot, lambda: app.screen.chosen == "merge")  # type: ignore[attr-defined]
        await until(pilot, lambda: "follow-up 0/8" in text_of(app).splitlines()[0])
        await pilot.press("home", "down", "down", "space")
        await until(pilot, lambda: "emergency-1" in session.state.ticks)
        assert app.screen.chosen == ""  # type: ignore[attr-defined]
        await pilot.press("space")
        await until(pilot, lambda: "emergency-1" not in session.state.ticks)
        await pilot.press("enter")
        await until(pilot, lambda: "done by hand: Space ticks it" in text_of(app))
        # The plan below is as ever.
        await pilot.press("end")
        await until(pilot, lambda: app.screen.chosen == "deploy")  # type: ignore[attr-defined]


async def test_a_follow_up_that_is_done_is_one_row(scene: Make) -> None:
    recovery = (Procedure(id="hour", title="First hour", kind="recovery",
                          stages=(stage("stable", "Stabilize", (0, 60)),)),)  # fmt: skip
    place, session = wrong(scene, book(procedures=recovery))
    (place.work / "go").touch()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await starts(pilot, app)
        await until(pilot, lambda: "Esc: a follow-up of 1" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "↶ follow-up: First hour" in text_of(app))
        await until(pilot, lambda: app.screen.chosen == "merge")  # type: ignore[attr-defined]
        ask(session, r.TickNode(node="stable"))
        await until(pilot, lambda: "✓ the follow-up is done" in text_of(app))
        # Rows that went away above it have not moved the cursor off its step.
        assert app.screen.chosen == "merge"  # type: ignore[attr-defined]


async def test_a_command_of_the_follow_up_runs_after_a_yes_and_ticks_its_box(scene: Make) -> None:
    step = StageStep(id="all-run", title="All services run", run="touch looked")
    other = StageStep(id="in", title="Customers get in")
    stages = (Stage(id="st", title="Stabilize", steps=(step, other)),)
    recovery = (Procedure(id="hour", title="First hour", kind="recovery", stages=stages),)
    place, session = wrong(scene, book(procedures=recovery))
    (place.work / "go").touch()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await starts(pilot, app)
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await pilot.press("home", "down", "down")
        await until(pilot, lambda: "$ touch looked" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert not (place.work / "looked").exists()
        await pilot.press("y")
        await until(pilot, (place.work / "looked").exists)
        await until(pilot, lambda: "all-run" in session.state.ticks)
        # Who takes the tick back does not make the command fail.
        await pilot.press("space")
        await until(pilot, lambda: "all-run" not in session.state.ticks)
        await until(pilot, lambda: "✓ ended well" in row_of(app, "> "))


async def test_a_command_of_the_follow_up_that_fails_shows_why_and_ticks_nothing(
    scene: Make,
) -> None:
    step = StageStep(id="all-run", title="All run", run="x=down; echo one-is-$x; exit 3")
    recovery = (Procedure(id="hour", title="First hour", kind="recovery",
                          stages=(Stage(id="st", title="Stabilize", steps=(step,)),)),)  # fmt: skip
    place, session = wrong(scene, book(procedures=recovery))
    (place.work / "go").touch()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await starts(pilot, app)
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await pilot.press("home", "down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "✗ failed" in row_of(app, "> "))
        await until(pilot, lambda: "one-is-down" in text_of(app))
        assert "all-run" not in session.state.ticks


async def test_who_comes_to_look_at_a_rollback_sees_how_it_ended(scene: Make) -> None:
    place, session = wrong(scene)
    ask(session, r.StartRollback(scope="run"))
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "Deploy" in text_of(app))
        (place.work / "go").touch()
        await until(pilot, lambda: "INCOMPLETE" in text_of(app))
        await until(pilot, lambda: "✓ taken back" in row_of(app, "1 ↶ Deploy"))
        # The procedure of the phase is still there, though nothing of it is left to take back.
        assert "stage 1 0–2 min Emergency actions" in text_of(app)
