"""Sign-offs: how many people they are, and what is said where one was refused."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.finishing import waits_for
from runbook_tui.run.order import blockers, closed, gate_open, keeps_open, signed
from runbook_tui.run.requests import Refusal
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


def both(roles: Mapping[str, tuple[str, ...]], gate: Gate, signoff: Gate | None = None) -> History:
    """A phase of one step with a gate, and maybe a sign-off that closes it."""
    step = Step(id="a", title="A", run="true", undo="true")
    phase = Phase(id="p", title="P", steps=(step,), gate=gate, signoff=signoff)
    return History(Runbook(title="T", roles=roles, phases=(phase,)))


def test_who_opened_the_gate_of_a_phase_has_not_signed_it_off() -> None:
    history = both({"qa": ("*",)}, Gate(roles=("qa",)), Gate(roles=("qa",)))
    approve(history, GRACE, "p")
    assert isinstance(history.events[-1].payload, e.GateOpened)
    history.ran("a")
    assert not closed(history.state, "p")
    assert not isinstance(approve(history, GRACE, "p"), Refusal)
    assert closed(history.state, "p")
    kinds = [ev.payload.kind for ev in history.events if isinstance(ev.payload, e.SignoffGiven)]
    assert kinds == ["gate", "sign-off"]


def test_a_decision_of_an_older_journal_is_on_the_gate_while_it_is_shut() -> None:
    history = both({"qa": ("*",)}, Gate(roles=("qa",)), Gate(roles=("qa",)))
    given = e.SignoffGiven(node="p", role="qa", decision="approved")
    history.add(given, None, GRACE)
    history.add(e.GateOpened(node="p"), None, GRACE)
    history.ran("a")
    assert not closed(history.state, "p")
    history.add(given, None, GRACE)
    assert closed(history.state, "p")


def test_who_rejects_a_gate_that_was_opened_shuts_it_for_what_has_not_started() -> None:
    history = gated()
    approve(history, GRACE)
    assert gate_open(history.state, "a")
    reject(history, BOB)
    assert not gate_open(history.state, "a")
    assert "rejected by Bob (not yet)" in blockers(history.state, "a")[0]
    approve(history, LINUS)
    assert not gate_open(history.state, "a")
    approve(history, BOB)
    assert gate_open(history.state, "a")
    assert not isinstance(history.ask(r.StartStep(step="a")), Refusal)


def test_a_person_who_changes_their_mind_is_taken_at_their_last_word() -> None:
    history = gated(count=2)
    for deed in (approve, reject, approve):
        assert not isinstance(deed(history, GRACE), Refusal)
    assert isinstance(approve(history, GRACE), Refusal)
    assert not gate_open(history.state, "a")
    approve(history, BOB)
    assert gate_open(history.state, "a")
    assert not isinstance(reject(history, GRACE), Refusal)
    assert isinstance(reject(history, GRACE), Refusal)
    assert not gate_open(history.state, "a")


def test_a_gate_that_is_open_or_passed_says_so_to_who_signs_it_again() -> None:
    history = gated()
    approve(history, GRACE)
    answer = approve(history, BOB)
    assert isinstance(answer, Refusal)
    assert "open already" in answer.reason
    history.ran("a")
    assert isinstance(reject(history, BOB), Refusal)


def test_one_person_may_hold_two_roles_and_rejects_in_each_alone() -> None:
    roles = {"cto": ("Grace <grace@example.com>",), "qa": ("*",)}
    history = both(roles, Gate(roles=("cto", "qa")))
    history.ask(r.SignNode(node="p", role="qa"), GRACE)
    assert not gate_open(history.state, "p")
    no = r.SignNode(node="p", role="cto", approve=False, comment="not yet")
    history.ask(no, GRACE)
    history.ask(r.SignNode(node="p", role="qa"), BOB)
    assert not gate_open(history.state, "p")
    history.ask(r.SignNode(node="p", role="cto"), GRACE)
    assert gate_open(history.state, "p")


def test_so_many_must_sign_in_each_role() -> None:
    history = both({"cto": ("*",), "qa": ("*",)}, Gate(roles=("cto", "qa"), count=2))
    for who, role in ((GRACE, "cto"), (LINUS, "cto"), (BOB, "qa")):
        history.ask(r.SignNode(node="p", role=role), who)
        assert not gate_open(history.state, "p")
    history.ask(r.SignNode(node="p", role="qa"), GRACE)
    assert gate_open(history.state, "p")


@pytest.mark.parametrize(
    ("listed", "claimed", "held"),
    [
        ("*", Actor(name="Anybody"), True),
        ("grace@example.com", Actor(name="G", email="Grace@Example.com"), True),
        ("<grace@example.com>", GRACE, True),
        ("Grace Hopper <GRACE@example.com>", GRACE, True),
        ("grace@example.com", Actor(name="grace@example.com"), True),
        ("Grace <grace@example.com>", Actor(name="Grace"), False),
        ("Grace <grace@example.com>", Actor(name="Grace", email="evil@example.com"), False),
        ("Grace  Hopper", Actor(name="grace hopper"), True),
        ("Grace", BOB, False),
    ],
)
def test_who_holds_a_role(listed: str, claimed: Actor, held: bool) -> None:
    history = both({"cto": (listed,)}, Gate(roles=("cto",)))
    answer = history.ask(r.SignNode(node="p", role="cto"), claimed)
    assert isinstance(answer, Refusal) is not held
    if isinstance(answer, Refusal):
        assert "does not hold the role cto" in answer.reason
        assert answer.hint == f"it is held by {listed}"


def test_the_role_of_the_lead_is_the_leads_alone_and_goes_over_with_the_lead() -> None:
    history = both({}, Gate(roles=("lead",)))
    sign = r.SignNode(node="p", role="lead")
    for who in (GRACE, Actor(name="Ada"), Actor(name="Ada", email="other@example.com")):
        assert isinstance(history.ask(sign, who), Refusal)
    handed(history, GRACE)
    assert isinstance(history.ask(sign, ADA), Refusal)
    assert not isinstance(history.ask(sign, Actor(name="G", email="GRACE@example.com")), Refusal)
    assert gate_open(history.state, "p")
