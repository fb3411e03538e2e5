"""A rehearsal goes through the plan: nothing of it has happened, nothing pretends that it did."""

from __future__ import annotations

from runbook_tui.book.model import Check, Command, Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.offers import as_step
from runbook_tui.run.order import blockers
from runbook_tui.run.rehearsal import as_if, really_runs, would_be
from runbook_tui.run.requests import ConfirmationNeeded, Refusal
from runbook_tui.run.rollback import plan, without
from runbook_tui.run.state import Status
from runbook_tui.run.undo_items import Absent, Item
from tests.fakes.history import History


def book(*steps: Step, gate: Gate | None = None, **fields: object) -> Runbook:
    phase = Phase(id="p", title="P", steps=steps, gate=gate)
    return Runbook(
        title="T", roles={"cto": ("*",)}, phases=(phase,), **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def through(history: History, *ids: str) -> None:
    """Go through steps as a session does: the undo is recorded right behind the start."""
    for id_ in ids:
        answer = history.ask(r.StartStep(step=id_))
        assert not isinstance(answer, Refusal), answer


def armed(history: History, step: str, text: str, missing: tuple[str, ...] = ()) -> None:
    """Record the undo of a step that was gone through."""
    places = tuple(f"{text.index('${{')}-{len(text)} {name}" for name in missing)
    payload = e.UndoArmed(kind="command", text=text, missing=missing, places=places,
                          verify_places=())  # fmt: skip
    history.add(payload, step)


def items(history: History) -> dict[str, Item]:
    return {item.step: item for item in plan(as_if(history.state), "run", "").items}


def test_a_step_is_gone_through_and_has_not_acted() -> None:
    step = Step(id="a", title="A", run="touch a", undo="rm a", checks=(Check(id="c", title="C"),),
                confirm="Sure?", signoff=Gate(roles=("cto",)))  # fmt: skip
    history = History(book(step, gate=Gate(roles=("cto",))), rehearse=True)
    assert blockers(history.state, "a") == ()
    through(history, "a")
    state = history.state
    assert state.step("a").status is Status.REHEARSED
    assert not state.step("a").acted
    assert (state.ticks, state.signoffs, dict(state.opened_gates)) == ({}, (), {})
    said = history.events[-1].payload
    assert isinstance(said, e.StepRehearsed)
    assert said.text == "touch a"
    assert said.waits == ("the gate of “P” (cto)", "a yes to “Sure?”", "1 tick",
                          "the sign-off of cto")  # fmt: skip


def test_what_is_only_gone_through_is_not_in_the_real_rollback() -> None:
    history = History(
        book(Step(id="a", title="A", run="touch a", undo="rm a"),
             Step(id="b", title="B", run="touch b", undo="rm b", rehearse=True)), rehearse=True,
    )  # fmt: skip
    through(history, "a")
    armed(history, "a", "rm a")
    history.ran("b", e.UndoArmed(kind="command", text="rm b"))
    assert [i.step for i in plan(history.state, "run", "").items] == ["b"]
    assert [i.step for i in plan(as_if(history.state), "run", "").items] == ["b", "a"]


def test_work_of_hands_was_not_done() -> None:
    history = History(book(Step(id="a", title="A"), Step(id="b", title="B")), rehearse=True)
    through(history, "a")
    history.ask(r.TickNode(node="b"))
    assert [history.state.step(i).status for i in "ab"] == [Status.REHEARSED] * 2
    assert not any(history.state.step(i).acted for i in "ab")


def test_the_order_is_kept_though_nobody_signs_or_ticks() -> None:
    first = Step(id="a", title="A", checks=(Check(id="c", title="C"),), signoff=Gate(roles=("qa",)))
    history = History(book(first, Step(id="b", title="B", needs=("a",))), rehearse=True)
    assert blockers(history.state, "b") == ("“A” comes first",)
    through(history, "a")
    assert blockers(history.state, "b") == ()


def test_a_value_that_a_step_would_put_out_is_no_lack_and_one_that_nobody_gives_is() -> None:
    history = History(
        book(Step(id="a", title="A", run="x", outputs=("old",), before="y", undo="back ${{ old }}"),
             Step(id="b", title="B", run="x", undo="back ${{ other }}")), rehearse=True,
    )  # fmt: skip
    through(history, "a", "b")
    armed(history, "a", "back ${{ old }}", ("old",))
    armed(history, "b", "back ${{ other }}", ("other",))
    found = items(history)
    assert (found["a"].ready, found["a"].promised) == (True, ("old",))
    assert would_be(history.state, found["a"]) == ("rehearsed", "once it has put out old")
    assert would_be(history.state, found["b"]) == ("not ready", "needs other")


def test_a_folder_that_an_earlier_step_would_have_made_is_no_lack() -> None:
    make = Step(id="make", title="Get it", run="git clone /srv/mill.git", undo="rm -rf mill")
    steps = (make, Step(id="in", title="In it", run="x", undo="y", cwd="mill/wheel"),
             Step(id="by", title="Beside it", run="x", undo="y", cwd="windmill"))  # fmt: skip
    history = History(book(*steps), rehearse=True)
    through(history, "make", "in", "by")
    folders = {"make": "/srv/plan", "in": "/srv/plan/mill/wheel", "by": "/srv/plan/windmill"}
    for step, cwd in folders.items():
        history.add(e.UndoArmed(kind="command", text="y", cwd=cwd), step)
    absent = Absent(folders=("/srv/plan/mill/wheel", "/srv/plan/windmill"))
    planned = without(plan(as_if(history.state), "run", ""), absent)
    found = {item.step: item for item in planned.items}
    words = "once “Get it” has made /srv/plan/mill/wheel"
    assert would_be(history.state, found["in"]) == ("rehearsed", words)
    assert would_be(history.state, found["by"]) == ("not ready", "its folder is gone")


def test_a_folder_that_is_gone_in_a_run_is_gone_whatever_a_step_says() -> None:
    make = Step(id="make", title="Get it", run="mkdir mill", undo="rmdir mill")
    history = History(book(make, Step(id="in", title="In it", run="x", undo="y", cwd="mill")))
    for step, cwd in (("make", "/srv/plan"), ("in", "/srv/plan/mill")):
        history.ran(step, e.UndoArmed(kind="command", text="y", cwd=cwd))
    planned = without(plan(history.state, "run", ""), Absent(folders=("/srv/plan/mill",)))
    assert [item.why for item in planned.items] == ["its folder is gone", ""]


def test_a_floor_that_was_only_gone_through_keeps_nothing_that_really_ran() -> None:
    history = History(
        book(Step(id="real", title="Real", run="x", undo="y", rehearse=True),
             Step(id="walk", title="Walk", run="x", undo="y"),
             Step(id="gone", title="Gone", run="x", irreversible="gone")), rehearse=True,
    )  # fmt: skip
    history.ran("real")
    through(history, "walk", "gone")
    armed(history, "walk", "y")
    history.add(e.UndoArmed(kind="irreversible", reason="gone"), "gone")
    found = items(history)
    assert (found["real"].held, found["walk"].held) == (False, True)


def test_a_marked_step_whose_value_nothing_has_put_out_is_only_gone_through() -> None:
    maker = Step(id="a", title="A", run="x", outputs=("made",))
    user = Step(id="b", title="B", run="use ${{ made }}", rehearse=True)
    history = History(book(maker, user), rehearse=True)
    assert really_runs(history.state, user)
    through(history, "a")
    assert not really_runs(history.state, user)
    through(history, "b")
    said = history.events[-1].payload
    assert isinstance(said, e.StepRehearsed)
    assert said.reason == "nothing has put out made"


def test_a_marked_step_asks_as_in_a_run_and_is_gone_through_where_nobody_answers() -> None:
    step = Step(id="a", title="A", run="x", confirm="Sure?", rehearse=True)
    history = History(book(step), rehearse=True)
    assert isinstance(history.ask(r.StartStep(step="a")), ConfirmationNeeded)
    history.ask(r.StartStep(step="a", walk=True))
    assert history.state.step("a").status is Status.REHEARSED


def test_a_condition_on_a_value_that_nobody_knows_leaves_nothing_out() -> None:
    maker = Step(id="a", title="A", run="x", outputs=("big",))
    history = History(book(maker, Step(id="b", title="B", run="x", when="big == 'yes'")),
                      rehearse=True)  # fmt: skip
    through(history, "a", "b")
    assert history.state.step("b").status is Status.REHEARSED


def test_in_a_run_the_mark_means_nothing() -> None:
    step = Step(id="a", title="A", run="x", rehearse=True)
    history = History(book(step))
    history.ask(r.StartStep(step="a", walk=True))
    assert history.state.step("a").status is Status.RUNNING
    assert as_if(history.state) is history.state


def test_what_the_plan_offers_is_not_run_either() -> None:
    offered = Command(id="x", line=1, language="bash", text="touch x", rollback=True)
    history = History(book(Step(id="a", title="A"), commands=(offered,)), rehearse=True)
    answer = as_step(history.state, "x")
    assert isinstance(answer, Refusal)
    assert "rehearsal" in answer.reason
