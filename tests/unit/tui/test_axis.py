"""The scale above bars of time: round times, each where it is, never one over another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.tui.views.axis import scale

DAY = 86_400
ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def berlin() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", ZONE.key)
        time.tzset()
        yield
    time.tzset()


def test_of_an_hour_quarters_at_their_place() -> None:
    begin = datetime(2026, 3, 26, 12, 7, tzinfo=ZONE).timestamp()
    shown = scale(begin, begin + 3600, 60)
    assert shown.split() == ["12:10", "12:20", "12:30", "12:40", "12:50", "13:00"]
    assert shown.index("12:10") == 3


def test_of_days_midnights_also_where_clocks_are_set() -> None:
    begin = datetime(2026, 3, 27, 0, 0, tzinfo=ZONE).timestamp()
    shown = scale(begin, begin + 4 * DAY, 80)
    assert shown.split("  ")[0] == "Fri 27"
    assert [word for word in shown.split() if word.isdigit()] == ["27", "28", "29", "30"]


def test_of_weeks_mondays() -> None:
    begin = datetime(2026, 3, 27, 9, 0, tzinfo=ZONE).timestamp()
    assert scale(begin, begin + 30 * DAY, 60).split("  ")[0].strip() == ""
    assert scale(begin, begin + 30 * DAY, 60).split() == [
        "30", "Mar", "06", "Apr", "13", "Apr", "20", "Apr"]  # fmt: skip


@given(st.floats(0, 5e9), st.floats(0, 400 * DAY), st.integers(8, 160))
def test_it_is_as_wide_as_is_said_whatever_the_times(begin: float, span: float, width: int) -> None:
    assert len(scale(begin, begin + span, width)) == width
