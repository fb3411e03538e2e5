"""How long a signed vote that came too late is waited for, before it is said to be void."""

from __future__ import annotations

import dataclasses

import pytest

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run.events import SignoffGiven
from runbook_tui.run.void_votes import in_words, void, voided
from runbook_tui.run.votes import Vote
from runbook_tui.share.overtaken import ANEW, AT_ONCE, GAP, Overtaken
from tests.fakes.history import GRACE, LINUS, History

PLAN = Runbook(
    title="T",
    roles={"cto": ("*",)},
    phases=(Phase(id="core", title="Core\x1b[2J", gate=Gate(roles=("cto",)), steps=(
        Step(id="ship", title="Ship", run="true", undo="true"),)),),
)  # fmt: skip
VOTE = Vote(run="20260101-cafe", who="grace-1", number=1, actor=GRACE, seq=1, head="h", deed="sign",
            node="core", role="cto", on="gate", signature="s")  # fmt: skip


class Waited:
    """What waits, and a clock that a test sets."""

    def __init__(self) -> None:
        self.at = 0.0
        self.history = History(PLAN)
        self.overtaken = Overtaken(lambda: self.at)
        self.heard = False

    def void(self, seconds: float, *, ending: bool = False) -> list[int]:
        """The numbers of those that are void, looked for every second."""
        found: list[Vote] = []
        until = self.at + seconds
        while True:
            found += self.overtaken.void(self.history.state, lambda who: self.heard, ending=ending)
            if self.at >= until:
                return [vote.number for vote in found]
            self.at += min(1.0, until - self.at)


def test_it_is_waited_for_longer_where_its_program_is_open() -> None:
    waited = Waited()
    waited.overtaken.wait(VOTE)
    assert waited.void(AT_ONCE - 1) == []
    waited.heard = True
    assert waited.void(ANEW - AT_ONCE) == []
    assert waited.void(1) == [1]
    assert waited.void(ANEW) == []


def test_whoever_signs_anew_is_heard_and_not_told() -> None:
    waited = Waited()
    waited.overtaken.wait(VOTE)
    waited.overtaken.followed(dataclasses.replace(VOTE, number=2, seq=2))
    assert waited.void(ANEW) == []
    # What they say of another thing, and what others say, takes nothing's place.
    waited.overtaken.wait(VOTE)
    waited.overtaken.followed(dataclasses.replace(VOTE, number=2, node="ship"))
    waited.overtaken.followed(dataclasses.replace(VOTE, number=2, who="linus-1"))
    assert waited.void(AT_ONCE) == [1]


def test_time_in_which_nobody_could_say_anything_does_not_count() -> None:
    waited = Waited()
    waited.overtaken.wait(VOTE)
    waited.at += 10 * ANEW  # The remote was away.
    assert waited.void(AT_ONCE - 1) == []
    assert waited.void(1) == [1]
    assert GAP > AT_ONCE


@pytest.mark.parametrize("kept", [True, False])
def test_the_end_of_a_program_is_not_waited_out(kept: bool) -> None:
    waited = Waited()
    waited.overtaken.wait(VOTE, kept=kept)
    waited.heard = True
    assert waited.void(0, ending=True) == []
    waited.heard = False
    assert waited.void(0, ending=not kept) == [1]


def test_a_void_decision_is_told_until_it_is_given_again_or_of_no_use_any_more() -> None:
    history = History(PLAN)
    history.add(voided(dataclasses.replace(VOTE, approve=False)))
    history.add(voided(VOTE))
    rejection, approval = void(history.state)
    assert void(history.state, GRACE) == (rejection, approval)
    assert void(history.state, LINUS) == ()
    assert in_words(history.state, rejection).startswith("the rejection of “Core␛[2J” by Grace")
    given = SignoffGiven(node="core", role="cto", decision="approved", kind="gate")
    history.add(given, actor=GRACE)
    # That she has approved it since does not say what she would have rejected.
    assert void(history.state) == (rejection,)
