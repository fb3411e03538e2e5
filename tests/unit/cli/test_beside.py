"""What is said beside a rollback that is told as lines."""

from __future__ import annotations

from runbook_tui.cli.beside import pressing_now
from runbook_tui.run import requests as r
from tests.fakes.history import History
from tests.fakes.incident import begun, finish


def told(history: History, after: float) -> dict[str, str]:
    rollback = history.state.rollback
    assert rollback is not None
    return dict(pressing_now(history.state, (rollback.started or 0.0) + after))


def test_what_has_become_due_is_said_once_it_has() -> None:
    history = begun()
    history.ask(r.TickNode(node="emergency-1"))
    history.ask(r.TickNode(node="call.technical.1"))
    assert told(history, 100) == {}
    assert told(history, 130) == {
        "emergency": "OVERDUE: “Emergency actions”, 1 of 2 done  (emergency)"
    }
    assert told(history, 610)["call.technical.2"] == (
        "call now: Director (Technical)  (call.technical.2)"
    )
    history.ask(r.TickNode(node="emergency-2"))
    history.ask(r.TickNode(node="call.technical.2"))
    assert set(told(history, 610)) == {"validation"}


def test_nothing_is_said_when_it_is_over() -> None:
    assert told(finish(begun()), 5000) == {}
