"""What can be signed is listed with the words that sign it."""

from __future__ import annotations

from runbook_tui.cli.to_sign import NOTHING, asks_for, to_sign
from runbook_tui.run import requests as r
from tests.fakes.history import GRACE, History
from tests.fakes.plans import two_phases

RUN = "20260101-cafe"


def test_what_waits_now_stands_before_what_will() -> None:
    lines = to_sign(History(two_phases()).state)
    assert lines[0] == "no sign-off is due now"
    assert f"  runbook sign {RUN} tag --role qa" in lines
    assert "      gate of “Core”, cto: Grace <grace@example.com>" in lines
    assert "      sign-off of “Tag”, qa: anyone" in lines


def test_a_gate_that_is_reached_waits_now_and_given_it_is_gone() -> None:
    history = History(two_phases())
    history.ran("merge")
    for step in ("look", "tag"):
        history.ask(r.SkipStep(step=step, reason="none", override=True))
    history.ask(r.TickNode(node="calm"))
    lines = to_sign(history.state)
    gate = f"  runbook sign {RUN} two --role cto"
    assert lines[0] == "these wait for a sign-off now:"
    assert gate in lines
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    assert gate not in to_sign(history.state)


def test_a_plan_without_sign_offs_says_so() -> None:
    from tests.fakes.plans import chain

    assert to_sign(History(chain(1)).state) == [NOTHING]


def test_which_roles_a_node_asks_for() -> None:
    state = History(two_phases()).state
    assert asks_for(state, "two", "cto")
    assert not asks_for(state, "two", "qa")
    assert not asks_for(state, "nothing", "cto")
