"""What the rollback screen says, and what others hear of a rollback."""

from __future__ import annotations

from collections.abc import Callable

from runbook_tui.book.model import Change, Check, Command, Parameter, Phase, Runbook, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import requests as r
from runbook_tui.run.rollback import plan
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.screens.rollback_keys import HELP
from runbook_tui.tui.views.tone import Line, flow, length
from runbook_tui.tui.views.verdict import summary
from tests.fakes.history import GRACE
from tests.integration.session.scene import Scene, ask, book, rolled_back, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


def words(lines: list[Line]) -> str:
    return " ".join("".join(text for text, _ in line).strip() for line in lines)


async def test_a_failed_undo_says_why_and_shows_what_it_put_out(scene: Make) -> None:
    session = scene(
        book(
            Step(id="a", title="Good", run="true", undo="echo well; true"),
            Step(id="b", title="Bad", run="true", undo="echo what went wrong; exit 9"),
        )
    ).open()
    run_step(session, "a")
    run_step(session, "b")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        ask(session, r.StartRollback(scope="run", attended=False))
        await until(pilot, lambda: "INCOMPLETE" in text_of(app))
        await pilot.press("down", "up")
        await until(pilot, lambda: "exit status 9" in text_of(app))
        await until(pilot, lambda: "what went wrong" in text_of(app))
        await pilot.press("t")
        await until(pilot, lambda: "done by hand" in text_of(app))


def test_what_will_stay_is_said_before_the_start(scene: Make) -> None:
    session = scene(
        book(
            Step(id="a", title="A", run="true", undo="true"),
            Step(id="b", title="B", run="true"),
            Step(id="c", title="C", run="true"),
        )
    ).open()
    for id_ in "abc":
        run_step(session, id_)
    said = words(summary(session.state, plan(session.state, "run", ""), 80, 3))
    assert said.startswith("its command is ready")
    assert "2 without an undo stay" in said


def test_what_is_long_is_wrapped_and_cut_with_an_ellipsis() -> None:
    text = " ".join(f"word{n}" for n in range(60))
    lines = flow([(" INCOMPLETE ", "panic")], text, "bad", 40, 3)
    assert len(lines) == 3
    assert all(length(line) <= 40 for line in lines)
    assert words(lines).endswith("…")
    short = flow([(" INCOMPLETE ", "panic")], "one two", "bad", 40, 3)
    assert words(short) == "INCOMPLETE   one two"
    assert words(flow([], text, "bad", 40, 1)).endswith("…")


async def test_a_rollback_by_somebody_else_is_told_to_the_lead(scene: Make) -> None:
    made = scene(book(Step(id="a", title="A", run="true", undo="true")))
    session = made.open()
    run_step(session, "a")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(100, 24)) as pilot:
        other = made.open(actor=GRACE, leads=False)
        assert rolled_back(other) == "complete"
        await until(pilot, lambda: "rolled back by Grace: 1 step of the run taken back" in app.said)
        await until(pilot, lambda: "taken back" in text_of(app).splitlines()[2])


async def test_after_a_rollback_no_probe_is_called_failed(scene: Make) -> None:
    check = Check(id="c", title="There", probe="true")
    session = scene(book(Step(id="a", title="A", run="true", undo="true", checks=(check,)))).open()
    run_step(session, "a")
    assert rolled_back(session) == "complete"
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "There" in text_of(app))
        assert "its probe failed" not in text_of(app)


async def test_undos_of_equal_titles_are_told_apart(scene: Make) -> None:
    changes = tuple(
        Change(id=f"c{n}", title=f"Service {n}",
               steps=(Step(id=f"s{n}", title="Deploy", run="true", undo="true"),))
        for n in (1, 2)
    )  # fmt: skip
    runbook = Runbook(title="T", phases=(Phase(id="p", title="P", changes=changes),))
    session = scene(runbook).open()
    run_step(session, "s1")
    run_step(session, "s2")
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "Deploy  Service 2" in text_of(app))
        assert "Deploy  Service 1" in text_of(app)


async def test_values_of_an_offered_command_can_be_changed(scene: Make) -> None:
    offered = Command(
        id="o", language="bash", text="echo ${{ sha }}", rollback=True, label="Revert"
    )
    runbook = book(
        Step(id="a", title="A", run="true", undo="true"),
        commands=(offered,),
        parameters=(Parameter(name="sha", declared=False, required=False),),
    )
    session = scene(runbook).open()
    run_step(session, "a", Status.DONE)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9", "down", "v")
        await until(pilot, lambda: "sha =" in text_of(app))
        await pilot.press(*"bad", "enter")
        await until(pilot, lambda: session.state.values.get("sha") == "bad")
        await until(pilot, lambda: "changes sha" in text_of(app))
        await pilot.press("v")
        await until(pilot, lambda: "sha =" in text_of(app))
        await pilot.press("backspace", "backspace", "backspace", *"good", "enter")
        await until(pilot, lambda: session.state.values.get("sha") == "good")


async def test_what_is_for_failures_is_offered_below_the_undos_under_its_title(
    scene: Make,
) -> None:
    mends = Command(id="m", language="bash", text="touch mended", for_failure=True,
                    section="If it fails")  # fmt: skip
    runbook = book(Step(id="a", title="A", run="true", undo="true"), commands=(mends,))
    place = scene(runbook)
    session = place.open()
    run_step(session, "a", Status.DONE)
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "For failures: If it fails  touch mended" in text_of(app))
        assert not (place.work / "mended").exists()
        await pilot.press("down", "o")
        await until(pilot, lambda: "Run “For failures: If it fails” now?" in text_of(app))
        await pilot.press("y")
        await until(pilot, (place.work / "mended").exists)
        await until(pilot, lambda: "ended well" in text_of(app))


async def test_the_keys_are_explained_without_broken_lines_at_80_columns(scene: Make) -> None:
    session = scene(book(Step(id="a", title="A", run="true", undo="true"))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        await pilot.press("question_mark")
        await until(pilot, lambda: all(line in text_of(app) for line in HELP.splitlines()))


def test_of_a_single_step_it_is_said_that_it_stays(scene: Make) -> None:
    outer = (Step(id="a", title="A", run="true", undo="true"),)
    inner = (Step(id="b", title="B", run="true", undo="true"),)
    phases = (Phase(id="p", title="P", steps=outer), Phase(id="q", title="Q", steps=inner))
    session = scene(Runbook(title="T", phases=phases)).open()
    for id_ in "ab":
        run_step(session, id_)
    said = words(summary(session.state, plan(session.state, "phase", "q"), 80, 3))
    assert "1 step outside stays (Tab)" in said
    assert rolled_back(session, "phase", "q") == "complete"
    said = words(summary(session.state, plan(session.state, "phase", "q"), 80, 3))
    assert "1 step outside it stays" in said
