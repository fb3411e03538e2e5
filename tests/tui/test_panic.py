"""The panic key: opening is free, starting is deliberate, from everywhere."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from time import monotonic

import pytest
from textual.events import Key

from runbook_tui.book.model import (
    Command,
    Contact,
    Escalation,
    Parameter,
    Procedure,
    Stage,
    StageStep,
    Step,
)
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.session.session import Session
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.ask import AskText, Confirm
from runbook_tui.tui.dialogs.page import Page
from runbook_tui.tui.panic import ALONE, APART
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.screens.rollback_keys import STARTING
from tests import waiting
from tests.integration.session.scene import Scene, ask, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
SIZES = [(80, 24), (120, 40)]


def merged(scene: Make) -> tuple[Scene, Session]:
    """A run in which one step has left a file behind."""
    step = Step(
        id="a", title="Merge", run="touch made", undo="rm made", verify_undo="! test -e made"
    )
    place = scene(book(step, Step(id="b", title="Next", run="true", undo="true")))
    session = place.open()
    run_step(session, "a")
    return place, session


def await_done(session: Session, step: str) -> None:
    waiting.until(lambda: session.state.step(step).status is Status.DONE)


def opened(app: RunbookApp) -> bool:
    return isinstance(app.screen, RollbackScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_two_presses_bring_it_back(scene: Make, size: tuple[int, int]) -> None:
    place, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: opened(app))
        assert "ROLLBACK" in text_of(app)
        assert "rm made" in text_of(app)
        assert (place.work / "made").exists()
        await pilot.pause(0.45)
        await pilot.press("f9")
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        assert not (place.work / "made").exists()
    assert "rollback.opened" in place.types()


@pytest.mark.parametrize("size", [(40, 10), *SIZES])
async def test_with_nothing_to_undo_the_second_press_stops_what_only_looks(
    scene: Make, size: tuple[int, int]
) -> None:
    """Whoever panics while a count runs on expects it to end."""
    looks = "touch begun; while sleep 0.02; do :; done"
    count = Step(id="a", title="Count", run=looks, effect=False)
    place = scene(book(count, Step(id="b", title="Next", run="true", undo="true")))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await until(pilot, (place.work / "begun").exists)
        await pilot.press("f9")
        await until(pilot, lambda: "F9 again stops “Count”" in text_of(app))
        await until(pilot, lambda: "START" not in text_of(app))
        await pilot.pause(0.45)
        await pilot.press("f9")
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        await until(pilot, lambda: "stopped: “Count”" in " ".join(text_of(app).split()))
        record = session.state.step("a").commands[-1]
        assert (record.running, record.stopped) == (False, True)
        await pilot.press("f9")
        await until(pilot, lambda: "nothing to roll back here" in text_of(app))
        await until(pilot, lambda: "F9 again" not in text_of(app))


async def test_a_journal_that_others_hold_is_no_reason_to_doubt_the_press(scene: Make) -> None:
    place, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "rollback.opened" in place.types())
        place.journal._patience = 60  # As long as this test holds it.
        with (place.folder / "home" / "journal.lock").open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            await pilot.pause(0.45)
            await pilot.press("f9")
            await until(pilot, lambda: STARTING in text_of(app))
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        await until(pilot, lambda: STARTING not in text_of(app))
        assert not (place.work / "made").exists()


async def test_a_held_or_hammered_key_starts_nothing(scene: Make) -> None:
    place, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        begin = monotonic()
        for number in range(25):
            # When a key came is what counts: a busy machine delivers them when it can.
            key = Key("f9", None)
            key.time = begin + 0.03 * number
            app.post_message(key)
        await until(pilot, lambda: opened(app))
        await until(pilot, lambda: monotonic() > begin + 25 * 0.03 + APART + ALONE)
        assert "rollback.started" not in place.types()
        assert (place.work / "made").exists()


async def test_a_second_press_with_another_right_after_it_starts_nothing(scene: Make) -> None:
    place, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        first = Key("f9", None)
        app.post_message(first)
        await until(pilot, lambda: opened(app))
        await until(pilot, lambda: monotonic() > first.time + 2 * APART)
        # When they came is what counts: a busy machine may deal with the second much later.
        for apart in (APART, APART + ALONE / 2):
            key = Key("f9", None)
            key.time = first.time + apart
            app.post_message(key)
        await until(pilot, lambda: monotonic() > first.time + 2 * APART + 2 * ALONE)
        assert "rollback.started" not in place.types()


@pytest.mark.parametrize("presses", [1, 2])
async def test_a_screen_that_is_busy_makes_no_hasty_press_deliberate(
    scene: Make, presses: int
) -> None:
    """The presses come at once, and are dealt with when the screen has time again."""
    place, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        first = Key("f9", None)
        app.post_message(first)
        await until(pilot, lambda: opened(app))
        await until(pilot, lambda: monotonic() > first.time + APART + 0.1)
        for number in range(presses):
            hasty = Key("f9", None)
            hasty.time = first.time + 0.1 * (number + 1)
            app.post_message(hasty)
        await pilot.pause(0.5)
        assert "rollback.started" not in place.types()
        await pilot.press("f9")
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))


@pytest.mark.parametrize("key", ["f9", "ctrl+backslash"])
async def test_it_works_from_a_dialog(scene: Make, key: str) -> None:
    _, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press(key)
        await until(pilot, lambda: opened(app))


async def test_it_works_from_a_pane_that_is_typed_into(scene: Make) -> None:
    step = Step(id="a", title="Ask", run="read x; echo got:$x", undo="true", interactive=True)
    place = scene(book(step))
    session = place.open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("a").running_command())
        await until(pilot, lambda: app.screen.query_one("#pane").folder)  # type: ignore[attr-defined]
        await pilot.press("i")
        await until(pilot, lambda: "TYPING" in text_of(app))
        await pilot.press("q", "s", "f9")
        await until(pilot, lambda: opened(app))
        assert session.state.step("a").status is Status.RUNNING


async def test_what_is_typed_reaches_the_command(scene: Make) -> None:
    step = Step(id="a", title="Ask", run="read x; echo got:$x", undo="true", interactive=True)
    session = scene(book(step)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("a").running_command())
        await until(pilot, lambda: app.screen.query_one("#pane").folder)  # type: ignore[attr-defined]
        await pilot.press("i", "q", "9", "enter")
        await until(pilot, lambda: "got:q9" in text_of(app))
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)


async def test_escape_goes_back_and_changes_nothing(scene: Make) -> None:
    place, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: opened(app))
        await pilot.press("escape")
        await until(pilot, lambda: not opened(app))
        await until(pilot, lambda: "rollback.closed" in place.types())
        assert (place.work / "made").exists()


async def test_the_button_has_no_focus_at_first_and_starts_with_enter(scene: Make) -> None:
    place, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: opened(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Page))
        await pilot.press("escape")
        await until(pilot, lambda: opened(app))
        assert "rollback.started" not in place.types()
        await pilot.press("b", "enter")
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))


async def test_a_part_that_failed_is_named_as_incomplete(scene: Make) -> None:
    place = scene(book(Step(id="a", title="Stubborn", run="true", undo="exit 4")))
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await pilot.pause(0.5)
        await pilot.press("f9")
        await until(pilot, lambda: "it waits for you" in text_of(app))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press(*"so be it", "enter")
        await until(pilot, lambda: "INCOMPLETE" in text_of(app))
        assert "Stubborn" in text_of(app)


async def test_what_was_done_by_hand_is_answered_on_the_screen(scene: Make) -> None:
    session = scene(book(Step(id="h", title="By hand"))).open()
    ask(session, r.TickNode(node="h"))
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await pilot.pause(0.5)
        await pilot.press("f9")
        await until(pilot, lambda: session.state.rolling_back)
        await pilot.press("t")
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))


async def test_what_a_plan_keeps_for_a_rollback_is_offered_and_asks_for_its_values(
    scene: Make,
) -> None:
    runbook = book(
        Step(id="a", title="Merge", run="true", undo="true"),
        commands=(
            Command(id="command-9", line=9, language="sh", text="echo back <PR> > offered",
                    rollback=True, label="Bring back the old one"),
        ),
        parameters=(Parameter(name="PR", placeholder="<PR>", declared=False),),
    )  # fmt: skip
    place = scene(runbook)
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        assert "1 values open" in text_of(app)
        await pilot.press("f9")
        await until(pilot, lambda: "Bring back the old one" in text_of(app))
        await pilot.press("down", "o")
        await until(pilot, lambda: "PR =" in text_of(app))
        await pilot.press("4", "2", "enter")
        await until(pilot, lambda: "echo back 42 > offered" in text_of(app))
        assert not (place.work / "offered").exists()
        await pilot.press("y")
        await until(pilot, lambda: "ended well" in text_of(app))
    assert (place.work / "offered").read_text() == "back 42\n"


PROCEDURE = Procedure(
    id="back", title="Bring it back", stages=(
        Stage(id="now", title="At once", from_minute=0, to_minute=5, steps=(
            StageStep(id="tell", title="Tell the team"),
            StageStep(id="look", title="Look at it", run="echo looked > looked"),
        )),
    ),
)  # fmt: skip


async def test_a_procedure_is_ticked_beside_the_rollback_and_its_commands_run(scene: Make) -> None:
    place = scene(book(Step(id="a", title="Merge", run="true", undo="true"),
                       procedures=(PROCEDURE,)))  # fmt: skip
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "Tell the team" in text_of(app))
        assert "stage 1 0–5 min At once  0 of 2" in text_of(app)
        await pilot.press("down", "down", "space")
        await until(pilot, lambda: "stage 1 0–5 min At once  1 of 2" in text_of(app))
        await pilot.press("j", "o")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert not (place.work / "looked").exists()
        await pilot.press("y")
        await until(pilot, lambda: "stage 1 0–5 min At once  2 of 2" in text_of(app))
    assert (place.work / "looked").read_text() == "looked\n"
    assert {"tell", "look"} <= set(session.state.ticks)


LONG_UNDO = "\n".join(f"echo line {number}" for number in range(40))


async def test_a_long_undo_can_be_read_whole_and_the_keys_are_explained(scene: Make) -> None:
    place = scene(book(Step(id="a", title="Merge", run="true", undo=LONG_UNDO, verify_undo="ok")))
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "Enter shows all" in text_of(app))
        await pilot.press("enter", "end")
        await until(pilot, lambda: "echo line 39" in text_of(app))
        await pilot.press("escape", "question_mark")
        await until(pilot, lambda: "taken back by hand" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: opened(app))
    assert "rollback.started" not in place.types()


async def test_a_rollback_that_waits_for_a_person_says_so_and_stands_there(scene: Make) -> None:
    place = scene(book(
        Step(id="hand", title="Flip the switch"),
        Step(id="a", title="Merge", run="true", undo="true"),
    ))  # fmt: skip
    session = place.open()
    for request in (r.StartStep(step="hand"), r.FinishStep(step="hand")):
        ask(session, request)
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: opened(app))
        ask(session, r.StartRollback(scope="run", node=""))
        await until(pilot, lambda: "it waits for you" in text_of(app))
        await until(pilot, lambda: "> 2 ↶ Flip the switch" in text_of(app))
        await pilot.press("t")
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))


async def test_a_floor_says_what_it_is_and_how_to_go_past_it(scene: Make) -> None:
    place = scene(book(
        Step(id="a", title="Merge", run="true", undo="true"),
        Step(id="m", title="Mail", run="true", irreversible="mails are sent"),
    ))  # fmt: skip
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartStep(step="m", confirmed=True))
    await_done(session, "m")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "floor: mails are sent" in text_of(app))
        assert "below the floor" in text_of(app)
        await pilot.press("f")
        await until(pilot, lambda: "below the floor" not in text_of(app))


async def test_whom_to_call_stands_on_the_screen(scene: Make) -> None:
    place = scene(book(
        Step(id="a", title="Merge", run="true", undo="true"),
        contacts=(Contact(role="technical", who="Engineering Director"),),
        escalations=(Escalation(topic="technical", ladder=("Lead", "CTO"), within=600.0),),
    ))  # fmt: skip
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(
            pilot, lambda: "call now Engineering Director  then CTO after 10 m" in text_of(app)
        )


async def test_after_a_rollback_the_cursor_stands_on_what_is_to_be_done_next(scene: Make) -> None:
    _, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G", "f9")
        await until(pilot, lambda: opened(app))
        ask(session, r.StartRollback(scope="run", node=""))
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: not opened(app))
        await until(pilot, lambda: app.screen.chosen == "a")  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (200, 60)])
async def test_the_verdict_and_the_keys_are_never_off_the_screen(
    scene: Make, size: tuple[int, int]
) -> None:
    undo = "for n in 1 2 3 4 5 6 7 8; do echo $n; done"
    steps = (Step(id=f"s{n}", title=f"S{n}", run="true", undo=undo) for n in range(6))
    people = (Contact(role="technical", who="Engineering Director"),)
    place = scene(book(*steps, procedures=(PROCEDURE,), contacts=people))
    session = place.open()
    for n in range(6):
        run_step(session, f"s{n}")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=size) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "F9 again to START" in text_of(app))
        assert "6 of 6 commands ready" in text_of(app)
        ask(session, r.StartRollback(scope="run", node=""))
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
        await until(pilot, lambda: "Esc back" in text_of(app))


async def test_how_it_ended_is_looked_at_before_it_is_started_once_more(scene: Make) -> None:
    """Who hammers on while the last undo ends starts nothing with the next press."""
    undo = "echo x >> undone; exit 1"
    place = scene(book(Step(id="a", title="A", run="true", undo=undo, on_failure="continue")))
    session = place.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(100, 30)) as pilot:
        for tries in (1, 2):
            await pilot.press("f9")
            await until(pilot, lambda: "F9 again to START" in text_of(app))
            assert place.types().count("rollback.started") == tries - 1
            await pilot.pause(APART + 0.05)
            await pilot.press("f9")
            await until(pilot, lambda: "INCOMPLETE" in text_of(app))
            assert (place.work / "undone").read_text() == tries * "x\n"
            await pilot.pause(APART + 0.05)


async def test_a_key_from_before_the_panic_key_does_not_leave_what_it_opens(scene: Make) -> None:
    _, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: opened(app))
        # What Esc does arrives late: it was pressed first, and the panic key has overtaken it.
        assert isinstance(app.screen, RollbackScreen)
        app.screen.action_leave()
        await pilot.pause()
        assert opened(app)
        await pilot.press("escape")
        await until(pilot, lambda: not opened(app))


@pytest.mark.parametrize("key", ["", "f9", "t"])
async def test_a_clock_that_meets_a_screen_which_is_being_taken_apart_breaks_nothing(
    scene: Make, key: str
) -> None:
    """The parts of a screen go one after the other, and its clock goes on until the last."""
    _, session = merged(scene)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "READY Next" in text_of(app))
        await pilot.press(*filter(None, [key]))
        await until(pilot, lambda: bool(key) == (len(app.screen_stack) > 2))
        await app.screen.query("#head, #title").first().remove()
        (clock,) = [t for t in app.screen._timers if t._interval == 1.0]
        assert clock._callback is not None
        clock._callback()


async def test_what_is_incomplete_points_to_the_commands_that_the_plan_keeps(scene: Make) -> None:
    kept = Command(id="command-9", line=9, language="sh", text="true", rollback=True,
                   label="Bring back the old one")  # fmt: skip
    session = scene(book(Step(id="a", title="Merge", run="true"), commands=(kept,))).open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: opened(app))
        ask(session, r.StartRollback(scope="run"))
        words = "o runs the chosen one"
        await until(pilot, lambda: "INCOMPLETE" in text_of(app) and words in text_of(app))
        await pilot.press("down", "o")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "INCOMPLETE" in text_of(app) and words not in text_of(app))


async def test_the_list_follows_what_runs_until_a_person_moves_in_it(scene: Make) -> None:
    """Of fourteen undos the one that runs is soon below the last row of a small terminal."""
    step = "until test -e go{0}; do sleep 0.02; done"
    steps = (Step(id=f"s{n}", title=f"S{n}", run="true", undo=step.format(n) if n < 4 else "true")
             for n in range(14))  # fmt: skip
    place = scene(book(*steps))
    session = place.open()
    for n in range(14):
        run_step(session, f"s{n}")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "F9 again to START" in text_of(app))
        ask(session, r.StartRollback(scope="run", node=""))
        await until(pilot, lambda: ">11 ↶ S3" in text_of(app))
        (place.work / "go3").touch()
        await until(pilot, lambda: ">12 ↶ S2" in text_of(app))
        await pilot.press("g")
        await until(pilot, lambda: "> 1 ↶ S13" in text_of(app))
        (place.work / "go2").touch()
        await until(pilot, lambda: session.state.step("s1").status is Status.UNDOING)
        await until(pilot, lambda: "12 of 14 taken back" in text_of(app))
        assert "> 1 ↶ S13" in text_of(app)
        for n in range(2):
            (place.work / f"go{n}").touch()
        await until(pilot, lambda: "ROLLED BACK" in text_of(app))
