"""How long a step takes against its estimate and past runs; when a phase may begin and must end."""

from __future__ import annotations

from runbook_tui.book.durations import clock, spoken
from runbook_tui.book.model import Phase, Step
from runbook_tui.book.plain_text import printable
from runbook_tui.run.durations import Past
from runbook_tui.run.order import closed
from runbook_tui.run.remaining import period
from runbook_tui.run.state import OVER, RunState, Status, elapsed, undoing
from runbook_tui.run.times import said
from runbook_tui.tui.views.tone import Line

BAR = 12
FULL, EMPTY = "█", "░"


def bar(state: RunState, step: Step, now: float, past: Past) -> Line:
    """The time a step has taken of what it is planned to take, or usually takes (``~``); while
    it is taken back, the time that takes."""
    if state.step(step.id).status is Status.UNDOING:
        back = undoing(state, step.id, now)
        return [(clock(back), "busy")] if back is not None else []
    spent = elapsed(state, step.id, now)
    known = past.steps.get(step.id)
    wanted = step.estimate.maximum if step.estimate else None
    if spent is None:
        return [(f"about {spoken(wanted)}", "dim")] if wanted else []
    about, limit = "", wanted
    if wanted is None and known is not None:
        about, wanted, limit = "~", known.median, known.p90
    if wanted is None or limit is None:
        return [(clock(spent), "busy")]
    over = spent > limit
    full = min(BAR, int(BAR * spent / wanted)) if wanted else BAR
    tone = "bad" if over else "busy"
    return [
        (f"{clock(spent)} of {about}{clock(wanted)} ", tone),
        (FULL * full + EMPTY * (BAR - full), tone),
        (f" over by {spoken(spent - limit)}" if over else "", "bad"),
    ]


def usually(state: RunState, step: Step, past: Past) -> list[Line]:
    """What past runs say of a step that is not over; nothing where they say nothing."""
    known = past.steps.get(step.id)
    if known is None or state.step(step.id).status in OVER:
        return []
    slow = f", slow {spoken(known.p90)}" if known.p90 - known.median >= 1 else ""
    runs = "1 past run" if known.runs == 1 else f"{known.runs} past runs"
    return [[(f"usually {spoken(known.median)}{slow} ({runs})", "dim")]]


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
