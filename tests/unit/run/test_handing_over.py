"""The lead changes hands, and hands go up: what is decided and what a run looks like then."""

from __future__ import annotations

import pytest

from runbook_tui.run import requests as r
from runbook_tui.run.handing_over import taken_over, who_leads
from runbook_tui.run.hands_up import own
from runbook_tui.run.requests import Refusal
from tests.fakes.history import ADA, GRACE, LINUS, History
from tests.fakes.plans import two_phases


def refused(history: History, request: r.Request, actor: object = ADA) -> Refusal:
    answer = history.ask(request, actor)  # type: ignore[arg-type]
    assert isinstance(answer, Refusal)
    return answer


def test_the_lead_is_given_on_with_a_note_and_is_gone_at_once() -> None:
    history = History(two_phases())
    began = history.state.led_since
    history.ask(r.HandOver(to=GRACE.identity, note="the night shift takes over"))
    state = history.state
    assert (state.lead, state.handed) == (state.leads[-1], "the night shift takes over")
    assert state.led_since > began
    assert who_leads(state) == "Grace leads from here on: the night shift takes over"
    assert "that is Grace" in refused(history, r.StartStep(step="merge")).reason


@pytest.mark.parametrize(("to", "note", "status"), [
    (GRACE.identity, " \u200b", 2), ("a <b> <c>", "x", 2), ("", "x", 2), (ADA.identity, "x", 0),
])  # fmt: skip
def test_a_handover_without_a_note_or_to_nobody_is_refused(to: str, note: str, status: int) -> None:
    assert refused(History(two_phases()), r.HandOver(to=to, note=note)).exit_code == status


def test_only_the_lead_gives_it_on() -> None:
    answer = refused(History(two_phases()), r.HandOver(to=LINUS.identity, note="x"), GRACE)
    assert answer.exit_code == 4


def test_it_is_taken_with_a_reason_even_by_the_same_person() -> None:
    for who in (GRACE, ADA):
        history = History(two_phases())
        began = history.state.led_since
        for payload, step in taken_over(history.state, who, "the laptop hangs"):
            history.add(payload, step, who)
        assert history.state.led_since > began
        assert history.state.lead_taken
        assert "has taken the lead over: the laptop hangs" in who_leads(history.state)


def test_a_hand_goes_up_once_and_down_by_its_owner_or_the_lead() -> None:
    history = History(two_phases())
    history.ask(r.RaiseHand(text=" wait ", node="merge"), GRACE)
    (hand,) = history.state.hands_up
    assert (hand.by, hand.text, hand.node) == (GRACE, "wait", "merge")
    assert refused(history, r.RaiseHand(), GRACE).exit_code == 0
    assert refused(history, r.LowerHand(raised=hand.seq), LINUS).exit_code == 4
    assert refused(history, r.RaiseHand(node="nowhere"), LINUS).exit_code == 2
    history.ask(r.RaiseHand(), LINUS)
    history.ask(r.LowerHand(raised=hand.seq), ADA)
    assert own(history.state, GRACE) is None
    history.ask(r.LowerHand(), LINUS)
    assert history.state.hands_up == ()
    assert history.refold().hands_up == ()


def test_a_hand_holds_nothing_up() -> None:
    history = History(two_phases())
    history.ask(r.RaiseHand(text="stop"), GRACE)
    assert not isinstance(history.ask(r.StartStep(step="merge")), Refusal)


def test_only_the_lead_ends_the_run_and_leaves_out_what_is_optional() -> None:
    history = History(two_phases())
    for result in ("done", "abandoned"):
        assert "only the lead" in refused(history, r.FinishRun(result=result), GRACE).reason
    assert not isinstance(history.ask(r.FinishRun(result="abandoned")), Refusal)
