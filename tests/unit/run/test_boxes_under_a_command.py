"""A step of a Markdown plan with a command and boxes under it: run, then ticked one by one."""

from __future__ import annotations

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.finishing import waits_for
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Status
from tests.fakes.history import History


def upgraded() -> History:
    """The first step is done and the second one's command has ended; its boxes are open."""
    boxes = tuple(Step(id=f"box-{n}", title=f"Box {n}") for n in range(2))
    steps = (
        Step(id="stop", title="Stop", run="true"),
        Step(id="upgrade", title="Upgrade", run="true", steps=boxes),
        Step(id="start", title="Start", run="true"),
    )
    phase = Phase(id="p", title="P", steps=steps)
    history = History(Runbook(title="T", format="markdown", phases=(phase,)))
    history.ran("stop")
    history.add(e.StepStarted(attempt=1), "upgrade")
    history.add(e.StepWaiting(), "upgrade")
    return history


def test_what_is_left_inside_is_said_by_name() -> None:
    history = upgraded()
    assert waits_for(history.state, "upgrade") == "2 steps inside: “Box 0”, “Box 1”"
    for request in (r.StartStep(step="upgrade"), r.TickNode(node="upgrade")):
        answer = history.ask(request)
        assert isinstance(answer, Refusal)
        assert "has run and waits: 2 steps inside: “Box 0”" in answer.reason


def test_the_boxes_are_in_order_and_end_the_step() -> None:
    history = upgraded()
    history.ask(r.TickNode(node="box-0"))
    assert not history.state.step("box-0").out_of_order
    history.ask(r.TickNode(node="box-1"))
    assert not history.state.step("box-1").out_of_order
    assert history.state.step("upgrade").status is Status.DONE


def test_a_box_before_the_one_before_it_is_out_of_order() -> None:
    history = upgraded()
    history.ask(r.TickNode(node="box-1"))
    assert history.state.step("box-1").out_of_order
    history.ask(r.StartStep(step="start"))
    assert history.state.step("start").out_of_order
