"""The run for a whole room: what is done now and since when, how it goes on, what happened last."""

from __future__ import annotations

from collections.abc import Sequence, Set

from runbook_tui.book.durations import clock
from runbook_tui.run.deadlines import GATE
from runbook_tui.run.forecast import forecast
from runbook_tui.run.once import of_state
from runbook_tui.run.order import closed
from runbook_tui.run.several import status_of
from runbook_tui.run.state import BROKEN, OVER, RunState, Status, elapsed
from runbook_tui.run.times import said as said_at
from runbook_tui.run.undo_items import Absent
from runbook_tui.run.upcoming import gates_waiting, next_open
from runbook_tui.tui.views import deadline
from runbook_tui.tui.views.gauges import GLYPHS as SIGNS
from runbook_tui.tui.views.gauges import Gauge, by_urgency
from runbook_tui.tui.views.head import (
    WORTH_SAYING,
    done_by,
    nearest_window,
    presses,
    readiness,
    safety,
)
from runbook_tui.tui.views.large import fitting, in_two
from runbook_tui.tui.views.latest import latest
from runbook_tui.tui.views.sparkline import tail
from runbook_tui.tui.views.tone import GLYPHS, Line, cut, spread
from runbook_tui.tui.views.words import said

PHASE = {"✓": "good", "▶": "busy", "✗": "bad", "‖": "warn", "○": "dim"}
ROOM_FOR_TWO = 30
"""Rows from which on a long title may take two lines of large letters, and what the room has to
know is told in them: until when it is safe, whose sign-off is waited for."""
ROOM_FOR_END = 46
"""And from which on the end is told in them, too."""
MOST_WATCHES, SPARKS = 6, 24
LARGE = ((46, 2, 4), (30, 1, 2), (0, 1, 1))
"""From so many rows on: how large letters and the clock may be."""


def wall(
    state: RunState, now: float, width: int, height: int, absent: Absent,
    measured: Sequence[Gauge] = (),
) -> list[Line]:  # fmt: skip
    """All of it in at most ``height`` rows; the first is what must be seen from afar."""
    letters, digits = next((a, b) for rows, a, b in LARGE if height >= rows)
    top = [*_phases(state, width), [], *_now(state, now, width, height, letters, digits)]
    rest = [*_ahead(state, now, absent, width, height), *_watches(measured, width)]
    room = height - len(top) - len(rest) - 3
    events = [
        [(f"{said_at(at, now)}  ", "dim"), (cut(words, width - 8), tone)]
        for at, words, tone in latest(state, max(0, room))
    ]
    return [*top, [], *rest, [], *events][:height]


def _phases(state: RunState, width: int) -> list[Line]:
    """Every phase with its sign, the current one strong; as many as fit around that one."""
    parts: list[Line] = []
    at = 0
    for phase in state.runbook.phases:
        sign = _sign(state, phase.id)
        if sign in "▶✗‖":
            at = len(parts)
        tone = "strong" if sign in "▶✗‖" else "dim"
        parts.append([(f"{sign} ", PHASE[sign]), (said(phase.title, 40), tone), ("   ", "plain")])
    line: Line = [("… ", "dim")] if at > 1 else []
    for part in parts[max(0, at - 1) :]:
        line += part
    return [spread(line, [], width)]


@of_state
def _sign(state: RunState, phase: str) -> str:
    if closed(state, phase):
        return "✓"
    steps = [state.step(step.id) for step in state.outline.steps_inside(phase)]
    if any(step.status in BROKEN for step in steps):
        return "✗"
    if phase in gates_waiting(state):
        return "‖"
    return "▶" if any(step.touched for step in steps) else "○"


def _now(
    state: RunState, now: float, width: int, rows: int, letters: int, digits: int
) -> list[Line]:
    """The step that counts now, and its clock."""
    if state.rolling_back and state.rollback is not None:
        done = len(state.rollback.results)
        many = len(state.rollback.steps)
        since = clock(now - (state.rollback.started or now))
        return [*fitting(f"Taking back {done} / {many}", "bad", width, most=letters), [],
                *fitting(since, "bad", width, most=digits), *_undoing(state, width)]  # fmt: skip
    if state.finished is not None:
        took = clock(state.finished - state.started)
        return [*fitting("Done", "good", width, most=digits), [],
                [(f"run {state.result or 'done'} after {took}", "good")]]  # fmt: skip
    id_ = _counts(state)
    if id_ is None:
        return fitting("Nothing is open", "warn", width, most=1)
    status = status_of(state, id_)
    glyph, tone = GLYPHS[status]
    title = said(state.outline[id_].title, 200)
    draw = in_two if rows >= ROOM_FOR_TWO else fitting
    lines = [*draw(title, "strong", width, most=letters)]
    spent = elapsed(state, id_, now)
    step = state.outline.steps[id_]
    wanted = step.estimate.maximum if step.estimate else None
    over = wanted is not None and spent is not None and spent > wanted
    word = f"{glyph} {status.value.upper()}"
    if status is Status.PENDING:
        word = f"{glyph} NEXT"
    lines += [[], [(word, "bad" if over else tone), (f"  {_around(state, id_)}", "dim")]]
    if spent is not None and status in {Status.RUNNING, Status.WAITING, *BROKEN}:
        text = clock(spent) + (f" / {clock(wanted)}" if wanted else "")
        lines += fitting(text, "bad" if over or status in BROKEN else tone, width, most=digits)
    return lines


def _undoing(state: RunState, width: int) -> list[Line]:
    """What is taken back at this moment."""
    undone = _first(state, frozenset({Status.UNDOING}))
    if undone is None:
        return []
    return [[], *fitting(said(state.outline[undone].title, 200), "strong", width, most=1)]


@of_state
def _first(state: RunState, wanted: Set[Status]) -> str | None:
    """The first step of the plan that stands so."""
    for id_ in state.outline.order:
        if not state.outline.is_group(id_) and state.step(id_).status in wanted:
            return id_
    return None


@of_state
def _counts(state: RunState) -> str | None:
    """What a room looks at: what has failed, else what runs or waits, else what is next."""
    for wanted in (BROKEN, frozenset({Status.RUNNING}), frozenset({Status.WAITING})):
        if (id_ := _first(state, wanted)) is not None:
            return id_
    return next_open(state)


@of_state
def _progress(state: RunState) -> tuple[int, int]:
    """How many steps are over, and how many there are."""
    steps = [id_ for id_ in state.outline.order if not state.outline.is_group(id_)]
    return sum(state.step(id_).status in OVER for id_ in steps), len(steps)


def _around(state: RunState, id_: str) -> str:
    names: list[str] = []
    parent = state.outline[id_].parent
    while parent:
        names.insert(0, said(state.outline[parent].title, 60))
        parent = state.outline[parent].parent
    return " › ".join(names)


def _ahead(state: RunState, now: float, absent: Absent, width: int, rows: int) -> list[Line]:
    """How much is done, when it will be, until when it is safe to go on, and the way back."""
    done, many = _progress(state)
    found = None if state.rolling_back else forecast(state, now, absent.past)
    line: Line = [(f"{done} of {many} steps", "strong")]
    if found is not None:
        line += [("   ", "plain"), *done_by(found, now, exact=True)]
    large: tuple[str, str] | None = None
    if (window := nearest_window(state, now, absent)) is not None:
        text, tone = safety(window, now)[0]
        large = (text, tone) if presses(window, now) else None
        line += [("   ", "plain"), (text, tone)]
    line += [("   ", "plain"), *readiness(state, absent)]
    waits = [
        (said(state.outline[id_].title, 60), ", ".join(gate.roles))
        for id_ in gates_waiting(state)
        if (gate := state.outline[id_].gate) is not None
    ]
    lines = [line]
    if large is None and waits and not state.rolling_back:
        large = (f"waits: {', '.join(dict.fromkeys(roles for _, roles in waits))}", "warn")
    if large is None and found is not None and rows >= ROOM_FOR_END:
        end = "done after" if found.unknown else "done by"
        large = (f"{done} / {many}   {end} {said_at(found.likely, now)}",
                 "warn" if found.late >= WORTH_SAYING else "plain")  # fmt: skip
    if large is not None and rows >= ROOM_FOR_TWO:
        lines = [*fitting(*large, width, most=1), [], line]
    if waits:
        all_ = "; ".join(f"{title}: {roles}" for title, roles in waits)
        lines.append([("‖ waits for a sign-off: ", "warn"), (all_, "warn")])
        lines += deadline.of_node(state, gates_waiting(state)[0], GATE, now, width)[:1]
    return lines


def _watches(found: Sequence[Gauge], width: int) -> list[Line]:
    """What is measured, a row each, the worst first, and a breach unmistakable."""
    lines: list[Line] = []
    for gauge in by_urgency(list(found))[:MOST_WATCHES]:
        glyph, tone = SIGNS[gauge.standing]
        value = f"{gauge.number}  " if gauge.value is not None else ""
        line: Line = [(f"{glyph} ", tone), (f"{gauge.title}  ", "strong"), (value, tone),
                      *tail(gauge.points, SPARKS), (f"  {gauge.word}", tone)]  # fmt: skip
        lines.append(spread(line, [], width))
    return lines
