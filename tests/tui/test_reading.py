"""The timeline and what to keep an eye on: read, and left again by the key that opened them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.book.model import (
    Alert,
    Contact,
    Escalation,
    Estimate,
    Parameter,
    Probe,
    Secret,
    Step,
    Threshold,
    Watch,
)
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.reading import TimelineScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.integration.session.scene import Scene, book, run_step
from tests.tui.moments import MOMENTS
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
HOUR = Estimate(minimum=3600, maximum=3600, text="1h")


async def test_the_timeline_says_what_was_planned_and_what_happened(scene: Make) -> None:
    session = scene(
        book(
            Step(id="a", title="Quick", run="true", undo="true", estimate=HOUR),
            Step(id="b", title="Broken", run="false", undo="true", estimate=HOUR),
            Step(id="c", title="Later", run="true", undo="true", estimate=HOUR),
        )
    ).open()
    run_step(session, "a")
    run_step(session, "b", Status.FAILED)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await until(pilot, lambda: "planned to end" in text_of(app))
        rows = {line.split()[1]: line for line in text_of(app).splitlines()[5:9]}
        assert "−" in rows["Quick"]
        assert "failed" in rows["Broken"]
        assert "1 h  ◆" in rows["Later"]
        assert "░" in rows["Later"]
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "◆ 2 h at least" in text_of(app))
        assert " Esc or t back  " in text_of(app)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_the_timeline_follows_the_run_and_the_panic_key_works_from_it(scene: Make) -> None:
    session = scene(book(Step(id="a", title="Quick", run="true", undo="true"))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, TimelineScreen))
        assert "✓ Quick" not in text_of(app)
        run_step(session, "a")
        await until(pilot, lambda: "✓ Quick" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_w_says_what_to_watch_and_whom_to_call(scene: Make) -> None:
    runbook = book(
        Step(id="a", title="A", run="true", undo="true"),
        watches=(
            Watch(id="w", title="Golden [bold]path", probe=Probe(run="./probe\x1b[2J"),
                  below=99.0, samples=2, severity="critical"),
        ),
        thresholds=(Threshold(name="Success", op=">", value=99.5, unit="%", current=98.0),),
        alerts=(Alert(severity="SEV1", condition="errors", respond_within=0),),
        contacts=(Contact(role="technical", who="Director"),),
        escalations=(Escalation(topic="technical", ladder=("Lead", "CTO"), within=1800),),
    )  # fmt: skip
    app = RunbookApp(scene(runbook).open(), LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: "Golden [bold]path" in text_of(app))
        shown = text_of(app)
        assert "breached below 99, 2 in a row" in shown
        assert "$ ./probe␛[2J" in shown
        assert "> 99.5 %  98 % when the plan was written" in shown
        assert "SEV1: errors  respond at once" in shown
        assert "technical: Director" in shown
        assert "Lead → CTO  within 30 m" in shown
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_shift_e_says_what_a_command_got_and_from_where(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_OF_WORD", "open-sesame")
    monkeypatch.setenv("SHOP_PASSWORD", "hunter2")
    step = Step(id="a", title="Ship", run="true", undo="true", env={"MODE": "[b]dry"})
    parameters = (Parameter(name="word", secret=Secret(env="SOURCE_OF_WORD")),)
    place = scene(book(step, parameters=parameters), {"version": "2.4"})
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(160, 60)) as pilot:
        await pilot.press("E")
        await until(pilot, lambda: "no command of this step has run yet" in text_of(app))
        run_step(session, "a")
        await until(pilot, lambda: "✓ DONE Ship" in text_of(app))
        await pilot.press("E")
        await until(pilot, lambda: "Environment of “Ship”: command" in text_of(app))
        shown = text_of(app)
        assert f"in {place.work} · by bash -eo pipefail -c" in shown
        assert "MODE=[b]dry  the step's env" in shown
        assert "version=2.4" in shown
        assert "word  env SOURCE_OF_WORD" in shown
        assert "TERM=xterm-256color" in shown
        assert "SHOP_PASSWORD" in shown
        assert "hunter2" not in shown
        assert "open-sesame" not in shown
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_a_second_draws_only_the_rows_that_say_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = MOMENTS["timeline"].app()
    async with app.run_test(size=(120, 40)) as pilot:
        await MOMENTS["timeline"].reach(pilot, app)
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        await until(pilot, lambda: len(screen.rows._drawn) == screen.rows.count)
        drawn: list[int] = []
        monkeypatch.setattr(screen.rows, "refresh_row", drawn.append)
        screen._tick()
        assert drawn == []
        later = app.now() + 1
        app.now = lambda: later
        screen._tick()
        assert 0 < len(drawn) < screen.rows.count
