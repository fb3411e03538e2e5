"""A step for somebody in a role: who carries it out is asked, held against it and recorded."""

from __future__ import annotations

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import PersonNeeded, Refusal
from runbook_tui.run.state import Status
from tests.fakes.history import ADA, GRACE, History

NAMED = "Grace <grace@example.com>"


def history(*people: str, gate: Gate | None = None, manual: bool = False) -> History:
    run = None if manual else "true"
    step = Step(id="a", title="A", run=run, undo="true", role="dba", gate=gate)
    roles = {"dba": people, "qa": ("*",)}
    return History(
        Runbook(title="T", roles=roles, phases=(Phase(id="p", title="P", steps=(step,)),))
    )


def test_the_lead_names_somebody_in_the_role_and_nobody_else() -> None:
    run = history(NAMED)
    needed = run.ask(r.StartStep(step="a"))
    assert isinstance(needed, PersonNeeded)
    assert (needed.role, needed.listed, needed.exit_code) == ("dba", (NAMED,), 7)
    eve = run.ask(r.StartStep(step="a", by="Eve <eve@example.com>"))
    assert isinstance(eve, Refusal)
    assert "does not hold the role dba" in eve.reason
    assert isinstance(run.ask(r.StartStep(step="a", by="Grace <eve@example.com>")), Refusal)
    assert run.state.step("a").status is Status.PENDING
    run.ask(r.StartStep(step="a", by=NAMED))
    started = run.events[-1].payload
    assert isinstance(started, e.StepStarted)
    assert started.by == NAMED
    assert run.state.step("a").by == NAMED


def test_a_lead_in_the_role_is_named_without_a_question() -> None:
    for people in ((ADA.identity,), ("*",)):
        run = history(*people)
        run.ask(r.StartStep(step="a"))
        assert run.state.step("a").by == ADA.identity


def test_another_attempt_is_by_whoever_did_the_one_before() -> None:
    run = history(NAMED)
    run.ask(r.StartStep(step="a", by=NAMED))
    run.add(e.StepFinished(result="failed"), "a")
    run.ask(r.StartStep(step="a"))
    assert (run.state.step("a").attempt, run.state.step("a").by) == (2, NAMED)


def test_who_carries_it_out_has_a_hand_in_it_and_may_not_have_opened_its_gate() -> None:
    run = history(NAMED, gate=Gate(roles=("qa",), four_eyes=True))
    run.ask(r.SignNode(node="a", role="qa"), GRACE)
    assert gate_open(run.state, "a")
    answer = run.ask(r.StartStep(step="a", by=NAMED))
    assert isinstance(answer, Refusal)
    assert "four eyes" in answer.reason
    # What is written past that refusal takes the approval away.
    run.add(e.StepStarted(attempt=1, by=NAMED), "a")
    assert not gate_open(run.state, "a")


def test_a_step_by_hand_is_begun_and_ended_by_a_tick_with_the_same_question() -> None:
    run = history(NAMED, manual=True)
    assert isinstance(run.ask(r.TickNode(node="a")), PersonNeeded)
    assert isinstance(run.ask(r.FinishStep(step="a")), PersonNeeded)
    run.ask(r.TickNode(node="a", by=NAMED))
    assert run.state.step("a").status is Status.DONE
    assert run.state.step("a").by == NAMED
