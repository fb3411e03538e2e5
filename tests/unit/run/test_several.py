"""A step on several machines: where it begins, how it stands, and what a rollback makes of it."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Check, Parameter, Phase, Runbook, Step
from runbook_tui.book.spreading import spread
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.prepare import resolve, step_environment
from runbook_tui.run.several import next_ones, standing, status_of
from runbook_tui.run.state import Status
from runbook_tui.run.upcoming import next_open
from tests.fakes.history import History


def plan(*steps: Step, **fields: object) -> Runbook:
    phase = Phase(id="p", title="P", steps=steps)
    return spread(Runbook(title="T", phases=(phase,), **fields))  # type: ignore[arg-type]


def deploy(**fields: object) -> Step:
    given = {"id": "d", "title": "Deploy", "run": "x", "undo": "y",
             "hosts": ("web1", "web2", "web3"), **fields}  # fmt: skip
    return Step(**given)  # type: ignore[arg-type]


def begun(history: History, request: r.StartStep) -> list[str | None]:
    answer = history.ask(request)
    assert not isinstance(answer, r.Refusal), answer
    for event in answer:
        assert isinstance(event.payload, e.StepStarted)
        (host,) = history.state.outline.steps[event.step or ""].hosts
        armed = e.UndoArmed(kind="command", text="y", host=host)
        history.add(armed, event.step)
        history.add(
            e.CommandStarted(attempt=event.payload.attempt, kind="run", text="x", cwd="",
                             shell=("sh", "-c"), folder=f"f-{event.step}"), event.step,
        )  # fmt: skip
    return [event.step for event in answer]


def ended(history: History, step: str, exit_: int = 0, **how: bool) -> None:
    history.add(e.CommandFinished(attempt=1, kind="run", folder=f"f-{step}", exit=exit_,
                                  **how), step)  # type: ignore[arg-type]  # fmt: skip
    if exit_ or how:
        history.add(e.StepFinished(result="failed", reason="no"), step)
        return
    from runbook_tui.run.finishing import conclude

    for payload, about in conclude(history.state, step):
        history.add(payload, about)


def shown(history: History, id_: str = "d") -> Status:
    return status_of(history.state, id_)


def test_it_begins_on_all_at_once_and_is_done_when_all_are() -> None:
    history = History(plan(deploy(), Step(id="b", title="B", run="x")))
    assert shown(history) is Status.READY
    assert shown(history, "b") is Status.PENDING
    assert begun(history, r.StartStep(step="d")) == ["d.web1", "d.web2", "d.web3"]
    assert shown(history) is Status.RUNNING
    for host in ("web2", "web1"):
        ended(history, f"d.{host}")
    assert shown(history) is Status.RUNNING
    ended(history, "d.web3")
    assert shown(history) is Status.DONE
    assert shown(history, "b") is Status.READY


def test_it_goes_on_in_batches_until_too_many_have_failed() -> None:
    hosts = ("h1", "h2", "h3", "h4", "h5")
    history = History(plan(deploy(hosts=hosts, batch=2, max_failures=1)))
    step = history.state.outline.steps["d"]
    assert begun(history, r.StartStep(step="d")) == ["d.h1", "d.h2"]
    ended(history, "d.h1", 1)
    assert next_ones(history.state, step) == ()
    ended(history, "d.h2")
    assert next_ones(history.state, step) == ("d.h3", "d.h4")
    assert shown(history) is Status.READY
    for id_ in next_ones(history.state, step):
        begun(history, r.StartStep(step=id_))
    ended(history, "d.h3", 0, lost=True)
    assert shown(history) is Status.RUNNING
    ended(history, "d.h4")
    assert next_ones(history.state, step) == ()
    assert shown(history) is Status.FAILED
    assert standing(history.state, step).words == "2 of 5 done, 1 failed, 1 lost"
    assert begun(history, r.StartStep(step="d")) == ["d.h1", "d.h3"], "what failed comes first"


def test_within_the_limit_it_is_not_done_either() -> None:
    history = History(plan(deploy(max_failures=1), Step(id="b", title="B", run="x")))
    begun(history, r.StartStep(step="d"))
    ended(history, "d.web1")
    ended(history, "d.web2", 1)
    ended(history, "d.web3")
    assert shown(history) is Status.FAILED
    assert shown(history, "b") is Status.PENDING
    history.ask(r.SkipStep(step="d.web2", reason="it is retired"))
    assert shown(history) is Status.DONE


@pytest.mark.parametrize(("how", "status"), [({"lost": True}, Status.LOST),
                                             ({"stopped": True}, Status.STOPPED)])  # fmt: skip
def test_lost_and_stopped_are_told_apart_and_a_stop_ends_it(
    how: dict[str, bool], status: Status
) -> None:
    history = History(plan(deploy(batch=1, max_failures=0)))
    begun(history, r.StartStep(step="d"))
    ended(history, "d.web1", 0, **how)
    assert shown(history) is status
    assert next_ones(history.state, history.state.outline.steps["d"]) == ()
    generous = History(plan(deploy(batch=1, max_failures=2)))
    begun(generous, r.StartStep(step="d"))
    ended(generous, "d.web1", 0, stopped=True)
    assert next_ones(generous.state, generous.state.outline.steps["d"]) == ()


def test_each_machine_is_an_item_of_the_rollback_and_the_step_opens_again() -> None:
    from runbook_tui.run.rollback import plan as rollback_plan

    history = History(plan(deploy(batch=2), Step(id="b", title="B", run="x", needs=("d",))))
    begun(history, r.StartStep(step="d"))
    ended(history, "d.web1")
    ended(history, "d.web2")
    begun(history, r.StartStep(step="d"))
    ended(history, "d.web3")
    assert shown(history) is Status.DONE
    items = rollback_plan(history.state, "run", "").items
    assert [(i.step, i.title) for i in items] == [
        ("d.web3", "Deploy on web3"), ("d.web2", "Deploy on web2"), ("d.web1", "Deploy on web1"),
    ]  # fmt: skip
    assert [i.host for i in items] == ["web3", "web2", "web1"]
    history.add(e.RollbackStarted(scope="run", steps=tuple(i.step for i in items)))
    for item in items:
        history.add(e.UndoStarted(), item.step)
        history.add(e.UndoFinished(result="done"), item.step)
    history.add(e.RollbackFinished(result="complete"))
    assert shown(history) is Status.READY
    assert shown(history, "b") is Status.PENDING


def test_what_a_machine_puts_out_is_its_own() -> None:
    step = deploy(before="z", outputs=("old",), run="echo ${{ old }} $old")
    history = History(plan(step, parameters=(Parameter(name="n"),)))
    for host in ("web1", "web2"):
        begun(history, r.StartStep(step=f"d.{host}"))
        history.add(e.ParameterCaptured(name="old", value=host), f"d.{host}")
    assert "old" not in history.state.values
    for host in ("web1", "web2"):
        own = history.state.outline.steps[f"d.{host}"]
        outputs = {**history.state.values, **history.state.step(own.id).outputs}
        assert resolve(history.state, own.run or "", outputs).text.startswith(f"echo {host} ")
        assert step_environment(history.state, own, {})["old"] == host


def test_the_cursor_stands_on_the_step_not_on_one_of_its_machines() -> None:
    history = History(plan(deploy(), Step(id="b", title="B", run="x")))
    assert next_open(history.state) == "d"
    begun(history, r.StartStep(step="d"))
    assert next_open(history.state) == "d"
    for host in ("web1", "web2", "web3"):
        ended(history, f"d.{host}")
    assert next_open(history.state) == "b"


def test_optional_on_several_machines_is_not_over_with_the_first() -> None:
    history = History(plan(deploy(batch=1, optional=True)))
    begun(history, r.StartStep(step="d"))
    ended(history, "d.web1")
    assert history.state.step("d").status is Status.PENDING


def test_boxes_are_ticked_once_and_probes_on_each() -> None:
    checks = (Check(id="eye", title="Looks well"), Check(id="up", title="Up", probe="z"))
    found = plan(deploy(checks=checks, confirm="Sure?"))
    holder = found.phases[0].steps[0]
    assert [c.id for c in holder.checks] == ["eye"]
    assert [c.id for s in holder.steps for c in s.checks] == ["up.web1", "up.web2", "up.web3"]
    history = History(found)
    answer = history.ask(r.StartStep(step="d"))
    assert isinstance(answer, r.ConfirmationNeeded)
    assert len(begun(history, r.StartStep(step="d", confirmed=True))) == 3


def test_it_waits_where_only_boxes_are_open() -> None:
    checks = (Check(id="up", title="Up", probe="z"),)
    history = History(plan(deploy(checks=checks, hosts=("h1", "h2"))))
    begun(history, r.StartStep(step="d"))
    ended(history, "d.h1")
    assert shown(history) is Status.RUNNING
    ended(history, "d.h2")
    assert shown(history) is Status.WAITING
    assert (
        standing(history.state, history.state.outline.steps["d"]).words == "0 of 2 done, 2 waiting"
    )
    history.ask(r.TickNode(node="up.h1"))
    history.ask(r.TickNode(node="up.h2"))
    assert shown(history) is Status.DONE


def test_its_own_boxes_keep_it_waiting_and_it_is_not_begun_again() -> None:
    history = History(plan(deploy(checks=(Check(id="eye", title="Looks well"),))))
    begun(history, r.StartStep(step="d"))
    for host in ("web1", "web2", "web3"):
        ended(history, f"d.{host}")
    assert shown(history) is Status.WAITING
    answer = history.ask(r.StartStep(step="d"))
    assert isinstance(answer, r.Refusal)
    assert "has run and waits: 1 check" in answer.reason
    history.ask(r.TickNode(node="eye"))
    assert shown(history) is Status.DONE


def test_a_condition_that_does_not_hold_starts_it_nowhere() -> None:
    step = deploy(when="where == 'eu'")
    history = History(plan(step, parameters=(Parameter(name="where"),)), {"where": "us"})
    answer = history.ask(r.StartStep(step="d"))
    assert not isinstance(answer, r.Refusal)
    assert [event.type for event in answer] == ["step.skipped"]


def test_a_tick_starts_it_nowhere() -> None:
    history = History(plan(deploy()))
    answer = history.ask(r.TickNode(node="d"))
    assert isinstance(answer, r.Refusal)
    assert "finished by its command" in answer.reason


def test_each_machine_waits_for_what_the_step_waits_for() -> None:
    first = Step(id="a", title="A", run="x")
    history = History(plan(first, deploy()))
    for id_ in ("d", "d.web2"):
        answer = history.ask(r.StartStep(step=id_))
        assert isinstance(answer, r.Refusal)
        assert "“A”" in answer.reason, id_
    accepted = history.ask(r.StartStep(step="a"))
    assert not isinstance(accepted, r.Refusal)
