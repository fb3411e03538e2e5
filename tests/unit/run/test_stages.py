"""Stages of a procedure: which it is time for, and by when; the same whoever asks, and whenever."""

from __future__ import annotations

import pytest

from runbook_tui.run import requests as r
from runbook_tui.run.procedures import Duty, duties
from runbook_tui.run.rollback import running_plan
from tests.fakes.history import GRACE, History
from tests.fakes.incident import BACK, begun, finish, gone_wrong


def stages(history: History, after: float) -> list[Duty]:
    """The stages so many seconds after the rollback's start."""
    rollback = history.state.rollback
    assert rollback is not None
    assert rollback.started is not None
    now = rollback.started + after
    return [d for d in duties(history.state, (BACK,), rollback.started, now) if d.is_stage]


@pytest.mark.parametrize(
    ("after", "current", "overdue"),
    [(0, "emergency", []), (119, "emergency", []), (121, "validation", ["emergency"]),
     (700, "incident", ["emergency", "validation"]),
     # All windows are over: the first that is open is to be done now.
     (2000, "emergency", ["emergency", "validation", "incident"])],
)  # fmt: skip
def test_one_stage_is_current_and_those_whose_window_closed_are_overdue(
    after: float, current: str, overdue: list[str]
) -> None:
    history = begun()
    assert history.state.rollback is not None
    found = stages(history, after)
    assert [d.id for d in found if d.current] == [current]
    now = (history.state.rollback.started or 0.0) + after
    assert [d.id for d in found if d.overdue(now)] == overdue
    assert {d.id: d.left(now) for d in found}["validation"] == 600 - after


def test_a_stage_that_was_ticked_is_neither_current_nor_overdue() -> None:
    history = begun()
    for step in ("emergency-1", "emergency-2"):
        history.ask(r.TickNode(node=step), GRACE)
    first, second, _ = stages(history, 300)
    assert (first.done, first.of) == (2, 2)
    assert first.ticked is not None
    assert first.ticked.by == GRACE
    assert not first.overdue(first.ticked.at + 1000)
    assert second.current


def test_who_reads_it_later_reads_the_same_deadlines() -> None:
    history = begun()
    due = [d.due for d in stages(history, 0)]
    assert due == [d.due for d in stages(history, 5000)]
    again = history.refold()
    assert again.rollback is not None
    found = duties(again, (BACK,), again.rollback.started, 0.0)
    assert [d.due for d in found if d.is_stage] == due


def test_a_tick_after_the_window_is_late_by_what_the_events_say() -> None:
    history = begun()
    assert history.state.rollback is not None
    for _ in range(130):
        history.ask(r.AddNote(text="still at it"))
    history.ask(r.TickNode(node="emergency"))
    first = stages(history, 0)[0]
    assert first.ticked is not None
    assert first.late == first.ticked.at - (history.state.rollback.started or 0.0) - 120
    assert first.late > 0


def test_the_procedure_of_a_whole_run_stays_when_its_steps_are_taken_back() -> None:
    history = gone_wrong()
    history.ask(r.StartRollback(scope="run", node=""))
    planned = running_plan(history.state)
    assert planned is not None
    assert [p.id for p in planned.procedures] == ["core-back"]
    planned = running_plan(finish(history).state)
    assert planned is not None
    assert [p.id for p in planned.procedures] == ["core-back"]


def test_for_a_rollback_that_is_only_looked_at_earlier_ticks_do_not_count() -> None:
    history = begun()
    history.ask(r.TickNode(node="emergency"))
    finish(history)
    history.ran("merge")
    history.ask(r.OpenRollback())
    assert [d.id for d in duties(history.state, (BACK,)) if d.ticked] == []
    # It may be ticked again, for the one that is to come.
    assert not isinstance(history.ask(r.TickNode(node="emergency")), r.Refusal)
    assert [d.id for d in duties(history.state, (BACK,)) if d.ticked and d.is_stage] == [
        "emergency"
    ]
