"""How long things took: by the steady clock, without what they waited for, only what went well."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.run.durations import STEP, UNDO, Timing, Took, quantile, spread, took

START = 1_700_000_000.0


def at(after: float, type_: str, step: str = "", **values: Any) -> Timing:
    """An event so many seconds after the start, on a clock that is right."""
    return Timing(type=type_, step=step, at=START + after, mono=after, boot="one", **values)


def steps(*timings: Timing) -> list[Took]:
    return list(took([at(0, "run.started"), *timings]))


def test_a_step_took_from_its_last_start_to_its_end() -> None:
    found = steps(
        at(10, "step.started", "a"),
        at(20, "step.started", "a"),
        at(27, "step.finished", "a", result="done"),
    )
    assert found == [Took(kind=STEP, step="a", seconds=7)]


def test_what_waited_for_a_sign_off_had_done_its_own_work_before() -> None:
    found = steps(
        at(10, "step.started", "a"),
        at(15, "step.waiting", "a"),
        at(9000, "step.finished", "a", result="done"),
    )
    assert found == [Took(kind=STEP, step="a", seconds=5)]


def test_what_failed_was_left_out_or_only_rehearsed_says_nothing() -> None:
    assert steps(at(1, "step.started", "a"), at(2, "step.finished", "a", result="failed")) == []
    assert steps(at(1, "step.started", "a"), at(2, "step.skipped", "a")) == []
    assert steps(at(1, "step.started", "a"), at(2, "step.rehearsed", "a")) == []
    rehearsal = [
        at(0, "run.started", rehearse=True),
        at(1, "step.started", "a"),
        at(2, "step.finished", "a", result="done"),
    ]
    assert list(took(rehearsal)) == []


def test_a_night_in_which_the_lead_was_away_is_no_work_of_hands_but_a_command_ran_through_it() -> (
    None
):
    night = [
        at(100, "run.paused"),
        at(50_000, "run.resumed"),
        at(50_100, "step.finished", "a", result="done"),
    ]
    assert steps(at(0, "step.started", "a"), *night)[0].seconds == 200
    command = at(1, "command.started", "a", kind="run")
    assert steps(at(0, "step.started", "a"), command, *night)[0].seconds == 50_100
    probe = at(1, "command.started", "a", kind="probe")
    assert steps(at(0, "step.started", "a"), probe, *night)[0].seconds == 200


def test_undos_count_where_they_ended_well() -> None:
    found = steps(
        at(1, "command.finished", "a", kind="undo", exit=0, seconds=3.0),
        at(2, "command.finished", "a", kind="undo", exit=1, seconds=900.0),
        at(3, "command.finished", "a", kind="run", exit=0, seconds=9.0),
    )
    assert found == [Took(kind=UNDO, step="a", seconds=3.0)]


@given(length=st.floats(0, 1e6), jump=st.floats(-1e6, 1e6))
def test_a_clock_that_is_set_changes_no_length_within_a_boot(length: float, jump: float) -> None:
    begun = Timing(type="step.started", step="a", at=START, mono=500.0, boot="one")
    ended = Timing(
        type="step.finished", step="a", at=START + length + jump, mono=500.0 + length,
        boot="one", result="done",
    )  # fmt: skip
    assert steps(begun, ended)[0].seconds == pytest.approx(length)


def test_over_a_reboot_the_time_of_day_counts() -> None:
    begun = Timing(type="step.started", step="a", at=START, mono=90_000.0, boot="one")
    ended = Timing(
        type="step.finished", step="a", at=START + 300, mono=20.0, boot="two", result="done"
    )
    assert steps(begun, ended)[0].seconds == 300


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_a_spread_lies_among_what_was_measured_in_whatever_order(
    times: list[float], chance: Any
) -> None:
    found = spread(times)
    shuffled = list(times)
    chance.shuffle(shuffled)
    assert spread(shuffled) == found
    assert min(times) <= found.median <= found.p90 <= max(times)
    assert found.runs == len(times)
    # At least half took no longer than the median, and nine of ten no longer than the p90.
    near = 1e-6
    assert sum(t <= found.median + near for t in times) >= len(times) / 2
    assert sum(t >= found.median - near for t in times) >= len(times) / 2


def test_the_median_and_nine_of_ten_of_known_times() -> None:
    assert spread([3, 1, 2]).median == 2
    assert spread([1, 2, 3, 4]).median == 2.5
    assert spread([7]).p90 == 7
    assert spread(range(101)).p90 == 90
    assert quantile([0.0, 10.0], 0.9) == pytest.approx(9.0)


def test_what_ended_while_nobody_looked_ended_then() -> None:
    found = steps(
        at(10, "step.started", "a"),
        at(11, "command.started", "a", kind="run"),
        at(5000, "step.finished", "a", result="done", late=4960.0),
    )
    assert found == [Took(kind=STEP, step="a", seconds=30)]
