"""What a rollback lists, in which order, and how far back it reaches."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import (
    Change,
    Estimate,
    Parameter,
    Phase,
    Procedure,
    Runbook,
    Stage,
    StageStep,
    Step,
)
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.durations import Past, spread
from runbook_tui.run.procedures import boxes, duties
from runbook_tui.run.reach import expected, reach, takes
from runbook_tui.run.rollback import plan, ran, without
from runbook_tui.run.scopes import default_scope, scope_node
from runbook_tui.run.state import Status
from runbook_tui.run.undo_items import Absent
from tests.fakes.history import GRACE, History
from tests.fakes.plans import chain, two_phases


def test_what_really_ran_is_undone_newest_first() -> None:
    history = History(chain(4))
    for step in ("s0", "s1", "s2"):
        history.ran(step)
    assert [i.step for i in plan(history.state, "run", "").items] == ["s2", "s1", "s0"]


def test_a_long_plan_whose_first_step_ran_again_at_the_end_is_undone_whole() -> None:
    history = History(chain(1100))
    steps = [f"s{n}" for n in range(1100)]
    for step in (*steps, steps[0]):
        history.ran(step)
    assert list(ran(history.state)) == steps[::-1]


def test_a_step_that_failed_half_way_is_undone_first() -> None:
    history = History(chain(3))
    history.ran("s0")
    history.ran("s1", exit_=1)
    items = plan(history.state, "run", "").items
    assert [i.step for i in items] == ["s1", "s0"]
    assert items[0].status is Status.FAILED


def test_skipped_and_never_started_steps_are_not_undone() -> None:
    history = History(chain(3))
    history.ran("s0")
    history.ask(r.SkipStep(step="s1", reason="not today"))
    assert [i.step for i in plan(history.state, "run", "").items] == ["s0"]


def test_a_value_that_is_not_known_shows_and_is_filled_when_it_is() -> None:
    step = Step(id="a", title="A", run="true", undo="x ${{ sha }}", outputs=("sha",))
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=(step,)),)))
    history.ran("a", e.UndoArmed(kind="command", text="x ${{ sha }}", missing=("sha",)))
    item = plan(history.state, "run", "").items[0]
    assert (item.ready, item.why) == (False, "needs sha")
    history.add(e.ParameterCaptured(name="sha", value="a b"), "a")
    item = plan(history.state, "run", "").items[0]
    assert item.ready
    assert item.text == "x 'a b'"


def test_an_open_value_of_a_step_is_never_filled_with_another_step_s() -> None:
    steps = tuple(
        Step(id=n, title=n, run="true", undo="x ${{ old }}", outputs=("old",)) for n in "ab"
    )
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps),)))
    open_undo = e.UndoArmed(kind="command", text="x ${{ old }}", missing=("old",))
    history.ran("a", open_undo)
    history.add(e.ParameterCaptured(name="old", value="41"), "a")
    history.ran("b", open_undo)
    items = {i.step: i for i in plan(history.state, "run", "").items}
    assert items["a"].text == "x 41"
    assert items["b"].missing == ("old",)


def test_a_markdown_placeholder_never_reaches_a_shell_open() -> None:
    step = Step(id="a", title="A", run="true")
    pr = Parameter(name="PR", placeholder="<PR>", declared=False)
    history = History(
        Runbook(title="T", parameters=(pr,), phases=(Phase(id="p", title="P", steps=(step,)),))
    )
    history.ran("a", e.UndoArmed(kind="command", text="gh pr close <PR>"))
    assert plan(history.state, "run", "").items[0].missing == ("PR",)
    history.ask(r.GiveValue(name="PR", value="7; rm -rf /"))
    assert plan(history.state, "run", "").items[0].text == "gh pr close '7; rm -rf /'"


def test_a_floor_holds_what_lies_before_it() -> None:
    history = History(two_phases())
    history.ran("merge")
    history.ran("migrate", e.UndoArmed(kind="irreversible", reason="gone"))
    items = plan(history.state, "run", "").items
    assert [(i.step, i.held) for i in items] == [("migrate", False), ("merge", True)]
    assert not plan(history.state, "run", "", past_floor=True).items[1].held


def test_steps_that_only_look_are_not_in_the_list() -> None:
    history = History(two_phases())
    history.ran("watch", e.UndoArmed(kind="nothing"))
    assert plan(history.state, "run", "").items == ()


def test_the_budget_is_the_phase_s_own_word() -> None:
    history = History(two_phases())
    history.ran("deploy")
    found = plan(history.state, "phase", "two")
    assert found.budget == 300.0
    assert [p.id for p in found.procedures] == ["back"]


@pytest.mark.parametrize(
    ("node", "found"),
    [("c1", ["one", "all"]), ("c2", ["two", "all"]), ("s1", ["one", "all"]),
     ("p", ["one", "two", "all"]), ("", ["one", "all"])],
)  # fmt: skip
def test_a_procedure_of_a_change_is_shown_for_that_change(node: str, found: list[str]) -> None:
    changes = tuple(
        Change(id=f"c{n}", title="C", steps=(Step(id=f"s{n}", title="S", run="x", undo="y"),))
        for n in (1, 2)
    )
    procedures = (
        Procedure(id="one", title="O", applies_to=("c1",)),
        Procedure(id="two", title="T", applies_to=("c2",)),
        Procedure(id="all", title="A"),
    )
    phase = Phase(id="p", title="P", changes=changes)
    history = History(Runbook(title="T", phases=(phase,), procedures=procedures))
    history.ran("s1")
    scope = {"": "run", "p": "phase", "s1": "step"}.get(node, "change")
    assert [p.id for p in plan(history.state, scope, node).procedures] == found


def test_the_default_scope_holds_everything_since_the_last_gate() -> None:
    history = History(two_phases())
    history.ran("merge")
    assert default_scope(history.state) == ("step", "merge")
    history.ran("tag")
    assert default_scope(history.state) == ("phase", "one")
    history.add(e.GateOpened(node="two"), None, GRACE)
    history.ran("deploy")
    assert default_scope(history.state) == ("step", "deploy")
    history.ran("migrate")
    assert default_scope(history.state) == ("phase", "two")
    assert scope_node(history.state, "run") == ""


def test_with_every_phase_closed_the_default_scope_is_the_last_phase_that_ran() -> None:
    history = History(chain(3))
    for step in ("s0", "s1", "s2"):
        history.ran(step)
    assert default_scope(history.state) == ("phase", "p")


def test_after_a_rollback_steps_are_pending_and_gates_are_shut() -> None:
    history = History(two_phases())
    history.ran("merge")
    history.ask(r.TickNode(node="calm"))
    history.ask(r.StartRollback(scope="phase", node="one"))
    history.add(e.UndoStarted(), "merge")
    assert history.state.step("merge").status is Status.UNDOING
    history.add(e.UndoFinished(result="done", exit=0), "merge")
    history.add(e.RollbackFinished(result="complete"))
    assert history.state.step("merge").status is Status.PENDING
    assert ran(history.state) == ()
    assert "calm" not in history.state.ticks


def test_an_undo_that_failed_stays_to_be_done() -> None:
    history = History(chain(2))
    history.ran("s0")
    history.ask(r.StartRollback(scope="run"))
    history.add(e.UndoStarted(), "s0")
    history.add(e.UndoFinished(result="failed", exit=1, reason="no"), "s0")
    history.add(e.RollbackFinished(result="incomplete", remaining=("Step 0",)))
    assert history.state.step("s0").status is Status.UNDO_FAILED
    assert ran(history.state) == ("s0",)


@given(st.lists(st.integers(0, 5), max_size=12))
def test_whatever_ran_in_whatever_order_a_dependent_is_undone_before_what_it_needs(
    order: list[int],
) -> None:
    history = History(chain(6, "markdown"))
    for number in order:
        history.ran(f"s{number}")
    undone = ran(history.state)
    assert sorted(undone) == sorted({f"s{n}" for n in order})
    for step in undone:
        for need in history.state.outline[step].needs:
            if need in undone:
                assert undone.index(step) < undone.index(need)


STAGED = Procedure(
    id="back", title="Back", stages=(
        Stage(id="now", title="At once", from_minute=0, to_minute=5,
              steps=(StageStep(id="tell", title="Tell"), StageStep(id="look", title="Look"))),
        Stage(id="then", title="Then", from_minute=5, to_minute=15),
    ),
)  # fmt: skip


def test_a_stage_is_over_when_its_steps_are_ticked() -> None:
    history = History(dataclasses.replace(chain(1), procedures=(STAGED,)))
    history.ran("s0")
    history.ask(r.OpenRollback())
    for node in ("tell", "look"):
        assert not isinstance(history.ask(r.TickNode(node=node)), r.Refusal)
    now, then = (d for d in duties(history.state, (STAGED,)) if d.is_stage)
    assert now.ticked is not None
    assert then.ticked is None
    began = history.state.last_at
    assert [d.current for d in duties(history.state, (STAGED,), began, began + 400)
            if d.is_stage] == [False, True]  # fmt: skip
    open_ = [d.title for d in boxes(duties(history.state, (STAGED,))) if d.ticked is None]
    assert open_ == ["Then"]


def test_what_was_ticked_before_this_rollback_was_opened_counts_no_longer() -> None:
    history = History(dataclasses.replace(chain(1), procedures=(STAGED,)))
    history.ran("s0")
    history.ask(r.TickNode(node="tell"))
    history.ask(r.OpenRollback())
    history.ask(r.TickNode(node="look"))
    history.ask(r.StartRollback(scope="run"))
    assert set(history.state.ticks) == {"look"}


def test_what_a_step_only_looked_at_has_to_be_looked_at_again() -> None:
    look = Step(id="look", title="Look", run="true", effect=False)
    done = Step(id="a", title="A", run="true", undo="true")
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=(done, look)),)))
    history.ran("a")
    history.ran("look", e.UndoArmed(kind="nothing"))
    history.add(e.RollbackStarted(scope="run", steps=("a",)))
    history.add(e.UndoFinished(result="done"), "a")
    history.add(e.RollbackFinished(result="complete", remaining=(), seconds=1.0))
    assert history.state.step("look").status is Status.PENDING


def test_how_long_an_undo_takes_is_known_only_from_an_undo() -> None:
    history = History(chain(1))
    history.ran("s0")
    item = plan(history.state, "run", "").items[0]
    assert (item.usual, item.guess) == (None, 2.0)
    assert takes(item) == "~2 s"
    past = without(plan(history.state, "run", ""), Absent(past=Past(undos={"s0": spread([9.0])})))
    assert takes(past.items[0]) == "9 s"
    assert past.expected == 9.0


def test_what_takes_longer_than_it_may_says_so() -> None:
    steps = (
        Step(id="a", title="A", run="true", undo="true"),
        Step(
            id="b",
            title="B",
            run="true",
            undo="true",
            estimate=Estimate(minimum=60.0, maximum=120.0),
        ),
    )
    history = History(
        Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps, rollback_within=60.0),))
    )
    history.ran("a")
    assert expected(plan(history.state, "phase", "p")) == "about 2 s of 1 m"
    assert not plan(history.state, "phase", "p").over_budget
    history.add(e.StepStarted(attempt=1), "b")
    history.add(e.UndoArmed(kind="command", text="undo b"), "b")
    history.add(
        e.CommandStarted(attempt=1, kind="run", text="true", cwd="/", shell=("sh", "-c"),
                         folder="/f"), "b",
    )  # fmt: skip
    late = plan(history.state, "phase", "p")
    assert takes(late.items[0]) == "~2 m"
    assert expected(late) == "about 2 m 2 s of 1 m"
    assert late.over_budget


def test_it_reaches_back_to_the_oldest_step_that_no_floor_holds() -> None:
    history = History(chain(3))
    history.ran("s0")
    history.ran("s1", e.UndoArmed(kind="irreversible", reason="schema"))
    history.ran("s2")
    state = history.state
    found = reach(state, plan(state, "run", ""))
    assert found is not None
    assert (found.title, found.at, found.floors) == (
        state.outline["s2"].title, state.step("s2").started, (state.outline["s1"].title,),
    )  # fmt: skip
    past = reach(state, plan(state, "run", "", past_floor=True))
    assert past is not None
    assert past.title == state.outline["s0"].title
    assert reach(History(chain(1)).state, plan(History(chain(1)).state, "run", "")) is None


@pytest.mark.parametrize("acted", [False, True])
def test_where_nothing_was_begun_on_a_machine_only_what_an_earlier_try_did_is_undone(
    acted: bool,
) -> None:
    history = History(chain(2))
    if acted:
        history.ran("s0", exit_=1)
    for attempt in (2, 3):
        folder = f"/runs/a.{attempt}-away"
        history.add(e.StepStarted(attempt=attempt), "s0")
        history.add(
            e.CommandStarted(attempt=attempt, kind="run", text="true", cwd="", shell=("sh", "-c"),
                             folder=folder, host="far"), "s0",
        )  # fmt: skip
        assert ran(history.state) == ("s0",), "until its end it may have begun"
        history.add(
            e.CommandFinished(attempt=attempt, kind="run", folder=folder, exit=255, not_run=True),
            "s0",
        )
    assert ran(history.state) == (("s0",) if acted else ())
