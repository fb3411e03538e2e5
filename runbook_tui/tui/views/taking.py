"""How long a step takes against its estimate and past runs; when a phase may begin and must end."""

from __future__ import annotations

from runbook_tui.book.durations import clock, spoken
from runbook_tui.book.model import Phase, Step
from runbook_tui.book.plain_text import printable
from runbook_tui.run.durations import Past, Spread
from runbook_tui.run.forecast import period
from runbook_tui.run.state import OVER, RunState, closed, elapsed
from runbook_tui.run.times import said
from runbook_tui.tui.views.tone import Line, length

BAR = 12
ROOM_FOR_TITLE = 24
"""Cells of a title that are worth more than how long its step usually takes."""


def bar(state: RunState, step: Step, now: float, room: int, past: Past) -> Line:
    """The time a step has taken of what it is planned to take, or usually takes (``~``).

    ``room``: cells that are left beside the step's title.
    """
    spent = elapsed(state, step.id, now)
    known = past.steps.get(step.id)
    wanted = step.estimate.maximum if step.estimate else None
    if spent is None:
        return _before(wanted, known, room)
    about, limit = "", wanted
    if wanted is None and known is not None:
        about, wanted, limit = "~", known.median, known.p90
    if wanted is None or limit is None:
        return [(clock(spent), "busy")]
    over = spent > limit
    full = min(BAR, int(BAR * spent / wanted)) if wanted else BAR
    tone = "bad" if over else "busy"
    line: Line = [
        (f"{clock(spent)} of {about}{clock(wanted)} ", tone),
        ("█" * full + "░" * (BAR - full), tone),
        (f" over by {spoken(spent - limit)}" if over else "", "bad"),
    ]
    if not about and known is not None and state.step(step.id).status not in OVER:
        return _with_usual(line, known, room)
    return line


def _before(wanted: float | None, known: Spread | None, room: int) -> Line:
    if wanted is None:
        return [] if known is None else [(_usually(known), "dim")]
    line: Line = [(f"about {spoken(wanted)}", "dim")]
    return line if known is None else _with_usual(line, known, room)


def _with_usual(line: Line, known: Spread, room: int) -> Line:
    longer: Line = [*line, (f" · {_usually(known)}", "dim")]
    return longer if length(longer) <= room else line


def _usually(known: Spread) -> str:
    slow = f", slow {spoken(known.p90)}" if known.p90 - known.median >= 1 else ""
    return f"usually {spoken(known.median)}{slow} ({known.runs}×)"


def in_time(state: RunState, phase: Phase, now: float) -> list[Line]:
    """When a phase may begin and must be over, and how much work it is, where the plan says so."""
    lines: list[Line] = []
    begins, ends = period(state, phase)
    for word, text, at in (("starts", phase.starts, begins), ("ends", phase.ends, ends)):
        if text is None:
            continue
        when = "" if at is None else f" ({said(at, now)})"
        line: Line = [(f"{word} ", "dim"), (f"{printable(text, 80)}{when}", "plain")]
        if word == "ends" and at is not None and at < now and not closed(state, phase.id):
            line.append((f"  over by {spoken(now - at)}", "bad"))
        lines.append(line)
    if phase.effort:
        lines.append([("effort ", "dim"), (printable(phase.effort, 40), "plain")])
    return lines
