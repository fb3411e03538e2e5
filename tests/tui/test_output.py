"""Which output is shown, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from runbook_tui.book.model import Check, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from tests.integration.session.scene import Scene, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
SIZES = [(80, 24), (120, 40)]
PROBED = Step(id="a", title="Merge", run="echo out-of-merge", undo="true",
              checks=(Check(id="c", title="It is there", probe="test -e there"),))  # fmt: skip
NEXT = Step(id="b", title="Next", run="echo out-of-next", undo="true")


def main(app: RunbookApp) -> MainScreen:
    assert isinstance(app.screen, MainScreen)
    return app.screen


@pytest.mark.parametrize("size", SIZES)
async def test_the_command_s_output_is_shown_not_its_probe_s(
    scene: Make, size: tuple[int, int]
) -> None:
    session = scene(book(PROBED)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "its probe failed" in text_of(app))
        await until(pilot, lambda: "out-of-merge" in text_of(app).partition("command ✓")[2])
        assert "command ✓ exit 0" in text_of(app)
        await until(pilot, lambda: " ‹command ✓› probe ✗  [ ] " in text_of(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "probe ✗ exit 1" in text_of(app))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "command ✓ exit 0" in text_of(app))


async def test_the_output_of_a_step_that_is_over_stays_in_reach(scene: Make) -> None:
    session = scene(book(NEXT, Step(id="z", title="Last", run="true", undo="true"))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: main(app).chosen_step == "z")
        assert main(app).output.command is None
        await pilot.press("up")
        await until(pilot, lambda: "command ✓ exit 0" in text_of(app))
        await until(pilot, lambda: "out-of-next" in text_of(app).partition("command ✓")[2])


async def test_of_several_attempts_the_newest_is_shown_and_the_others_are_in_reach(
    scene: Make,
) -> None:
    step = Step(id="a", title="A", run="test -e ok || { echo first; exit 3; }; echo second")
    place = scene(book(step))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    (place.work / "ok").touch()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "command ✗ exit 3" in text_of(app))
        await pilot.press("r")
        await until(pilot, lambda: "command, attempt 2 ✓ exit 0" in text_of(app))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "command ✗ exit 3" in text_of(app))


async def test_what_runs_elsewhere_is_named_and_never_a_ready_step_s_own(scene: Make) -> None:
    serve = Step(
        id="s", title="Serve", run="echo serving; exec sleep 60", undo="true", background=True
    )
    session = scene(book(serve, NEXT)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: main(app).chosen_step == "b")
        await until(pilot, lambda: "elsewhere: “Serve” command ▶" in text_of(app))


@pytest.mark.parametrize("size", SIZES)
async def test_a_background_command_that_died_is_marked(scene: Make, size: tuple[int, int]) -> None:
    serve = Step(id="s", title="Serve", run="until test -e die; do sleep 0.02; done; exit 1",
                 undo="true", background=True)  # fmt: skip
    place = scene(book(serve, NEXT))
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: main(app).chosen_step == "b")
        (place.work / "die").touch()
        await until(pilot, lambda: "“Serve”: its background command ended" in text_of(app))
        await until(pilot, lambda: "✓ Serve" in text_of(app))
        row = next(row for row in text_of(app).splitlines() if "✓ Serve" in row)
        assert "background" in row
        assert "ended (exit 1)" in row
        await pilot.press("up")
        await until(pilot, lambda: "! its background command ended (exit 1)" in text_of(app))


@pytest.mark.parametrize("key", ["enter", "r"])
async def test_a_probe_that_failed_is_run_again(scene: Make, key: str) -> None:
    place = scene(book(PROBED, NEXT))
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "Enter probes “It is there” again" in text_of(app))
        (place.work / "there").touch()
        await pilot.press(key)
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)
        await until(pilot, lambda: "by its probe" in text_of(app))


def test_probing_again_is_refused_where_nothing_has_failed(scene: Make) -> None:
    session = scene(book(PROBED)).open()
    answer = session.ask(r.ProbeAgain(step="a")).result(60)
    assert isinstance(answer, r.Refusal)
    assert answer.reason == "no probe of “Merge” has failed"
    assert session.state.step("a").commands == ()


async def test_what_a_person_looks_at_stays_though_the_cursor_moves_on(scene: Make) -> None:
    long = Step(id="a", title="Long", run="echo out-of-long; until test -e go; do sleep 0.02; done",
                undo="true")  # fmt: skip
    place = scene(book(long, NEXT))
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: main(app).output.command is not None)
        await pilot.press("tab")
        await until(pilot, lambda: "out-of-long" in text_of(app).partition("command ▶")[2])
        (place.work / "go").touch()
        await until(pilot, lambda: main(app).chosen_step == "b")
        await until(pilot, lambda: "“Long” command ✓ exit 0" in text_of(app))
        assert "out-of-long" in text_of(app)
        await pilot.press("tab")
        await until(pilot, lambda: "command ✓" not in text_of(app))


def seconds(app: RunbookApp) -> int:
    """What the clock of the background command shows; a busy machine leaves some of it out."""
    found = re.search(r"background (\d+):(\d\d)", text_of(app))
    return int(found[1]) * 60 + int(found[2]) if found else -1


@pytest.mark.parametrize("size", SIZES)
async def test_a_background_command_that_runs_on_is_seen_and_its_end_with_the_run_is_said(
    scene: Make, size: tuple[int, int]
) -> None:
    serve = Step(id="s", title="Serve", run="exec sleep 60", undo="true", background=True)
    session = scene(book(serve, NEXT)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: main(app).chosen_step == "b")
        await until(pilot, lambda: "✓ Serve" in text_of(app))
        row = next(row for row in text_of(app).splitlines() if "✓ Serve" in row)
        assert "▶" in row
        assert "background 0:" in row
        await until(pilot, lambda: seconds(app) >= 2)
        await pilot.press("enter")
        await until(pilot, lambda: session.state.finished is not None)
        await until(
            pilot,
            lambda: "1 background command ended with it: “Serve”" in " ".join(text_of(app).split()),
        )
        assert "background 0:" not in text_of(app)
