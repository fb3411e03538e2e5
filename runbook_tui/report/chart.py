"""Where things lie in a timeline of planned against actual time. Pure geometry.

Times in which nothing ran for long (a night, a weekend) are cut out, so that a change that takes
days still shows its minutes: positions are shares (0 to 1) of the time that is left. The plan
knows no such breaks; it runs from the same start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from runbook_tui.frozen import frozen
from runbook_tui.report.attempts import Attempt
from runbook_tui.report.model import Part, Report

LONG = 600.0
"""Seconds without anything running that are cut out."""
MOST_ROWS = 300
"""More parts than these are shown without their steps."""
TICKS = 6
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
         86400, 172800, 604800)  # fmt: skip

Interval = tuple[float, float]


@frozen
class Axis:
    """The time that all bars share: from ``start`` on ``length`` seconds, without the breaks."""

    start: float
    length: float
    breaks: tuple[Interval, ...] = ()

    def place(self, at: float) -> float:
        """Where a moment lies."""
        gone = sum(max(0.0, min(at, end) - begin) for begin, end in self.breaks if at > begin)
        return self.share(at - self.start - gone)

    def share(self, seconds: float) -> float:
        """Where so many seconds from the start lie, breaks not counted."""
        return min(1.0, max(0.0, seconds / self.length))

    def ticks(self) -> list[tuple[float, float]]:
        """Seconds from the start, and where they lie."""
        wanted = next((s for s in STEPS if self.length / s <= TICKS), STEPS[-1])
        while self.length / wanted > TICKS:
            wanted *= 2
        count = int(self.length // wanted)
        return [(n * wanted, self.share(n * wanted)) for n in range(count + 1)]


@frozen
class Bar:
    """A stretch of a row. ``kind``: ``done``, ``failed``, ``back`` (a rollback), ``open``."""

    begin: float
    end: float
    kind: str


@frozen
class Row:
    """One part in time; ``planned`` is None where the plan says nothing."""

    part: Part
    planned: tuple[float, float] | None
    bars: tuple[Bar, ...]


@frozen
class Chart:
    """The whole timeline. ``undone`` are the rollbacks' bars, ``pauses`` those of the lead."""

    axis: Axis
    rows: tuple[Row, ...]
    undone: tuple[Bar, ...]
    pauses: tuple[tuple[float, float], ...]
    whole: bool
    """Whether every step has a row."""


def chart(report: Report) -> Chart:
    """The timeline of a run."""
    axis = axis_of(report)
    whole = len(report.parts) <= MOST_ROWS
    shown = [p for p in report.parts if whole or p.kind in {"phase", "change"}]
    places = [(axis.place(begin), axis.place(end)) for begin, end in report.pauses]
    return Chart(
        axis=axis,
        rows=tuple(_row(part, axis, report.until) for part in shown),
        undone=tuple(
            Bar(begin=axis.place(r.started),
                end=axis.place(report.until if r.ended is None else r.ended), kind="back")
            for r in report.rollbacks
        ),
        pauses=tuple((begin, end) for begin, end in places if end > begin),
        whole=whole,
    )  # fmt: skip


def axis_of(report: Report) -> Axis:
    """The time that the bars of a report share."""
    busy = [span_of(a, report.until) for part in report.parts for a in part.attempts]
    busy += [(r.started, report.until if r.ended is None else r.ended) for r in report.rollbacks]
    busy += [(report.started, report.started)]
    if report.ended is not None:
        busy.append((report.ended, report.ended))
    breaks = tuple(gaps(busy))
    end = max(end for _, end in busy)
    real = end - report.started - sum(stop - begin for begin, stop in breaks)
    planned = max((p.planned_from + p.planned for p in report.parts), default=0.0)
    return Axis(start=report.started, length=max(1.0, real, planned), breaks=breaks)


def gaps(busy: Iterable[Interval]) -> Iterable[Interval]:
    """The long stretches between intervals in which none of them is."""
    until: float | None = None
    for begin, end in sorted(busy):
        if until is not None and begin - until >= LONG:
            yield until, begin
        until = end if until is None else max(until, end)


def span_of(attempt: Attempt, until: float) -> Interval:
    """From its start to its end (epoch seconds); one that goes on lasts ``until`` then."""
    return attempt.started, until if attempt.ended is None else attempt.ended


def nested(parts: Sequence[Part]) -> dict[str, list[Part]]:
    """Every part with all that lies in it; a part follows what holds it, one deeper."""
    found: dict[str, list[Part]] = {part.id: [] for part in parts}
    around: list[Part] = []
    for part in parts:
        while around and around[-1].depth >= part.depth:
            around.pop()
        for holder in around:
            found[holder.id].append(part)
        around.append(part)
    return found


def _row(part: Part, axis: Axis, until: float) -> Row:
    planned = None
    if part.planned:
        planned = axis.share(part.planned_from), axis.share(part.planned_from + part.planned)
    bars = [_bar(a, axis, until) for a in part.attempts]
    if part.span is not None:
        begin, end = part.span
        bars = [Bar(begin=axis.place(begin), end=axis.place(end), kind="done")]
    return Row(part=part, planned=planned, bars=tuple(bars))


def _bar(attempt: Attempt, axis: Axis, until: float) -> Bar:
    begin, end = span_of(attempt, until)
    kinds = {"done": "done", "waiting": "done", "running": "open"}
    return Bar(begin=axis.place(begin), end=axis.place(end),
               kind=kinds.get(attempt.result, "failed"))  # fmt: skip
