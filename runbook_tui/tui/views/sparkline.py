"""The samples of a run in one row of blocks, and below it what happened when."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

from runbook_tui.frozen import frozen
from runbook_tui.run.watched import Point
from runbook_tui.run.watching import Standing
from runbook_tui.tui.views.tone import Line

BLOCKS = "▁▂▃▄▅▆▇█"
TONES = {Standing.GOOD: "good", Standing.UNSURE: "warn", Standing.UNKNOWN: "warn",
         Standing.BREACHED: "bad"}  # fmt: skip
WORSE = (Standing.GOOD, Standing.UNSURE, Standing.UNKNOWN, Standing.BREACHED)
LATE = 2.5
"""Cadences after which a sample is late."""
NEAR = 4
"""Columns between two samples that are not far from one another."""
STEP, BREACH, CLEAR = "^", "!", "✓"


@frozen(kw_only=False)
class Mark:
    """Something that happened at a time (epoch seconds); a later one hides one in its column."""

    at: float
    glyph: str
    tone: str


def sparkline(
    points: Sequence[Point], start: float, end: float, width: int, every: float = 0.0
) -> Line:
    """A block for each stretch of time; one without a sample is a dot, one unread is a “?”.

    Of several samples in one stretch the worst is shown: nothing that was red looks green. One
    holds until the next where that came in time: ``every`` is their cadence.
    """
    if width <= 0 or not points:
        return []
    columns = _columns(points, start, end, width)
    in_time = LATE * every * width / (end - start) if end > start else 0.0
    columns = _bridged(columns, max(NEAR, math.ceil(in_time)))
    values = [p.value for p in points if p.value is not None]
    least, most = (min(values), max(values)) if values else (0.0, 0.0)
    cells: Line = []
    for found in columns:
        cells.append(_cell(found, least, most))
    return _joined(cells)


def _columns(points: Sequence[Point], start: float, end: float, width: int) -> list[Point | None]:
    columns: list[Point | None] = [None] * width
    for point in points:
        column = place(point.at, start, end, width)
        before = columns[column]
        if before is None or _rank(point) >= _rank(before):
            columns[column] = point
    return columns


def _bridged(columns: list[Point | None], near: int) -> list[Point | None]:
    """A sample holds until the next where that is near; where nobody measured a gap stays one."""
    there = [number for number, point in enumerate(columns) if point is not None]
    for left, right in itertools.pairwise(there):
        if right - left <= near:
            columns[left + 1 : right] = [columns[left]] * (right - left - 1)
    return columns


def _rank(point: Point) -> int:
    return WORSE.index(point.standing) if point.standing in WORSE else 0


def _cell(point: Point | None, least: float, most: float) -> tuple[str, str]:
    if point is None:
        return ("·", "dim")
    tone = TONES.get(point.standing, "dim")
    if point.value is None:
        return ("?", tone)
    share = (point.value - least) / (most - least) if most > least else 0.5
    return (BLOCKS[min(len(BLOCKS) - 1, int(share * len(BLOCKS)))], tone)


def place(at: float, start: float, end: float, width: int) -> int:
    """The column of a time."""
    share = (at - start) / (end - start) if end > start else 1.0
    return max(0, min(width - 1, int(share * width)))


def marks(found: Iterable[Mark], start: float, end: float, width: int) -> Line:
    """A row with each mark below its time."""
    cells: Line = [(" ", "plain")] * max(0, width)
    for mark in found:
        if cells:
            cells[place(mark.at, start, end, width)] = (mark.glyph, mark.tone)
    return _joined(cells)


def tail(points: Sequence[Point], width: int) -> Line:
    """The newest samples, a block each."""
    newest = points[-width:]
    values = [p.value for p in newest if p.value is not None]
    least, most = (min(values), max(values)) if values else (0.0, 0.0)
    return _joined([_cell(point, least, most) for point in newest])


def _joined(cells: Line) -> Line:
    """Neighbours of one tone as one part."""
    found: Line = []
    for text, tone in cells:
        if found and found[-1][1] == tone:
            found[-1] = (found[-1][0] + text, tone)
        else:
            found.append((text, tone))
    return found
