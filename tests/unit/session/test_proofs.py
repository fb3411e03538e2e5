"""What goes on behind a signed gate that is shut is seen; a rehearsal asks nobody."""

from __future__ import annotations

import dataclasses

import pytest

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.session.proofs import lacking
from tests.fakes.history import ADA, GRACE, History

PLAN = Runbook(
    title="P",
    roles={"cto": ("*",)},
    phases=(
        Phase(id="core", title="Core", gate=Gate(roles=("cto",), signed=True),
              steps=(Step(id="a", title="A"), Step(id="b", title="B"))),
        Phase(id="free", title="Free", steps=(Step(id="c", title="C"),)),
    ),
)  # fmt: skip
SHUT = "a step was started, and the signed gate of “Core” was shut"


def test_each_step_that_was_started_behind_a_shut_gate_is_named() -> None:
    history = History(PLAN)
    for step in ("c", "a", "b"):
        history.add(e.StepStarted(), step)
    found = list(lacking(history.events, PLAN))
    assert found == [f"run {history.state.run}, event {n}: {SHUT}" for n in (3, 4)]


@pytest.mark.parametrize("opens", [
    e.GateOverridden(node="core", reason="at night"),
    e.SignoffGiven(node="core", role="cto", decision="approved", kind="gate", signature="s"),
])  # fmt: skip
def test_what_has_opened_it_keeps_it_open(opens: e.Payload) -> None:
    history = History(PLAN)
    history.add(opens, None, GRACE)
    history.add(e.GateOpened(node="core"))
    history.add(e.StepStarted(), "a")
    assert list(lacking(history.events, PLAN)) == []


def closing() -> Runbook:
    """A plan whose step A is over only when the CTO has signed; B comes after it."""
    asked = Gate(roles=("cto",), signed=True)
    steps = (Step(id="a", title="A", signoff=asked), Step(id="b", title="B"))
    return Runbook(
        title="P", roles={"cto": ("*",)}, phases=(Phase(id="p", title="P", steps=steps),)
    )


def test_a_step_that_was_finished_without_its_signed_sign_off_is_named() -> None:
    given = e.SignoffGiven(node="a", role="cto", decision="approved", kind="sign-off")
    proven = dataclasses.replace(given, signature="s")
    for signoff, problems in ((None, 1), (given, 2), (proven, 0)):
        history = History(closing())
        history.add(e.StepStarted(), "a")
        if signoff is not None:
            history.add(signoff, "a", GRACE)
        history.add(e.StepFinished(result="done"), "a", GRACE)
        found = list(lacking(history.events, closing()))
        assert len(found) == problems
        assert all("without" in problem for problem in found)
    rehearsed = History(closing(), rehearse=True)
    rehearsed.add(e.StepStarted(), "a")
    rehearsed.add(e.StepFinished(result="done"), "a")
    assert not list(lacking(rehearsed.events, closing()))


def test_a_rehearsal_waits_for_nobody() -> None:
    history = History(PLAN, rehearse=True)
    history.add(e.StepStarted(), "a")
    assert list(lacking(history.events, PLAN)) == []


def test_a_signature_is_asked_for_with_the_text_that_it_is_to_be_over() -> None:
    history = History(PLAN)
    answer = history.ask(r.SignNode(node="core", role="cto"), GRACE)
    assert isinstance(answer, r.Refusal)
    assert "no allowed signers" in answer.reason
    assert history.state.run in answer.hint
    assert isinstance(history.ask(r.SealRun(), ADA), r.Refusal)


def test_a_plan_that_was_taken_over_is_held_to_its_own_gates() -> None:
    free = tuple(dataclasses.replace(phase, gate=None) for phase in PLAN.phases)
    plain = dataclasses.replace(PLAN, phases=free)
    history = History(plain)
    history.state = dataclasses.replace(history.state, reads=lambda plan: PLAN)
    history.add(e.StepStarted(), "a")
    history.add(e.PlanChanged(title="P", source="p", format="toml", plan="", digest="other"))
    history.add(e.StepStarted(), "b")
    found = list(lacking(history.events, plain, lambda plan: PLAN))
    assert found == [f"run {history.state.run}, event 4: {SHUT}"]
