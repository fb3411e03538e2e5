"""Sign-offs: how many people they are, and what is said where one was refused."""

from __future__ import annotations

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.finishing import waits_for
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import blockers, gate_open, keeps_open, signed
from tests.fakes.history import ADA, GRACE, LINUS, History

BARE_GRACE = Actor(name="Grace")
BOB = Actor(name="Bob", email="bob@example.com")


def gated(count: int = 1, **more: object) -> History:
    """One step behind a gate that everybody may sign."""
    gate = Gate(roles=("qa",), count=count, **more)  # type: ignore[arg-type]
    step = Step(id="a", title="A", run="true", undo="true", gate=gate)
    phase = Phase(id="p", title="P", steps=(step,))
    return History(Runbook(title="T", roles={"qa": ("*",)}, phases=(phase,)))


def approve(history: History, actor: Actor, node: str = "a") -> object:
    """Ask to approve a node."""
    return history.ask(r.SignNode(node=node, role="qa"), actor)


def reject(history: History, actor: Actor, node: str = "a") -> object:
    """Ask to reject a node."""
    return history.ask(r.SignNode(node=node, role="qa", approve=False, comment="not yet"), actor)


def test_one_person_with_and_without_a_mail_does_not_count_for_two() -> None:
    for first, second in ((GRACE, BARE_GRACE), (BARE_GRACE, GRACE)):
        history = gated(count=2)
        approve(history, first)
        answer = approve(history, second)
        assert isinstance(answer, Refusal)
        assert "may be Grace" in answer.reason
        assert not gate_open(history.state, "a")
        approve(history, LINUS)
        assert gate_open(history.state, "a")


def test_claims_of_one_person_in_an_old_journal_count_once() -> None:
    history = gated(count=2)
    approve(history, GRACE)
    given = history.events[-1].payload
    history.add(given, "a", BARE_GRACE)
    assert not signed(history.state, "a", gate=True)


def test_a_rejection_that_stands_is_named_where_the_gate_is_in_the_way() -> None:
    history = gated()
    reject(history, BOB)
    assert "rejected by Bob (not yet)" in blockers(history.state, "a")[0]
    approve(history, GRACE)
    assert not gate_open(history.state, "a")
    answer = history.ask(r.StartStep(step="a"))
    assert isinstance(answer, Refusal)
    assert "rejected by Bob (not yet)" in answer.reason
    approve(history, BOB)
    assert gate_open(history.state, "a")


def test_somebody_who_may_be_another_does_not_take_their_rejection_back() -> None:
    history = gated()
    reject(history, GRACE)
    approve(history, BARE_GRACE)
    assert not gate_open(history.state, "a")


def test_a_rejected_sign_off_is_named_where_a_step_or_phase_waits_for_it() -> None:
    step = Step(id="a", title="A", run="true", undo="true", signoff=Gate(roles=("qa",)))
    phase = Phase(id="p", title="P", steps=(step,), signoff=Gate(roles=("qa",)))
    history = History(Runbook(title="T", roles={"qa": ("*",)}, phases=(phase,)))
    history.ran("a")
    reject(history, BOB)
    assert "rejected by Bob (not yet)" in waits_for(history.state, "a")
    reject(history, GRACE, "p")
    assert "rejected by Grace (not yet)" in keeps_open(history.state, "p")[0]


def handed(history: History, to: Actor) -> None:
    """The lead goes on to somebody, as resuming the run records it."""
    history.add(e.LeadHandedOver(name=to.name, email=to.email), actor=to)


def test_who_has_led_the_run_does_not_sign_its_gate_by_handing_the_lead_over() -> None:
    history = gated(four_eyes=True)
    handed(history, BOB)
    handed(history, LINUS)
    for actor in (ADA, BOB, LINUS, Actor(name="Bob")):
        answer = approve(history, actor)
        assert isinstance(answer, Refusal)
        assert "four eyes" in answer.reason
    assert [p.identity for p in history.state.leads] == [p.identity for p in (ADA, BOB, LINUS)]
    assert history.state.leads == history.refold().leads
    assert not isinstance(approve(history, GRACE), Refusal)


def test_who_ran_an_earlier_attempt_has_run_the_step() -> None:
    step = Step(id="a", title="A", run="true", undo="true",
                signoff=Gate(roles=("qa",), four_eyes=True))  # fmt: skip
    phase = Phase(id="p", title="P", steps=(step,))
    history = History(Runbook(title="T", roles={"qa": ("*",)}, phases=(phase,)))
    history.ran("a", exit_=1)
    history.add(e.StepStarted(attempt=2), "a", actor=BOB)
    history.add(e.StepWaiting(), "a", actor=BOB)
    assert isinstance(approve(history, ADA), Refusal)
    assert isinstance(approve(history, BOB), Refusal)
    assert not isinstance(approve(history, GRACE), Refusal)
