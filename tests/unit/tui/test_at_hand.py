"""The foot: what does something on what is chosen stands out, what only says why not does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.run import requests as r
from runbook_tui.run.decide import decide
from runbook_tui.run.requests import ConfirmationNeeded, OverrideNeeded, PersonNeeded, Refusal
from runbook_tui.run.state import RunState
from runbook_tui.tui.views import head
from runbook_tui.tui.views.at_hand import idle
from tests.fakes import night
from tests.fakes.history import ADA, GRACE, History

ASKS = (ConfirmationNeeded, OverrideNeeded, PersonNeeded, r.ValuesMissing)
MOMENTS = (
    night.opened, night.at_the_gate, night.running, night.failed, night.waiting,
    night.rolling_back, night.undo_failed, night.rolled_back,
)  # fmt: skip


def does(state: RunState, request: r.Request) -> bool:
    answer = decide(state, request, ADA)
    return not isinstance(answer, Refusal) or isinstance(answer, ASKS)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda m: m.__name__)
def test_no_key_that_does_something_looks_as_if_it_did_nothing(
    moment: Callable[[], History],
) -> None:
    state = moment().state
    for id_ in state.outline.nodes:
        found = idle(state, id_)
        wanted = {
            "Enter": r.StartStep(step=id_),
            "Space": r.TickNode(node=id_, off=id_ in state.ticks),
            "x": r.SkipStep(step=id_, reason="why"),
        }
        for key, request in wanted.items():
            assert not (key in found and does(state, request)), (id_, key)


def test_while_a_command_runs_nothing_but_looking_stands_out() -> None:
    state = night.running().state
    found = idle(state, "migrate")
    assert {"Enter", "Space", "x"} <= found
    assert "Space" not in idle(state, state.outline.steps["migrate"].checks[0].id)
    tones = dict(head.foot(120, pane=False, typing=False, idle=found))
    assert tones["Enter"] == tones["Space"] == "off"
    assert tones["Tab"] == "key"


def test_a_gate_leaves_the_signature_and_what_waits_for_boxes_the_tick() -> None:
    held = night.at_the_gate()
    assert "s" not in idle(held.state, "merge-322")
    assert "Enter" in idle(held.state, "merge-322")
    held.ask(r.SignNode(node="core", role="cto"), GRACE)
    assert "Enter" not in idle(held.state, "merge-322")
    waiting = night.waiting().state
    assert "Space" not in idle(waiting, "migrate")
    assert "Enter" in idle(waiting, "migrate")
