"""What Ctrl+P offers beside the keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.book.model import Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.preferences.key_names import shown
from runbook_tui.preferences.known_keys import KNOWN
from runbook_tui.run.state import Status
from runbook_tui.session import stepping
from runbook_tui.tui.app import RunbookApp
from tests.integration.session.scene import Scene, book, run_step
from tests.tui.moments import MOMENTS
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


async def test_a_run_with_only_optional_steps_left_can_be_finished(scene: Make) -> None:
    maybe = Step(id="maybe", title="Maybe", run="true", undo="true", optional=True)
    session = scene(book(Step(id="a", title="A", run="true", undo="true"), maybe)).open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", *"finish")
        await until(pilot, lambda: "leaves out what is optional" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "leave out “Maybe”?" in text_of(app))
        assert session.state.finished is None
        await pilot.press("y")
        await until(pilot, lambda: session.state.finished is not None)
    assert session.state.step("maybe").status is Status.SKIPPED


async def test_a_running_command_is_stopped_after_a_yes(scene: Make) -> None:
    session = scene(book(Step(id="a", title="A", run="sleep 600", undo="true"))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("a").running_command())
        await pilot.press("ctrl+p", *"stop")
        await until(pilot, lambda: "whole process trees" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Stop “A”?" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: session.state.step("a").status is Status.STOPPED)


async def test_a_step_between_two_attempts_says_so_and_is_tried_no_more(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "PAUSE", 60.0)
    session = scene(book(Step(id="a", title="A", run="exit 3", undo="true", retries=9))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "attempt 1 failed: its command ended with" in text_of(app))
        assert "it is tried again by itself" in " ".join(text_of(app).split())
        await pilot.press("ctrl+p", *"stop")
        await until(pilot, lambda: "whole process trees" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Stop “A”?" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: session.state.step("a").status is Status.FAILED)
        await until(pilot, lambda: "tried again by itself" not in text_of(app))
    assert session.state.step("a").attempt == 1


async def test_what_a_key_does_with_the_output_is_offered_too(scene: Make) -> None:
    step = Step(id="a", title="A", run="seq 300; echo 'fatal: gone'; exit 1", undo="true")
    session = scene(book(step)).open()
    run_step(session, "a", Status.FAILED)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", *"first error")
        await until(pilot, lambda: "as e does" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "line 301 looks like an error" in text_of(app))
        await pilot.press("ctrl+p", *"beside")
        await until(pilot, lambda: "as b does" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: text_of(app).count("command ✗ exit 1") == 2)


async def test_it_has_no_picture(scene: Make) -> None:
    session = scene(book(Step(id="a", title="A", run="true", undo="true"))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Finish the run" in text_of(app))
        assert max(map(ord, text_of(app))) < 0x1F000


OTHER_WORDS = {"help": "Keys", "leave": "Leave", "panic": "Roll back", "sleep": "To the shell",
               "redraw": "Draw the screen again", "palette": ""}  # fmt: skip
"""Acts with keys that are offered under names of their own."""
MOVES = {"up", "down", "page-up", "page-down", "first", "last", "left", "right"}


@pytest.mark.parametrize(
    ("name", "parts"),
    [("running", ("run",)), ("pane", ("run", "pane")), ("rollback", ("rollback",))],
)
async def test_every_key_of_the_screen_is_offered(name: str, parts: tuple[str, ...]) -> None:
    app = MOMENTS[name].app()
    async with app.run_test(size=(80, 24)) as pilot:
        await MOMENTS[name].reach(pilot, app)
        offered = list(app.get_system_commands(app.screen))
    told = {deed.title for deed in offered}
    by_key = "\n".join(deed.help for deed in offered)
    missing = {
        known.id
        for known in KNOWN
        if known.part in (*parts, "everywhere") and known.id not in MOVES
        if OTHER_WORDS.get(known.id, "?") not in {*told, ""}
        if not any(f"as {shown(key)} " in by_key for key in known.keys)
    }
    assert not missing


async def test_what_is_chosen_there_is_done_and_also_found_by_what_is_said_of_it() -> None:
    app = MOMENTS["failed"].app()
    async with app.run_test(size=(80, 24)) as pilot:
        await MOMENTS["failed"].reach(pilot, app)
        await pilot.press("ctrl+p", *"leave the step out")
        await until(pilot, lambda: "as x does" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Why is “Migrate" in text_of(app))
