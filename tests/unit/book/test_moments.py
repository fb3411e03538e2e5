"""Moments of a plan: which texts name one, and when that is, in whatever zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.moments import parse_moment

BERLIN = ZoneInfo("Europe/Berlin")
STARTED = datetime(2026, 3, 27, 10, 30, tzinfo=BERLIN).timestamp()


def found(text: str, *, end: bool = False, zone: ZoneInfo = BERLIN) -> str:
    moment = parse_moment(text)
    assert moment is not None
    at = moment.resolve(STARTED, end=end, zone=zone)
    return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("day 1", "2026-03-27 00:00:00", "2026-03-28 00:00:00"),
        ("Day 7", "2026-04-02 00:00:00", "2026-04-03 00:00:00"),
        # The clock is put forward in the night to day 3.
        ("day 3 18:00", "2026-03-29 18:00:00", "2026-03-29 18:00:00"),
        ("day 2, 24:00", "2026-03-29 00:00:00", "2026-03-29 00:00:00"),
        ("18:00", "2026-03-27 18:00:00", "2026-03-27 18:00:00"),
        ("9:15", "2026-03-27 09:15:00", "2026-03-28 09:15:00"),
        ("2026-04-01", "2026-04-01 00:00:00", "2026-04-02 00:00:00"),
        ("2026-04-01 18:00", "2026-04-01 18:00:00", "2026-04-01 18:00:00"),
        ("2026-04-01T18:00:30Z", "2026-04-01 20:00:30", "2026-04-01 20:00:30"),
        ("2026-04-01 18:00 +05:30", "2026-04-01 14:30:00", "2026-04-01 14:30:00"),
        ("4h", "2026-03-27 14:30:00", "2026-03-27 14:30:00"),
        ("+1h30m", "2026-03-27 12:00:00", "2026-03-27 12:00:00"),
    ],
)
def test_when_it_is(text: str, start: str, end: str) -> None:
    assert found(text) == start
    assert found(text, end=True) == end


@pytest.mark.parametrize(
    "text",
    [
        "",
        "after lunch",
        "day 0",
        "day",
        "25:00",
        "2026-13-01",
        "2026-02-30",
        "week 2",
        "7",
        "9999-12-31",
        "0001-01-01",
        "18:00+99:99",
        "99999999999999999d",
    ],
)
def test_what_names_none(text: str) -> None:
    assert parse_moment(text) is None


def test_a_time_of_day_belongs_to_the_person_who_looks() -> None:
    here, there = parse_moment("18:00"), parse_moment("18:00 UTC")
    assert here is not None
    assert there is not None
    tokyo = ZoneInfo("Asia/Tokyo")
    assert here.resolve(STARTED, zone=BERLIN) - here.resolve(STARTED, zone=tokyo) == 8 * 3600
    assert there.resolve(STARTED, zone=BERLIN) == there.resolve(STARTED, zone=UTC)


@given(
    st.integers(1, 400), st.integers(0, 23), st.integers(0, 59),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kolkata"]),
)  # fmt: skip
def test_a_day_and_time_reads_back_in_its_own_zone(
    day: int, hour: int, minute: int, name: str
) -> None:
    zone = ZoneInfo(name)
    moment = parse_moment(f"day {day} {hour:02}:{minute:02}")
    assert moment is not None
    begun = datetime.fromtimestamp(STARTED, zone)
    local = datetime.fromtimestamp(moment.resolve(STARTED, zone=zone), zone)
    assert (local.date() - begun.date()).days == day - 1
    skipped = (
        local.utcoffset() != datetime.fromtimestamp(local.timestamp() - 7200, zone).utcoffset()
    )
    assert (local.hour, local.minute) == (hour, minute) or skipped


@given(st.text(max_size=30))
def test_any_text_names_a_moment_or_none(text: str) -> None:
    moment = parse_moment(text)
    if moment is not None:
        assert moment.resolve(STARTED, zone=BERLIN) > 0
