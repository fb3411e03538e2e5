"""Person-hours that are left, and what it costs to lose time now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runbook_tui.run.effort import hours, of_node, work
from runbook_tui.run.forecast import delay, forecast
from tests.fakes import night
from tests.fakes.history import History


def test_hours_are_those_of_a_duration() -> None:
    assert [hours(text) for text in ("90m", "2d", "", None, "much")] == [1.5, 48, None, None, None]


def test_work_is_that_of_the_steps_and_what_is_done_is_not_left() -> None:
    assert (work(night.opened().state).whole, work(night.opened().state).left) == (9, 9)
    state = night.running().state
    assert (work(state).whole, work(state).left) == (9, 5)
    assert of_node(state, "core") == 7
    assert of_node(state, "tell") is None


def test_a_phase_that_says_so_itself_counts_as_a_whole() -> None:
    plan = night.night_plan()
    prepare, *rest = plan.phases
    plan = replace(plan, phases=(replace(prepare, effort="10h"), *rest))
    history = History(plan)
    assert work(history.state).whole == 17
    history.ran("freeze")
    assert work(history.state).left == 12, "half of the ten hours are done, seven are to come"


def test_without_fixed_times_every_minute_moves_the_end() -> None:
    state = night.running().state
    found = delay(state, state.last_at)
    assert found is not None
    assert (found.free, found.phase) == (0.0, "")


def test_what_waits_for_its_time_takes_up_a_delay() -> None:
    state = night.weeks().state
    now = state.last_at
    found = delay(state, now)
    assert found is not None
    assert found.phase == "core"
    assert found.until is not None
    assert found.until > now
    end = forecast(state, now)
    within, beyond = (forecast(state, now + found.free + by) for by in (-60, 3600))
    assert end is not None
    assert within is not None
    assert beyond is not None
    assert within.likely == pytest.approx(end.likely)
    assert beyond.likely == pytest.approx(end.likely + 3600)


def test_a_run_without_times_says_nothing() -> None:
    plan = night.night_plan()
    bare = replace(plan, phases=(replace(plan.phases[2], steps=(
        replace(plan.phases[2].steps[0], estimate=None),)),), procedures=())  # fmt: skip
    state = History(bare).state
    assert delay(state, state.last_at) is None
