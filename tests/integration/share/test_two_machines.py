"""One person at two machines: what they said last counts, whichever of them is heard first."""

from __future__ import annotations

import dataclasses
from concurrent.futures import Future

import pytest

from runbook_tui.run import requests as r
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import Refusal
from runbook_tui.run.void_votes import void
from runbook_tui.session.answering import Accepted, Answer
from tests.integration.share.world import GATE, Reviewer, World
from tests.waiting import until

PLAIN = r.SignNode(node="end", role="qa")


@pytest.mark.parametrize("request_", [GATE, PLAIN], ids=["signed", "claimed"])
def test_an_approval_from_before_one_s_own_rejection_opens_nothing(
    world: World, request_: r.SignNode
) -> None:
    """It was given on what another machine showed, where nothing was known of the rejection."""
    desk, train = world.reviewer(), world.reviewer("train")

    def give(who: Reviewer, request: r.SignNode) -> Future[Answer]:
        return who.sign(request) if request_ is GATE else who.ask(request)

    train.line.cut = True
    approved = give(train, request_)
    until(lambda: train.follower._votes.asked, what="it is asked")
    train.round()
    no = dataclasses.replace(request_, approve=False, comment="smells of smoke")
    rejected = give(desk, no)
    world.settle(rejected.done, "the rejection comes back")
    assert isinstance(rejected.result(), Accepted)
    train.line.cut = False
    world.settle(approved.done, "the approval is answered")
    answer = approved.result()
    assert isinstance(answer, Refusal)
    assert "has rejected it since" in answer.reason
    world.settle(lambda: world.session.state.refused_votes, "it is said")
    assert not gate_open(world.session.state, request_.node)
    assert [s.decision for s in world.session.state.signoffs] == ["rejected"]
    assert void(world.session.state) == ()
    assert world.alarms() == []
    # Who looks at it again may change their mind.
    again = give(train, request_)
    world.settle(again.done, "it is answered")
    assert isinstance(again.result(), Accepted)
    assert gate_open(world.session.state, request_.node)
