"""Bars of time: planned, happened, expected, on one span for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from runbook_tui.frozen import frozen
from runbook_tui.run.critical import Critical
from runbook_tui.run.forecast import Slot
from runbook_tui.tui.views.axis import scale
from runbook_tui.tui.views.tone import Line

PLANNED, DONE, LATE, NOW, EXPECTED, SAFE, CRITICAL = "─", "█", "▓", "│", "░", "!", "◆"


@frozen
class Span:
    """The time that all bars share, in epoch seconds."""

    begin: float
    end: float

    def cell(self, at: float, width: int) -> float:
        """Where a moment lies in a bar, in cells from its left."""
        return (at - self.begin) / max(1.0, self.end - self.begin) * width

    def scale(self, width: int) -> Line:
        """The times that the cells stand for."""
        return [(scale(self.begin, self.end, width), "dim")]


@frozen
class Ahead:
    """What is to come: when open steps are expected, which of them decide when the run is over,
    and the last safe moment (None where the plan has no window)."""

    expected: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    critical: Critical = field(default_factory=Critical)
    safe_until: float | None = None


NOTHING_AHEAD = Ahead()


def bar(
    slot: Slot, span: Span, now: float, width: int, tone: str, to_come: Ahead = NOTHING_AHEAD
) -> Line:
    """Planned and actual time in ``width`` cells; what happened after it was planned is marked."""
    planned = _cells(span, slot.planned_from, slot.planned_to, width) if slot.planned else range(0)
    actual = range(0)
    if slot.began is not None:
        actual = _cells(span, slot.began, slot.ended if slot.ended is not None else now, width)
    coming = range(0)
    if slot.id in to_come.expected:
        coming = _cells(span, *to_come.expected[slot.id], width)
    here = min(width - 1, int(span.cell(now, width)))
    safe = to_come.safe_until
    last = int(span.cell(safe, width)) if safe is not None and safe <= span.end else -1
    found: Line = []
    for cell in range(width):
        if cell in actual:
            late = bool(planned) and cell >= planned.stop
            part = (LATE, "warn") if late else (DONE, tone)
        elif cell in coming:
            part = (EXPECTED, "accent")
        elif cell == last:
            part = (SAFE, "warn")
        elif cell in planned:
            part = (PLANNED, "dim")
        else:
            part = (NOW if cell == here else " ", "dim")
        if found and found[-1][1] == part[1]:
            found[-1] = (found[-1][0] + part[0], part[1])
        else:
            found.append(part)
    return found


def _cells(span: Span, begin: float, end: float, width: int) -> range:
    """At least one cell, so that what was short is seen too."""
    first = max(0, min(width - 1, int(span.cell(begin, width))))
    return range(first, max(first + 1, min(width, round(span.cell(end, width)))))
