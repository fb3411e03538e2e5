"""The card, the head, the help and the dialogs: nothing that counts is left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from runbook_tui.book.model import (
    Check,
    Command,
    Expect,
    Gate,
    Parameter,
    Phase,
    Runbook,
    Secret,
    Step,
)
from runbook_tui.book.spreading import spread
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.views import card as card_view
from runbook_tui.tui.views import head
from runbook_tui.tui.views.confirming import confirmation, filled
from runbook_tui.tui.views.tone import Line, length
from runbook_tui.tui.views.words import unmarked
from tests.fakes.history import START, History
from tests.integration.session.scene import Scene, book, run_step
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def card(history: History, id_: str, width: int = 78, height: int = 8) -> list[str]:
    return texts(card_view.card(history.state, id_, START + 60, width, height))


def many_checks(count: int) -> Step:
    checks = tuple(Check(id=f"c{n}", title=f"check number {n}") for n in range(count))
    return Step(id="a", title="A", run="true", undo="true", checks=checks, text="long " * 99)


def test_checks_share_rows_where_there_are_few_and_none_is_lost() -> None:
    shown = card(History(book(many_checks(6))), "a")
    assert len(shown) <= 8
    assert all(any(f"check number {n}" in row for row in shown) for n in range(6))


def test_checks_that_do_not_fit_are_counted() -> None:
    shown = card(History(book(many_checks(30))), "a", height=6)
    assert len(shown) == 6
    assert "☐ check number 0" in "\n".join(shown)
    counted = int(shown[-1].rpartition("+")[2])
    assert counted == 30 - sum(row.count("☐") for row in shown)


def test_the_undo_stays_on_the_smallest_card() -> None:
    checks = tuple(Check(id=f"c{n}", title=f"check {n}") for n in range(3))
    step = Step(id="a", title="A", run="one\ntwo\nthree", undo="take it back", checks=checks)
    history = History(book(step, format="markdown"))
    history.ran("a", exit_=3)
    shown = card(history, "a", height=5)
    assert len(shown) == 5
    assert any(row.startswith("↶") for row in shown)
    assert any(row.startswith("$ one") and "2 more" in row for row in shown)


def test_the_reason_of_an_override_is_on_the_card() -> None:
    step = Step(id="a", title="A", run="true", undo="true", required=True)
    history = History(book(step))
    history.ask(r.SkipStep(step="a", reason="the building burns", override=True))
    assert "skipped AGAINST THE PLAN: the building burns" in card(history, "a")


def test_why_a_box_was_ticked_against_its_probe_is_on_the_card_whole() -> None:
    probe = Check(id="up", title="The shop answers", probe="x")
    phase = Phase(id="p", title="P", steps=(Step(id="a", title="A", run="true"),),
                  criteria=(probe,))  # fmt: skip
    history = History(Runbook(title="T", phases=(phase,)))
    history.ran("a")
    history.add(e.CheckProbed(node="up", holds=False, reason="exit status 22"))
    history.ask(r.TickNode(node="up", override=True, reason="the monitor is old, see OPS-1"))
    shown = card(history, "up")
    assert all(len(row) <= 78 for row in shown)
    assert "the monitor is old, see OPS-1" in " ".join(" ".join(shown).split())


def test_a_start_out_of_order_is_on_the_card() -> None:
    history = History(book(Step(id="a", title="A"), Step(id="b", title="B"), format="markdown"))
    history.ask(r.StartStep(step="b"))
    assert "started out of order" in card(history, "b")


def test_a_probe_s_tick_is_the_probe_s_and_a_hand_s_is_the_hand_s() -> None:
    checks = (Check(id="c", title="Up", probe="true"), Check(id="d", title="Seen"))
    history = History(book(Step(id="a", title="A", run="true", undo="true", checks=checks)))
    history.ask(r.StartStep(step="a"))
    history.add(e.StepWaiting(), "a")
    history.add(e.CommandStarted(attempt=1, kind="probe", text="true", cwd="/", shell=("sh",),
                                 folder="/p", node="c"), "a")  # fmt: skip
    history.add(e.CommandFinished(attempt=1, kind="probe", folder="/p", exit=0), "a")
    history.add(e.CheckTicked(node="c"), "a")
    history.ask(r.TickNode(node="d"))
    shown = card(history, "a")
    assert "☑ Up  by its probe" in shown
    assert "☑ Seen  Ada" in shown


def test_marks_of_markdown_are_taken_out_and_shell_stays_as_it_is() -> None:
    assert unmarked("Type **exit()** in `psql`, see [docs](http://x/y)") == (
        "Type exit() in psql, see docs (http://x/y)"
    )
    assert unmarked("## Head\n```bash\nls *.log **/*.py\n```\n") == "Head\nls *.log **/*.py\n"
    assert unmarked("a ** b ** c and __init__ and x*y*z") == "a ** b ** c and __init__ and x*y*z"


def test_the_dialog_of_an_irreversible_step_says_question_reason_and_command() -> None:
    step = Step(id="a", title="Migrate", run="./migrate ${{ to }}", confirm="Is the standby warm?",
                irreversible="the old schema is gone")  # fmt: skip
    text = confirmation(History(book(step), {"to": "42"}).state, "a")
    assert "Is the standby warm?" in text
    assert "the old schema is gone" in text
    assert "$ ./migrate 42" in text


def test_a_copied_command_has_its_values_but_never_a_secret() -> None:
    step = Step(id="a", title="A", run="login ${{ user }} ${{ word }}", undo="true")
    secret = Parameter(name="word", secret=Secret(env="WORD"))
    history = History(book(step, parameters=(secret,)), {"user": "ada"})
    state = dataclasses.replace(history.state, secrets={"word": "env"})
    assert filled(state, "a") == 'login ada "${word}"'


def test_the_undo_of_a_step_to_come_has_its_values_but_never_those_it_will_put_out() -> None:
    step = Step(id="a", title="A", run="ship ${{ version }}", outputs=("old",),
                undo="ship --back ${{ version }} ${{ old }}")  # fmt: skip
    history = History(book(step), {"version": "v 2", "old": "of another step"})
    shown = "\n".join(card(history, "a"))
    assert "↶ ship --back 'v 2' ${{ old }}" in shown
    assert "with the step" in shown


def test_the_clock_stays_in_the_head_at_80_columns_with_values_open() -> None:
    offered = tuple(
        Command(id=f"x{n}", line=n, language="bash", text=f"revert <V{n}>", rollback=True)
        for n in range(4)
    )
    values = tuple(Parameter(name=f"V{n}", placeholder=f"<V{n}>", declared=False) for n in range(4))
    step = Step(id="a", title="A", run="true", undo="true")
    history = History(Runbook(title="A long title of a long plan", commands=offered,
                              phases=(Phase(id="p", title="P", steps=(step,)),),
                              parameters=values))  # fmt: skip
    history.ran("a")
    line = head.head(history.state, START + 3605, 80)
    assert "1:00:0" in "".join(text for text, _ in line)
    assert "4 values open" in "".join(text for text, _ in line)
    assert length(line) <= 80


async def test_a_question_before_a_step_is_shown_whole(scene: Make) -> None:
    step = Step(id="a", title="Migrate", run="echo migrated", confirm="Is the standby warm?",
                irreversible="the old schema is gone", signoff=Gate(roles=("qa",)))  # fmt: skip
    session = scene(book(step)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "Is the standby warm?" in text_of(app))
        assert "It cannot be taken back: the old schema is gone" in text_of(app)
        assert "$ echo migrated" in text_of(app)
        assert not session.state.step("a").touched


async def test_values_are_asked_for_before_the_yes_so_that_the_command_is_whole(
    scene: Make,
) -> None:
    where = Parameter(name="WHERE", placeholder="<WHERE>", declared=False)
    step = Step(id="a", title="A", run="echo to <WHERE>", irreversible="gone is gone")
    session = scene(book(step, parameters=(where,))).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "WHERE =" in text_of(app))
        await pilot.press("x", "enter")
        await until(pilot, lambda: "gone is gone" in text_of(app) and "Yes" in text_of(app))
        assert "$ echo to x" in text_of(app)
        await pilot.press("y")
        await until(pilot, lambda: session.state.step("a").status is Status.DONE)


def test_a_step_on_another_machine_says_where_it_acts_and_is_taken_back() -> None:
    step = Step(id="db", title="Dump", run="dump it\nnow", hosts=("${{ where }}",), undo="drop it")
    history = History(book(step, parameters=(Parameter(name="where"),)))
    assert "on ${{ where }} $ dump it" in "\n".join(card(history, "db"))
    history.add(e.ParameterCaptured(name="where", value="db1"), None)
    text = "\n".join(card(history, "db"))
    assert "on db1 $ dump it" in text
    assert "↶ on db1 drop it" in text


async def test_the_first_error_is_offered_where_there_is_one(scene: Make) -> None:
    loud = Step(id="a", title="Loud", run="echo 'error: no such table'; exit 3", undo="true")
    mute = Step(id="b", title="Mute", run="echo all is well; exit 3", undo="true", needs=())
    session = scene(book(loud, mute)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(100, 40)) as pilot:
        run_step(session, "a", Status.FAILED)
        await until(pilot, lambda: "its first error" in text_of(app))
        run_step(session, "b", Status.FAILED)
        await pilot.press("j")
        await until(pilot, lambda: "✗ FAILED Mute" in text_of(app))
        (record,) = session.state.step("b").commands
        await until(pilot, lambda: _looked(app, record.folder))
        assert "bring it back" in text_of(app)
        assert "its first error" not in text_of(app)


def _looked(app: RunbookApp, folder: str) -> bool:
    assert isinstance(app.screen, MainScreen)
    return app.screen.looked_for_errors(folder)


async def test_an_expected_exit_status_is_no_failure_on_the_screen(scene: Make) -> None:
    step = Step(id="a", title="Diff", run="exit 3", undo="true", expect=Expect(exits=(3,)))
    session = scene(book(step)).open()
    app = RunbookApp(session, LogTerminals())
    async with app.run_test(size=(100, 40)) as pilot:
        run_step(session, "a")
        await until(pilot, lambda: "─ command ✓ exit 3" in text_of(app))
        await pilot.press("tab")
        await until(pilot, lambda: "Tab back" in text_of(app))
        assert "i type" not in text_of(app)


def test_nobody_is_told_to_finish_by_hand_what_runs_on_several_machines() -> None:
    step = Step(id="d", title="Deploy", run="true", hosts=("a", "b"))
    history = History(spread(book(step)))
    history.add(e.StepStarted(attempt=1), "d.a")
    text = "\n".join(card(history, "d"))
    assert "RUNNING Deploy" in text
    assert "Space" not in text
