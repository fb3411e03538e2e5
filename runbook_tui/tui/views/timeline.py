"""The timeline: what was planned when, what really happened when, and how far off it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runbook_tui.book.durations import spoken
from runbook_tui.run.critical import Critical, critical
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.forecast import Slot, forecast, slots
from runbook_tui.run.order import closed
from runbook_tui.run.outline import Kind
from runbook_tui.run.remaining import take
from runbook_tui.run.several import status_of
from runbook_tui.run.state import BROKEN, OVER, RunState, Status
from runbook_tui.run.times import said as said_at
from runbook_tui.tui.views.tone import GLYPHS, Line, cells, cut, length, spread
from runbook_tui.tui.views.words import said

PLANNED, DONE, BOTH, NOW, EXPECTED, SAFE, CRITICAL = "░", "█", "▓", "│", "▒", "!", "◆"
TITLE_SHARE, TIMES = 0.36, 25
NARROWEST_BAR = 8
AHEAD = 86400.0
"""Seconds from now beyond which the bars do not look ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The time that all bars share, in epoch seconds."""

    begin: float
    end: float

    def cell(self, at: float, width: int) -> float:
        """Where a moment lies in a bar, in cells from its left."""
        return (at - self.begin) / max(1.0, self.end - self.begin) * width


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is to come: when open steps are expected, which of them decide when the run is over,
    and the last safe moment (None where the plan has no window)."""

    expected: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    critical: Critical = field(default_factory=Critical)
    safe_until: float | None = None


NOTHING_AHEAD = Ahead()


def ahead(state: RunState, now: float, past: Past = NO_PAST, safe: float | None = None) -> Ahead:
    """Open steps one after another from now on, as the forecast has them; what holds steps from
    its first to its last."""
    expected: dict[str, tuple[float, float]] = {}
    at = now
    for id_ in state.outline.order:
        step = state.step(id_)
        if step.status in OVER or state.outline.is_group(id_):
            continue
        known = take(state.outline, id_, past)
        running = step.status is Status.RUNNING and step.started is not None
        ran = now - (step.started or now) if running else 0.0
        end = at + max(0.0, (known.likely if known is not None else 0.0) - ran)
        for holder in (*state.outline.holders(id_), id_):
            expected[holder] = (expected.get(holder, (at, end))[0], end)
        at = end
    return Ahead(expected=expected, critical=critical(state, now, past), safe_until=safe)


def timeline(state: RunState, now: float, past: Past = NO_PAST) -> tuple[tuple[Slot, ...], Span]:
    """The rows, and the time they share."""
    found = slots(state, calendar=True)
    until = state.finished if state.finished is not None else now
    # What may begin in days only stands at the edge: it would leave no room for today.
    ends = [until, *(slot.planned_to for slot in found if slot.planned_from <= until + AHEAD)]
    foretold = forecast(state, now, past)
    if foretold is not None and foretold.likely <= until + AHEAD:
        ends.append(foretold.likely)
    return found, Span(begin=state.started, end=max(ends))


def summary(
    state: RunState, now: float, width: int, past: Past = NO_PAST, to_come: Ahead = NOTHING_AHEAD
) -> list[Line]:
    """Two lines: the run in time, and what the bars mean."""
    parts: Line = [(f" started {said_at(state.started, now)}", "plain")]
    if state.finished is not None:
        took = spoken(state.finished - state.started)
        parts.append((f" · finished {said_at(state.finished, now)}, in {took}", "good"))
    elif (found := forecast(state, now, past)) is not None:
        planned = found.likely - found.late
        parts.append((f" · planned to be done {said_at(planned, now)}", "plain"))
        slow = said_at(found.slow, now)
        until = "" if slow == said_at(found.likely, now) else f"–{slow}"
        parts.append((f" · expected {said_at(found.likely, now)}{until}", "strong"))
        parts.append(_deviation(found.late))
        if to_come.critical.path:
            parts.append((f" · {CRITICAL} {spoken(to_come.critical.left)} at least", "accent"))
    else:
        parts.append((" · the plan says nothing of how long it takes", "dim"))
    words = (
        f" {PLANNED} planned  {DONE} happened  {BOTH} as planned  {EXPECTED} expected  {NOW} now"
    )
    if to_come.critical.path:
        words += f"  {CRITICAL} decides the end"
    meaning: Line = [(words, "dim")]
    if to_come.safe_until is not None:
        meaning.append((f"  {SAFE} safe until", "warn"))
    return [spread(parts, [], width), spread(meaning, [], width)]


def row(
    state: RunState, slot: Slot, span: Span, now: float, width: int, to_come: Ahead = NOTHING_AHEAD
) -> Line:
    """A phase, change or step: title, bar, times."""
    node = state.outline[slot.id]
    glyph, tone = _glyph(state, slot.id)
    strong = node.kind is not Kind.STEP
    times = _times(state, slot, now, to_come.critical)
    bar_width = width - int(width * TITLE_SHARE) - TIMES - 3
    title_width = int(width * TITLE_SHARE) if bar_width >= NARROWEST_BAR else width - TIMES - 2
    left: Line = [(f"{'  ' * min(node.depth, 4)}{glyph} ", tone)]
    title = cut(said(node.title, 200), title_width - length(left))
    left.append((title, "strong" if strong else "plain"))
    left.append((" " * max(1, title_width + 1 - length(left)), "plain"))
    if bar_width >= NARROWEST_BAR:
        left += bar(slot, span, now, bar_width, tone, to_come)
    return spread(left, times, width)


def bar(
    slot: Slot, span: Span, now: float, width: int, tone: str, to_come: Ahead = NOTHING_AHEAD
) -> Line:
    """Planned and actual time in ``width`` cells."""
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
            part = (BOTH if cell in planned else DONE, tone)
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


def _times(state: RunState, slot: Slot, now: float, found: Critical) -> Line:
    status = state.step(slot.id).status if slot.id in state.outline.steps else None
    if slot.began is None:
        if status in {Status.SKIPPED, Status.NOT_APPLICABLE}:
            return [(status.value, "dim")]
        planned: Line = [(f"planned {spoken(slot.planned)}", "dim")] if slot.planned else []
        return [*planned, *_weight(slot.id, found, length(planned))]
    took = (slot.ended if slot.ended is not None else now) - slot.began
    parts: Line = [(f"{said_at(slot.began, now)}  {spoken(took)}", "plain")]
    if status in BROKEN:
        return [*parts, (f"  {status.value}", "bad")]
    over = slot.over_by(now)
    if over is not None and abs(over) >= 1 and (over > 0 or slot.ended is not None):
        deviation = _deviation(over)
        if length(parts) + cells(deviation[0]) <= TIMES:
            parts.append(deviation)
    return parts


def _weight(id_: str, found: Critical, taken: int) -> Line:
    """Whether each minute that a step is late moves the end, or how long it may wait."""
    if id_ in found.path:
        return [(f"  {CRITICAL}", "accent")]
    slack = found.slack.get(id_, 0.0)
    words = f"  may wait {spoken(slack)}"
    return [(words, "dim")] if slack >= 60 and taken + cells(words) <= TIMES + 4 else []


def _deviation(seconds: float) -> tuple[str, str]:
    if abs(seconds) < 1:
        return (" on time", "good")
    return (f" +{spoken(seconds)}", "warn") if seconds > 0 else (f" −{spoken(-seconds)}", "good")


def _glyph(state: RunState, id_: str) -> tuple[str, str]:
    if id_ in state.outline.steps:
        return GLYPHS[status_of(state, id_)]
    if closed(state, id_):
        return "✓", "good"
    inside = [state.step(s.id) for s in state.outline.steps_inside(id_)]
    if any(step.status in BROKEN for step in inside):
        return "✗", "bad"
    return ("▶", "accent") if any(step.touched for step in inside) else ("○", "dim")
