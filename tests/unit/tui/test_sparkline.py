"""Samples as a row of blocks: nothing that was red looks green, and a gap stays one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.run.watched import Point
from runbook_tui.run.watching import Standing
from runbook_tui.tui.views.sparkline import Mark, marks, sparkline, tail
from runbook_tui.tui.views.tone import Line

GOOD, BAD, UNKNOWN = Standing.GOOD, Standing.BREACHED, Standing.UNKNOWN


def text(line: Line) -> str:
    return "".join(part for part, _ in line)


def tones(line: Line) -> list[str]:
    return [tone for part, tone in line for _ in part]


def test_values_are_blocks_from_the_least_to_the_greatest() -> None:
    points = [Point(float(n), float(n), GOOD) for n in range(8)]
    assert text(sparkline(points, 0.0, 8.0, 8)) == "▁▂▃▄▅▆▇█"
    assert text(tail(points, 3)) == "▁▅█"


def test_the_worst_of_a_stretch_is_what_is_seen() -> None:
    points = [Point(float(n), 99.0, GOOD) for n in range(100)]
    points[50] = Point(50.0, 90.0, BAD)
    points[80] = Point(80.0, None, UNKNOWN)
    line = sparkline(points, 0.0, 100.0, 10)
    assert tones(line) == ["good"] * 5 + ["bad"] + ["good"] * 2 + ["warn", "good"]
    assert text(line)[8] == "?"


def test_between_near_samples_one_holds_and_where_nobody_measured_is_a_gap() -> None:
    points = [Point(0.0, 1.0, GOOD), Point(3.0, 1.0, GOOD), Point(15.0, 1.0, GOOD)]
    assert text(sparkline(points, 0.0, 20.0, 20)) == "▅▅▅▅···········▅····"
    assert text(sparkline(points, 0.0, 20.0, 20, every=5.0)) == "▅" * 16 + "····"


def test_marks_stand_below_their_times() -> None:
    found = [Mark(2.0, "^", "busy"), Mark(9.9, "!", "bad"), Mark(50.0, "!", "bad")]
    assert text(marks(found, 0.0, 10.0, 10)) == "  ^      !"
    assert marks(found, 0.0, 10.0, 0) == []


POINT = st.builds(Point, st.floats(0, 1e4), st.none() | st.floats(-1e300, 1e300),
                  st.sampled_from([GOOD, BAD, UNKNOWN, Standing.UNSURE]))  # fmt: skip


@given(st.lists(POINT, max_size=30), st.floats(0, 1e4), st.floats(0, 1e4), st.integers(0, 40))
def test_whatever_was_measured_fits(
    points: list[Point], start: float, end: float, width: int
) -> None:
    line = sparkline(points, start, end, width)
    assert len(text(line)) == (width if points and width else 0)
    if any(p.standing is BAD for p in points) and width:
        assert "bad" in tones(line)
