"""How the mirror stands, in the words that the head of the screen and lines have."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from runbook_tui.run.requests import StartStep
from runbook_tui.share.far import FarClock
from runbook_tui.share.pace import Pace
from runbook_tui.share.standing import Facts, in_words
from runbook_tui.tui.views import shared
from runbook_tui.tui.views.head import head
from tests.fakes.history import START, History
from tests.fakes.plans import two_phases

AT = START
LEAD = Facts(remote="team", sends=True, began=AT, reached=AT + 60, moved=AT + 57)
REVIEWER = dataclasses.replace(LEAD, sends=False)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def test_it_says_when_it_was_pushed_last() -> None:
    said = in_words(LEAD, AT + 60)
    assert said.words == "shared, last pushed 3 s ago"
    assert said.short == "shared 3 s ago"
    assert not said.away
    # What counts by itself is no news for who reads lines.
    assert said.news == in_words(LEAD, AT + 600).news == "shared over team"


def test_it_says_since_when_the_remote_is_not_reached() -> None:
    away = dataclasses.replace(LEAD, trouble="no answer", waiting=2)
    said = in_words(away, AT + 600)
    assert said.words == "not reached since 22:14, 2 events unsent"
    assert said.short == "not reached since 22:14"
    assert said.news == "team: not reached since 22:14: no answer"
    assert said.away
    assert in_words(dataclasses.replace(away, reached=None), AT).short == "not reached yet"


def test_a_reviewer_is_told_of_news_and_of_votes_on_the_way() -> None:
    said = in_words(dataclasses.replace(REVIEWER, waiting=1), AT + 60)
    assert said.words == "followed, last news 3 s ago, 1 vote on the way"


def test_what_looks_tampered_with_stands_first_in_the_head() -> None:
    said = in_words(dataclasses.replace(REVIEWER, shut="another history", alarm="x"), AT + 60)
    assert said.news == "not followed any more: another history"
    assert [line[0] for line in shared.facts(said, 120)] == [
        ("ALARM on the remote", "bad"), ("not followed any more", "bad"),
    ]  # fmt: skip
    assert shared.facts(None, 120) == []


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"trouble": "no answer", "waiting": 1}, "not reached since 22:14, 1 unsent"),
        ({"trouble": "no answer", "alarm": "x"}, "ALARM, not reached since 22:14"),
        ({"alarm": "x"}, "ALARM on the remote"),
        ({"waiting": 1}, "1 vote on the way"),
    ],
)
def test_a_narrow_head_says_first_what_is_wrong_with_the_remote(
    facts: dict[str, Any], shown: str
) -> None:
    history = History(two_phases())
    history.ask(StartStep(step="merge"))
    said = in_words(dataclasses.replace(REVIEWER, **facts), AT + 60)
    line = head(history.state, history.state.last_at, 80, you="you: Grace (cto)", sharing=said)
    assert shown in "".join(text for text, _ in line)


def test_it_is_looked_at_often_only_while_people_wait_for_one_another() -> None:
    pace = Pace()
    assert pace.pause(done=True, still=0, awaits=True) == pace.waiting
    assert pace.pause(done=True, still=0, awaits=False) == pace.usual
    assert pace.pause(done=True, still=180, awaits=True) > pace.usual
    night = pace.pause(done=True, still=7200, awaits=True)
    assert night > pace.pause(done=True, still=180, awaits=True)
    assert pace.pause(done=False, still=0, awaits=True) == pace.failed


class Still:
    """A clock that stands still."""

    def now(self) -> float:
        return START

    def mono(self) -> float:
        return 0.0

    def boot(self) -> str:
        return "here"


@pytest.mark.parametrize("apart", [3600, -3600, 0])
def test_times_are_told_by_the_leads_clock(apart: int) -> None:
    """Ours is ``apart`` seconds ahead of the lead's."""
    clock = FarClock(Still())
    lead = START - apart
    clock.heard(int(lead) - 7200, live=False)  # Sent two hours ago: that says little.
    clock.heard(int(lead) - 40, live=True)  # Kept up by a partition.
    clock.heard(int(lead), live=True)
    assert abs(clock.now() - lead) <= 1
