"""How bad it is: said by a person, changed, taken back; nothing waits for it."""

from __future__ import annotations

import pytest

from runbook_tui.run import requests as r
from tests.fakes.history import ADA, GRACE
from tests.fakes.incident import begun, finish, gone_wrong


def test_it_is_recorded_with_who_said_it_and_when_and_may_be_changed() -> None:
    history = begun()
    history.ask(r.SetSeverity(level=2))
    history.ask(r.SetSeverity(level=1), GRACE)
    said = history.state.severity
    assert said is not None
    assert (said.level, said.by, said.at) == (1, GRACE, history.state.last_at)
    assert [ev.actor for ev in history.events if ev.type == "severity.set"] == [ADA, GRACE]
    assert history.refold().severity == said
    history.ask(r.SetSeverity(level=0))
    assert history.state.severity is None


@pytest.mark.parametrize("level", [-1, 4])
def test_there_are_three(level: int) -> None:
    answer = begun().ask(r.SetSeverity(level=level))
    assert isinstance(answer, r.Refusal)
    assert answer.exit_code == 2


def test_the_same_again_records_nothing() -> None:
    history = begun()
    history.ask(r.SetSeverity(level=3))
    answer = history.ask(r.SetSeverity(level=3))
    assert isinstance(answer, r.Refusal)
    assert answer.exit_code == 0


def test_what_was_said_before_the_start_holds_and_of_an_earlier_rollback_does_not() -> None:
    history = gone_wrong()
    history.ask(r.OpenRollback())
    history.ask(r.SetSeverity(level=2))
    history.ask(r.StartRollback(scope="run"))
    assert history.state.severity is not None
    finish(history)
    assert history.state.severity is not None
    history.ran("merge")
    begun(history)
    assert history.state.severity is None


def test_it_holds_over_an_attempt_that_ended_incomplete() -> None:
    history = begun()
    history.ask(r.SetSeverity(level=1))
    begun(finish(history, "incomplete"))
    assert history.state.severity is not None
    assert history.state.severity.level == 1
