"""The timeline: what was planned when, what really happened when, and how far off it is."""

from __future__ import annotations

from dataclasses import replace

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Phase
from runbook_tui.run.critical import Critical, critical
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.effort import of_node, work
from runbook_tui.run.forecast import Slot, delay, forecast, slots
from runbook_tui.run.nodes import Kind
from runbook_tui.run.order import closed
from runbook_tui.run.remaining import period, take
from runbook_tui.run.several import status_of
from runbook_tui.run.state import BROKEN, OVER, RunState, Status
from runbook_tui.run.times import said as said_at
from runbook_tui.tui.views import bars
from runbook_tui.tui.views.bars import CRITICAL, NOTHING_AHEAD, Ahead, Span, bar
from runbook_tui.tui.views.tone import GLYPHS, Line, cells, cut, length, spread
from runbook_tui.tui.views.words import said

TITLE_SHARE, BEGAN, TOOK, OFF = 0.36, 7, 9, 11
TIMES = BEGAN + TOOK + OFF
NARROWEST_BAR = 8
PEOPLE, ROOM_FOR_PEOPLE = 8, 110
NOT_UNDONE = "not undone"
"""Of a step whose undo failed: the words for that are longer than their column."""
AHEAD = 86400.0
"""Seconds from now beyond which the bars do not look ahead, unless it is a calendar."""
EXACT = 600.0
"""Seconds from which on nobody wants to hear of seconds."""


def ahead(state: RunState, now: float, past: Past = NO_PAST, safe: float | None = None) -> Ahead:
    """Open steps one after another from now on, as the forecast has them; what holds steps from
    its first to its last."""
    expected: dict[str, tuple[float, float]] = {}
    at, phase = now, ""
    for id_ in state.outline.order:
        step = state.step(id_)
        if step.status in OVER or state.outline.is_group(id_):
            continue
        if state.outline[id_].phase != phase:
            phase = state.outline[id_].phase
            at = max(at, _begins(state, phase) or at)
        known = take(state.outline, id_, past)
        running = step.status is Status.RUNNING and step.started is not None
        ran = now - (step.started or now) if running else 0.0
        whole = known.likely if known is not None and step.status is not Status.WAITING else 0.0
        end = at + max(0.0, whole - ran)
        for holder in (*state.outline.holders(id_), id_):
            expected[holder] = (expected.get(holder, (at, end))[0], end)
        at = end
    return Ahead(expected=expected, critical=critical(state, now, past), safe_until=safe)


def _begins(state: RunState, phase: str) -> float | None:
    """When a phase of which nothing was begun may begin."""
    item = state.outline[phase].item
    touched = any(state.step(s.id).touched for s in state.outline.steps_inside(phase))
    return period(state, item)[0] if isinstance(item, Phase) and not touched else None


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


def spans_days(state: RunState, now: float, past: Past = NO_PAST) -> bool:
    """Whether there is a calendar to look at: run or plan takes longer than a day."""
    _, span = calendar(state, now, past)
    return span.end - span.begin > AHEAD


def calendar(state: RunState, now: float, past: Past = NO_PAST) -> tuple[tuple[Slot, ...], Span]:
    """Phases and changes over the whole time of the run, each phase from when it may begin until
    it must be over where the plan says so."""
    found: list[Slot] = []
    until = state.finished if state.finished is not None else now
    ends = [until]
    for slot in slots(state, calendar=True):
        node = state.outline[slot.id]
        if node.kind is Kind.STEP:
            continue
        if isinstance(node.item, Phase):
            begins, over = period(state, node.item)
            slot = replace(  # noqa: PLW2901  (the same slot, with what the plan says)
                slot,
                planned_from=slot.planned_from if begins is None else begins,
                planned_to=slot.planned_to if over is None else over,
            )
        found.append(slot)
        ends.append(slot.planned_to)
    foretold = forecast(state, now, past)
    if foretold is not None:
        ends.append(foretold.likely)
    return tuple(found), Span(begin=state.started, end=max(ends))


def summary(
    state: RunState, now: float, width: int, past: Past = NO_PAST, to_come: Ahead = NOTHING_AHEAD
) -> list[Line]:
    """Three lines: the run in time, what is to come, and what the bars mean."""
    return [
        spread(_in_time(state, now, past), [], width),
        spread(_to_come(state, now, past, to_come), [], width),
        spread(_meaning(to_come), [], width),
    ]


def _in_time(state: RunState, now: float, past: Past) -> Line:
    parts: Line = [(f" started {said_at(state.started, now)}", "plain")]
    if state.finished is not None:
        took = spoken(state.finished - state.started)
        return [*parts, (f" · finished {said_at(state.finished, now)}, in {took}", "good")]
    if (found := forecast(state, now, past)) is None:
        return [*parts, (" · the plan says nothing of how long it takes", "dim")]
    planned = found.likely - found.late
    parts.append((f" · planned to end {said_at(planned, now)}", "plain"))
    slow = said_at(found.slow, now)
    until = "" if slow == said_at(found.likely, now) else f"–{slow}"
    parts.append((f" · expected {said_at(found.likely, now)}{until}", "strong"))
    parts.append(_deviation(found.late))
    if found.unknown:
        steps = "1 step" if found.unknown == 1 else f"{found.unknown} steps"
        parts.append((f" · {steps} not counted, without an estimate", "warn"))
    return parts


def _to_come(state: RunState, now: float, past: Past, to_come: Ahead) -> Line:
    """What a delay moves, the longest chain, and the work of people."""
    parts: list[Line] = []
    found = delay(state, now, past)
    if found is not None and found.free >= 60 and found.until is not None:
        title = cut(said(state.outline[found.phase].title, 60), 24)
        parts.append([(f"{spoken(found.free)} of delay move nothing", "good"),
                      (f": {title} starts {said_at(found.until, now)}", "dim")])  # fmt: skip
    elif found is not None:
        parts.append([("each minute of delay moves the end", "plain")])
    if to_come.critical.path:
        parts.append([(f"{CRITICAL} {spoken(to_come.critical.left)} at least", "accent")])
    people = work(state)
    if people.whole:
        words = f"{people.left:.3g} of {people.whole:.3g} h of people left"
        parts.append([(words, "plain")])
    line: Line = [(" ", "plain")]
    for number, part in enumerate(parts):
        line += [(" · ", "dim"), *part] if number else part
    return line


def _meaning(to_come: Ahead) -> Line:
    words = (
        f" {bars.PLANNED} planned  {bars.DONE} happened  {bars.LATE} late "
        f" {bars.EXPECTED} expected  {bars.NOW} now"
    )
    if to_come.critical.path:
        words += f"  {CRITICAL} critical"
    meaning: Line = [(words, "dim")]
    if to_come.safe_until is not None:
        meaning.append((f"  {bars.SAFE} safe until", "warn"))
    return meaning


def _widths(width: int, *, people: bool) -> tuple[int, int, int]:
    """Cells of a row's title, bar (0: there is no room for one) and person-hours."""
    more = PEOPLE if people and width >= ROOM_FOR_PEOPLE else 0
    title = int(width * TITLE_SHARE)
    bar_ = width - title - TIMES - more - 3
    return (title, bar_, more) if bar_ >= NARROWEST_BAR else (width - TIMES - more - 2, 0, more)


def scale(state: RunState, span: Span, width: int) -> Line:
    """What stands above the rows: times above the bars, names above the columns."""
    people = bool(work(state).whole)
    title, bar_, more = _widths(width, people=people)
    left: Line = [(" " * (title + 1), "plain"), *(span.scale(bar_) if bar_ else [])]
    names = f"{'from':>{BEGAN}}{'takes':>{TOOK}}{'':{OFF}}"
    return spread(left, [(f"{'people':>{more}}{names}" if more else names, "dim")], width)


def row(
    state: RunState, slot: Slot, span: Span, now: float, width: int, to_come: Ahead = NOTHING_AHEAD
) -> Line:
    """A phase, change or step: title, bar, times."""
    node = state.outline[slot.id]
    glyph, tone = _glyph(state, slot.id)
    strong = node.kind is not Kind.STEP
    title_width, bar_width, more = _widths(width, people=bool(work(state).whole))
    left: Line = [(f"{'  ' * min(node.depth, 4)}{glyph} ", tone)]
    title = cut(said(node.title, 200), title_width - length(left))
    left.append((title, "strong" if strong else "plain"))
    left.append((" " * max(1, title_width + 1 - length(left)), "plain"))
    if bar_width:
        left += bar(slot, span, now, bar_width, tone, to_come)
    right = _times(state, slot, now, to_come)
    if more:
        found = of_node(state, slot.id)
        right = [(f"{f'{found:.3g} h' if found else '':>{more}}", "dim"), *right]
    return spread(left, right, width)


def _times(state: RunState, slot: Slot, now: float, to_come: Ahead) -> Line:
    """When it began or is expected to, how long it took or is planned to, and how far off."""
    status = state.step(slot.id).status if slot.id in state.outline.steps else None
    if slot.began is None:
        if status in {Status.SKIPPED, Status.NOT_APPLICABLE}:
            return [(f"{status.value:>{BEGAN + TOOK}}{'':{OFF}}", "dim")]
        expected = to_come.expected.get(slot.id)
        when = _when(expected[0], now) if expected and slot.planned else ""
        planned = spoken(slot.planned) if slot.planned else ""
        weight = _weight(slot.id, to_come.critical)
        return [(f"{when:>{BEGAN}}{planned:>{TOOK}}", "dim"), *weight]
    took = (slot.ended if slot.ended is not None else now) - slot.began
    parts: Line = [(f"{_when(slot.began, now):>{BEGAN}}{_rounded(took):>{TOOK}}", "plain")]
    if status in BROKEN:
        word = NOT_UNDONE if status is Status.UNDO_FAILED else status.value
        return [*parts, (f" {word:<{OFF - 1}}", "bad")]
    over = slot.over_by(now)
    if over is not None and abs(over) >= 1 and (over > 0 or slot.ended is not None):
        words, tone = _deviation(over)
        return [*parts, (f"{words:<{OFF}}", tone)]
    return [*parts, (" " * OFF, "plain")]


def _when(at: float, now: float) -> str:
    """A time of day; on another day its date."""
    whole = said_at(at, now)
    return whole if len(whole) < BEGAN else " ".join(whole.split()[:2])


def _rounded(seconds: float) -> str:
    """A duration; of a long one without its seconds."""
    return spoken(round(seconds / 60) * 60 if seconds >= EXACT else seconds)


def _weight(id_: str, found: Critical) -> Line:
    """Whether each minute that a step is late moves the end, or how long it may wait."""
    if id_ in found.path:
        return [(f"  {CRITICAL:<{OFF - 2}}", "accent")]
    slack = found.slack.get(id_, 0.0)
    words = f" {_rounded(slack)} free" if slack >= 60 else ""
    return [(f"{words if cells(words) <= OFF else '':<{OFF}}", "dim")]


def _deviation(seconds: float) -> tuple[str, str]:
    if abs(seconds) < 1:
        return (" on time", "good")
    words = _rounded(abs(seconds))
    return (f" +{words}", "warn") if seconds > 0 else (f" −{words}", "good")


def _glyph(state: RunState, id_: str) -> tuple[str, str]:
    if id_ in state.outline.steps:
        return GLYPHS[status_of(state, id_)]
    if closed(state, id_):
        return "✓", "good"
    inside = [state.step(s.id) for s in state.outline.steps_inside(id_)]
    if any(step.status in BROKEN for step in inside):
        return "✗", "bad"
    return ("▶", "accent") if any(step.touched for step in inside) else ("○", "dim")
