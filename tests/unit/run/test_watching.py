"""What the samples of a watch come to."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import Alert, Probe, Runbook, Watch
from runbook_tui.run.watching import (
    Sample,
    Standing,
    Track,
    Turn,
    Verdict,
    bounds,
    counted,
    judge,
    limit_words,
    respond_within,
    turn,
    verdict,
)

GOOD, UNSURE, UNKNOWN, BREACHED = (
    Standing.GOOD, Standing.UNSURE, Standing.UNKNOWN, Standing.BREACHED,
)  # fmt: skip


def watch(**keys: object) -> Watch:
    keys = {"probe": Probe(run="x"), **keys}
    return Watch(id="w", title="W", **keys)  # type: ignore[arg-type]


def way(one: Watch, *values: float | None) -> list[tuple[Standing, Turn | None]]:
    """How the watch stands after each sample, and what of it is told."""
    track, found = Track(), []
    for at, value in enumerate(values):
        after = judge(one, track, Sample(at=float(at), value=value))
        found.append((after.standing, turn(track, after)))
        track = after
    return found


def standings(one: Watch, *values: float | None) -> list[Standing]:
    return [standing for standing, _ in way(one, *values)]


def test_so_many_in_a_row_breach_it_and_so_many_clear_it() -> None:
    one = watch(below=99.0, samples=2)
    assert standings(one, 99.5, 98, 99.5, 98, 97, 99.5, 99.5) == [
        GOOD, UNSURE, GOOD, UNSURE, BREACHED, BREACHED, GOOD,
    ]  # fmt: skip
    assert [t for _, t in way(one, 99.5, 98, 97, 99.5, 99.5) if t] == [Turn.BREACHED, Turn.CLEARED]


def test_what_cannot_be_read_is_never_green_and_forgives_nothing() -> None:
    one = watch(below=99.0, samples=2)
    assert standings(one, 98, None, 98) == [UNSURE, UNKNOWN, BREACHED]
    assert standings(one, 98, 98, None, 99.5, None, 99.5, 99.5)[2:] == [
        BREACHED, BREACHED, BREACHED, BREACHED, GOOD,
    ]  # fmt: skip


def test_so_many_that_cannot_be_read_are_told_once_and_the_first_that_is_good_ends_it() -> None:
    one = watch(below=99.0, error_limit=3)
    told = [t for _, t in way(one, None, None, None, None, 99.5, None, 99.5)]
    assert told == [None, None, Turn.UNKNOWN, None, Turn.CLEARED, None, None]


def test_it_may_count_as_a_breach_that_it_cannot_be_read() -> None:
    assert standings(watch(above=1.0, unreadable="breach"), 0, None) == [GOOD, BREACHED]


def test_between_the_limit_and_where_it_clears_it_is_inconclusive() -> None:
    one = watch(below=99.0, clears_above=99.5)
    assert standings(one, 99.7, 99.2, 98, 99.2, 99.6) == [GOOD, UNSURE, BREACHED, BREACHED, GOOD]
    assert verdict(watch(above=5.0, clears_below=3.0), 4.0) is Verdict.BETWEEN


def test_one_that_flaps_is_breached_by_the_number_of_its_failures() -> None:
    one = watch(above=1.0, samples=3, failure_limit=2)
    assert standings(one, 2, 0, 2, 0, 2) == [UNSURE, GOOD, UNSURE, GOOD, BREACHED]
    assert standings(one, 2, 0, 2, 0, 2, 0, 0, 0, 2)[-2:] == [GOOD, UNSURE]


def test_equal_is_a_limit() -> None:
    assert standings(watch(equal=0.0), 1, 0, 2) == [GOOD, BREACHED, GOOD]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
def test_what_is_no_number_to_go_by_is_unread(value: float | None) -> None:
    assert verdict(watch(below=1.0), value) is Verdict.UNREAD


def test_without_a_limit_a_command_or_an_answer_counts_by_its_status() -> None:
    by_exit = watch()
    assert [verdict(by_exit, v) for v in (0.0, 1.0)] == [Verdict.GOOD, Verdict.BAD]
    assert limit_words(by_exit) == "its command fails"
    asked = watch(probe=Probe(http={"url": "http://x"}))
    assert [verdict(asked, v) for v in (200.0, 302.0, 404.0, 500.0)] == [
        Verdict.GOOD, Verdict.GOOD, Verdict.BAD, Verdict.BAD,
    ]  # fmt: skip
    for probe in (Probe(http={"url": "u", "json": "a"}), Probe(prometheus={"url": "u"})):
        assert bounds(watch(probe=probe)).words == ""
        assert limit_words(watch(probe=probe)) == "never: the plan gives no limit"


def test_the_time_to_respond_is_its_own_or_that_of_its_severity() -> None:
    book = Runbook(title="T", alerts=(Alert(severity="High", condition="x", respond_within=300.0),))
    assert respond_within(book, watch()) == 300.0
    assert respond_within(book, watch(respond_within=0.0)) == 0.0
    assert respond_within(book, watch(severity="low")) is None


VALUES = st.lists(st.one_of(st.none(), st.sampled_from([97.0, 99.2, 99.7])), max_size=40)


@given(
    VALUES, st.integers(1, 4), st.integers(1, 4), st.sampled_from([None, 2, 5]), st.integers(1, 4)
)
def test_whatever_comes(
    values: list[float | None], samples: int, clears: int, limit: int | None, errors: int
) -> None:
    one = watch(below=99.0, clears_above=99.5, samples=samples, clears_for=clears,
                failure_limit=limit, error_limit=errors)  # fmt: skip
    track, told = Track(), Track().standing
    for at, value in enumerate(values):
        after = judge(one, track, Sample(at=float(at), value=value))
        says = verdict(one, value)
        # Green only where the newest sample is good.
        assert (after.standing is not GOOD) or says is Verdict.GOOD
        if says is Verdict.UNREAD:
            assert after.standing in {UNKNOWN, BREACHED}
        if track.standing is BREACHED and after.standing is not BREACHED:
            assert all(verdict(one, v) is Verdict.GOOD for v in values[at + 1 - clears : at + 1])
        if after.standing is BREACHED and track.standing is not BREACHED:
            assert says is Verdict.BAD
        way_ = turn(track, after)
        if way_ is Turn.BREACHED:
            assert told is not BREACHED
            told = BREACHED
        elif way_ is Turn.CLEARED:
            assert told in {BREACHED, UNKNOWN}
            told = GOOD
        elif way_ is Turn.UNKNOWN:
            assert told not in {BREACHED, UNKNOWN}
            told = UNKNOWN
        # What was told is what holds, as far as it is told at all.
        assert (told is BREACHED) == (after.standing is BREACHED)
        track = after


def test_one_that_flaps_at_its_limit_is_clear_only_once_it_has_settled() -> None:
    one = watch(below=99.0)
    track, turns = Track(), 0
    for at in range(60):
        after = judge(one, track, Sample(at=float(at), value=98.0 if at % 2 else 99.5))
        turns += turn(track, after) is not None
        track = after
    # Five times it was believed; then it stays red, and says why.
    assert (track.standing, turns) == (BREACHED, 2 * 5 - 1)
    good = judge(one, track, Sample(at=60.0, value=99.5))
    assert counted(one, good) == "it flaps"
    for at in range(61, 120):
        good = judge(one, good, Sample(at=float(at), value=99.5))
        if good.standing is GOOD:
            break
    assert at == 59 + 30
    assert turn(track, good) is Turn.CLEARED


def test_a_clock_that_is_set_keeps_none_from_clearing_for_long() -> None:
    one = watch(below=99.0)
    track = Track()
    for at in (1e9, 1e9 + 1, 5.0, 6.0, 7.0, 1e9, 1e9 + 2, 1e9 + 3, 1e9 + 4):
        track = judge(one, track, Sample(at=at, value=98.0))
        track = judge(one, track, Sample(at=at + 0.5, value=99.5))
    for number in range(40):
        track = judge(one, track, Sample(at=1e9 + 5 + number, value=99.5))
    assert track.standing is GOOD
