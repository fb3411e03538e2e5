"""The main screen: it shows what is, in any size, and takes text as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.book.model import Check, Parameter, Phase, Runbook, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import requests as r
from runbook_tui.run.state import BROKEN, Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.deeds import WRONG
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.widgets.painted import RowList
from tests.fakes.history import History
from tests.fakes.plans import chain, two_phases
from tests.fakes.still import StillSession, StillTerminals
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


def still(runbook: Runbook) -> RunbookApp:
    return RunbookApp(StillSession(History(runbook).state), StillTerminals())  # type: ignore[arg-type]


async def test_enter_runs_space_ticks_and_the_cursor_moves_on(scene: Make) -> None:
    steps = (
        Step(id="a", title="First", run="echo out-of-a", undo="true"),
        Step(id="b", title="Second", checks=(Check(id="c", title="Looks right"),), effect=False),
    )
    session = scene(book(*steps)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)
        await until(pilot, lambda: app.screen.chosen_step == "b")  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: "ticks “Looks right”" in text_of(app))
        await pilot.press("space")
        await until(pilot, lambda: "Space done" in text_of(app))
        await pilot.press("space")
        await until(pilot, lambda: session.state.finished is not None)
    assert app.return_code in {0, None}


@pytest.mark.parametrize("stopped", [False, True], ids=["failed", "stopped"])
async def test_enter_does_not_run_again_what_has_gone_wrong_and_r_does(
    scene: Make, stopped: bool
) -> None:
    """Enter is pressed once too often; what it would repeat has half changed something."""
    ends = "until test -e go; do sleep 0.02; done" if stopped else "test -e go"
    risky = Step(id="a", title="Migrate", run=f"echo x >> ran; {ends}", undo="true")
    place = scene(book(risky, Step(id="b", title="Next", run="true", undo="true")))
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, (place.work / "ran").exists)
        if stopped:
            ask(session, r.StopCommands())
        await until(pilot, lambda: session.state.step("a").status in BROKEN)
        await until(pilot, lambda: "try again" in text_of(app))
        # The foot names the key that does it, not the one that does nothing now.
        await until(pilot, lambda: "r again" in text_of(app))
        assert "Enter run" not in text_of(app)
        await pilot.press("enter", "enter", "enter")
        word = "was stopped" if stopped else "failed"
        await until(pilot, lambda: f"“Migrate” {word}: r runs it again" in text_of(app))
        assert app.screen.chosen_step == "a"  # type: ignore[attr-defined]  # It stays there.
        (place.work / "go").touch()
        await pilot.press("r")
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)
    assert (place.work / "ran").read_text() == "x\nx\n"


def test_each_way_to_go_wrong_has_its_word() -> None:
    assert set(WRONG) == BROKEN


async def test_a_value_is_asked_for_when_the_step_needs_it(scene: Make) -> None:
    pr = Parameter(name="PR", placeholder="<PR>", declared=False)
    step = Step(id="a", title="Close", run="echo closing <PR>", effect=False)
    session = scene(book(step, parameters=(pr,))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "PR =" in text_of(app))
        await pilot.press("4", "2", "enter")
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)
    assert session.state.values["PR"] == "42"


async def test_a_gate_is_signed_by_another_person_at_the_same_keyboard(scene: Make) -> None:
    runbook = two_phases()
    place = scene(Runbook(title="G", roles=runbook.roles, phases=(
        Phase(id="two", title="Core", gate=runbook.phases[1].gate,
              steps=(Step(id="d", title="Deploy", run="true", undo="true"),)),
    )))  # fmt: skip
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "waits for sign-off" in text_of(app))
        await pilot.press("s")
        await until(pilot, lambda: "Sign off" in text_of(app))
        await pilot.press(*"Grace ", "less_than_sign", *"grace@example.com", "greater_than_sign")
        await pilot.click("#approve")
        await until(pilot, lambda: "two" in session.state.opened_gates)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_current_step_readiness_and_the_panic_key_are_always_there(
    size: tuple[int, int],
) -> None:
    app = still(two_phases())
    async with app.run_test(size=size) as pilot:
        for words in ("Merge", "↶", "F9 PANIC", "saved", "READY"):
            await until(pilot, lambda words=words: words in text_of(app))  # type: ignore[misc]


async def test_a_tiny_terminal_says_so_and_keeps_the_panic_key() -> None:
    app = still(two_phases())
    async with app.run_test(size=(20, 5)) as pilot:
        await until(pilot, lambda: "60×16" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: not isinstance(app.screen, MainScreen))


async def test_text_of_a_plan_is_never_markup_and_never_a_control_sequence() -> None:
    nasty = "[bold]x[/] [@click=app.quit]y[/] \x1b[31mred\x1b]0;t\x07 \u202etxt " + "z" * 100_000
    steps = (Step(id="a", title=nasty, text=nasty, run=nasty, undo=nasty),)
    app = still(Runbook(title=nasty, phases=(Phase(id="p", title=nasty, steps=steps),)))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "[@click=app.quit]" in text_of(app))
        shown = text_of(app)
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        await pilot.press("f9", "escape")


async def test_ten_thousand_steps_open_and_move() -> None:
    app = still(chain(10_000))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        rows = app.screen.query_one("#list", RowList)
        await pilot.press("end")
        await until(pilot, lambda: rows.cursor == 10_000 and "Step 9999" in text_of(app))
        await pilot.press("home", "down", "pagedown")
        await until(pilot, lambda: 10 < rows.cursor < 1000)


async def test_a_refusal_says_why() -> None:
    app = still(two_phases())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "stands still" in text_of(app))


def test_every_binding_has_an_id_and_no_id_is_used_twice() -> None:
    from textual.binding import Binding

    from runbook_tui.tui.screens.rollback import RollbackScreen

    for owner in (MainScreen, RollbackScreen, RunbookApp):
        ids = [b.id for b in owner.BINDINGS if isinstance(b, Binding)]
        assert None not in ids
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("size", [(120, 36), (120, 40), (160, 50)])
async def test_list_and_card_have_what_the_plan_needs_and_never_jump(
    scene: Make, size: tuple[int, int]
) -> None:
    title = "Serve in the background while others do their work"
    steps = (Step(id="a", title=title, run="echo one\necho two", undo="true"),
             Step(id="b", title="B", text="A sentence. " * 30, effect=False))  # fmt: skip
    session = scene(book(*steps)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: title in text_of(app))
        parts = [app.screen.query_one(name) for name in ("#list", "#card", "#pane")]
        shares = [part.size for part in parts]
        assert shares[0].width <= size[0] * 0.6
        assert shares[1].height <= (13 if size[1] >= 40 else 9)
        for key in ("down", "up", "enter", "down", "end", "home"):
            await pilot.press(key)
            await pilot.pause()
            assert [part.size for part in parts] == shares
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)
        assert [part.size for part in parts] == shares


async def test_what_no_step_has_put_out_is_asked_for_and_why(scene: Make) -> None:
    make = Step(id="make", title="[b]Make", run="true", undo="true", outputs=("old",))
    use = Step(id="use", title="Use", run='echo "<$old>" > used', undo="rm used")
    place = scene(book(make, use))
    session = place.open()
    run_step(session, "make")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "old (“[b]Make” has not put it out" in text_of(app))
        await pilot.press("enter", *"42", "enter")
        await until(pilot, lambda: session.state.step("use").status is Status.DONE)
    assert (place.work / "used").read_text() == "<42>\n"


async def test_an_answer_that_is_needed_and_empty_says_so() -> None:
    app = still(book(Step(id="a", title="First", run="true", undo="true", optional=True)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.chosen_step == "a")  # type: ignore[attr-defined]
        await pilot.press("x")
        await until(pilot, lambda: "Enter answers" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "it needs an answer" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
