"""What a rollback asks a person about: work of hands, once each, and nothing an undo takes back."""

from __future__ import annotations

import dataclasses

from runbook_tui.book.model import Phase, Procedure, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.requests import Refusal
from runbook_tui.run.rollback import awaited, plan, running_plan
from runbook_tui.run.scopes import default_scope
from runbook_tui.run.state import Status
from tests.fakes.history import History

MANUAL = e.UndoArmed(kind="manual", reason="done by hand", cwd="/srv")


def boxes(of: str) -> tuple[Step, ...]:
    """Two boxes under a step."""
    return tuple(Step(id=f"{of}-{n}", title=f"{of} {n}") for n in "ab")


def upgraded(undo: str | None = "back") -> History:
    """A command with boxes, then hands with boxes, then a command; all that was done is armed."""
    steps = (
        Step(id="up", title="Upgrade", run="true", undo=undo, steps=boxes("up")),
        Step(id="tell", title="Tell everybody", steps=boxes("tell")),
        Step(id="end", title="End", run="true", undo="unend"),
    )
    phase = Phase(id="p", title="P", steps=steps)
    return History(Runbook(title="T", format="markdown", phases=(phase,)))


def tick(history: History, *steps: str) -> None:
    """Tick boxes, each armed as a session arms it."""
    for step in steps:
        for event in history.ask(r.TickNode(node=step)):  # type: ignore[union-attr]
            if event.type == "step.started":
                history.add(MANUAL, step)


def listed(history: History, scope: str = "run", node: str = "") -> list[str]:
    """What a rollback of a scope would take back, in order."""
    return [item.step for item in plan(history.state, scope, node).items]


def took_back(history: History, step: str) -> None:
    """The rollback has taken a step back with its undo."""
    history.add(e.UndoStarted(), step)
    history.add(e.UndoFinished(result="done", exit=0), step)


def test_boxes_under_a_command_go_back_with_its_undo() -> None:
    history = upgraded()
    history.ran("up")
    tick(history, "up-a", "up-b")
    assert listed(history) == ["up"]
    assert plan(history.state, "run", "").items[0].kind == "command"
    history.ask(r.StartRollback(scope="run"))
    took_back(history, "up")
    for step in ("up", "up-a", "up-b"):
        assert history.state.step(step).status is Status.PENDING
        assert not history.state.step(step).acted
    assert listed(history) == []


def test_boxes_under_a_command_without_an_undo_are_asked_about() -> None:
    history = upgraded(undo=None)
    history.ran("up", e.UndoArmed(kind="none"))
    tick(history, "up-a")
    assert listed(history) == ["up-a", "up"]


def test_boxes_stay_as_they_are_where_the_undo_failed() -> None:
    history = upgraded()
    history.ran("up")
    tick(history, "up-a")
    history.ask(r.StartRollback(scope="run"))
    history.add(e.UndoStarted(), "up")
    history.add(e.UndoFinished(result="failed", exit=1), "up")
    assert history.state.step("up-a").status is Status.DONE


def test_the_boxes_of_work_by_hand_are_one_question() -> None:
    history = upgraded()
    history.ran("up")
    tick(history, "tell-a")
    history.ran("end")
    tick(history, "tell-b")
    assert listed(history) == ["end", "tell", "up"]
    item = plan(history.state, "run", "").items[1]
    assert (item.title, item.kind, item.cwd) == ("Tell everybody", "manual", "/srv")
    assert "tell a, tell b" in item.reason
    history.ask(r.StartRollback(scope="run"))
    took_back(history, "end")
    answer = r.AnswerByHand(step="tell", taken_back=True)
    assert not isinstance(history.ask(answer), Refusal)
    assert isinstance(history.ask(answer), Refusal)
    for step in ("tell", "tell-a", "tell-b"):
        assert history.state.step(step).status is Status.PENDING
    shown = running_plan(history.state)
    assert shown is not None
    assert [(i.step, i.result) for i in shown.items][:2] == [
        ("end", "done"),
        ("tell", "taken back"),
    ]


def test_what_stays_stays_with_all_its_boxes() -> None:
    history = upgraded()
    tick(history, "tell-a", "tell-b")
    assert history.state.step("tell").status is Status.DONE
    history.ask(r.StartRollback(scope="run"))
    history.ask(r.AnswerByHand(step="tell", taken_back=False, reason="they know"))
    for step in ("tell", "tell-a", "tell-b"):
        assert history.state.step(step).status is Status.DONE
    assert listed(history) == ["tell"]


def test_the_narrowest_scope_of_a_box_is_the_step_that_takes_it_back() -> None:
    history = upgraded()
    tick(history, "tell-a")
    assert default_scope(history.state) == ("step", "tell")
    assert listed(history, "step", "tell") == ["tell"]


def test_a_box_alone_can_be_taken_back() -> None:
    history = upgraded()
    history.ran("up")
    tick(history, "up-a", "up-b", "tell-a")
    assert listed(history, "step", "up-b") == ["up-b"]
    assert listed(history, "step", "tell-a") == ["tell-a"]


def test_what_has_an_undo_or_more_to_it_than_a_box_is_asked_by_itself() -> None:
    inner = (
        Step(id="x", title="X"),
        Step(id="y", title="Y", run="true", undo="unrun"),
        Step(id="z", title="Z", text="how it is done"),
    )
    group = Step(id="g", title="G", steps=inner)
    runbook = Runbook(title="T", phases=(Phase(id="p", title="P", steps=(group,)),))
    history = History(dataclasses.replace(runbook, format="markdown"))
    tick(history, "x")
    history.ran("y")
    tick(history, "z")
    assert listed(history) == ["z", "y", "x"]


def test_what_the_plan_s_list_takes_back_is_asked_about_and_nothing_else_without_an_undo() -> None:
    ways = (Procedure(id="r", title="Rollback", kind="rollback", applies_to=("a",)),)
    steps = tuple(Step(id=id_, title=id_, run="true") for id_ in "ab")
    phase = Phase(id="p", title="P", steps=steps)
    runbook = Runbook(title="T", format="markdown", phases=(phase,), procedures=ways)
    toml = History(dataclasses.replace(runbook, format="toml"))
    toml.ran("a", e.UndoArmed(kind="none"))
    assert [item.kind for item in plan(toml.state, "run", "").items] == ["none"]
    history = History(runbook)
    history.ran("a", e.UndoArmed(kind="none", reason="the plan gives no undo"))
    history.ran("b", e.UndoArmed(kind="none", reason="the plan gives no undo"))
    kinds = {item.step: item.kind for item in plan(history.state, "run", "").items}
    assert kinds == {"a": "manual", "b": "none"}
    history.ask(r.StartRollback(scope="run"))
    history.add(e.UndoFinished(result="none"), "b")
    assert [item.step for item in awaited(history.state)] == ["a"]
    history.ask(r.AnswerByHand(step="a", taken_back=True))
    assert history.state.step("a").status is Status.PENDING
