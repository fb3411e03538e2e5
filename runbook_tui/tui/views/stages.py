"""The stages of a procedure: which it is time for, what is left of it, and what is overdue."""

from __future__ import annotations

import time
from collections.abc import Sequence

from runbook_tui.book.durations import clock, spoken, window
from runbook_tui.book.plain_text import printable
from runbook_tui.run.procedures import Duty
from runbook_tui.tui.views.tone import Line, Part, spread

A_DAY = 86400.0
SOON = 1800.0
"""Seconds before a window closes from which on it is pressing."""


def lines(duties: Sequence[Duty], now: float, width: int, height: int) -> list[Line]:
    """A row for each stage, on at most ``height`` rows: those that are open go first.

    On one row stands the stage that it is time for, and how many are overdue.
    """
    stages = [duty for duty in duties if duty.is_stage]
    if height < 1 or not stages:
        return []
    several = len({stage.procedure for stage in stages}) > 1
    if height == 1 < len(stages):
        return [_one(stages, now, width, several=several)]
    if len(stages) > height:
        stages = ([s for s in stages if s.ticked is None] or stages)[:height]
    return [_line(stage, now, width, several=several) for stage in stages]


def _one(stages: Sequence[Duty], now: float, width: int, *, several: bool) -> Line:
    open_ = [stage for stage in stages if stage.ticked is None]
    chosen = next((s for s in open_ if s.current), next(iter(open_), stages[-1]))
    others = sum(s.overdue(now) for s in open_ if s is not chosen)
    before: Line = [(f" ! {others} overdue ", "bad")] if others else []
    return _line(chosen, now, width, several=several, before=before)


def _line(
    stage: Duty, now: float, width: int, *, several: bool, before: Sequence[Part] = ()
) -> Line:
    glyph, tone = _glyph(stage, now)
    done = f"  {stage.done} of {stage.of} ☑" if stage.of else ""
    whose = f"  {printable(stage.procedure, 40)}" if several else ""
    left: Line = [
        *before,
        (f" {glyph} ", tone),
        (f"stage {stage.number} {_window(stage)}", "accent" if stage.current else "dim"),
        (printable(stage.title, 60), "strong" if stage.current else "dim"),
        (done, "plain" if stage.current else "dim"),
        (whose, "dim"),
    ]
    return spread(left, standing(stage, now), width)


def row(duty: Duty, now: float, width: int, indent: str = "") -> Line:
    """A stage with what is left of its window, or one of its boxes, as a row of a list."""
    box: Part = ("☑ ", "good") if duty.ticked else ("☐ ", "plain")
    title = printable(duty.title, 200)
    if duty.is_stage:
        mark, tone = _glyph(duty, now)
        left: Line = [
            (f"{indent}{mark if mark in '▶!' else ' '} ", tone),
            box,
            (_window(duty), "accent" if duty.current else "dim"),
            (title, "strong" if duty.current and not duty.ticked else "plain"),
            (f"  {duty.done} of {duty.of}" if duty.of else "", "dim"),
        ]
    else:
        left = [(f"{indent}    ", "plain"), box, (title, "dim" if duty.ticked else "plain")]
        if duty.offer is not None:
            left.append(("  $", "accent"))
    return spread(left, standing(duty, now), width)


def _glyph(duty: Duty, now: float) -> Part:
    if duty.ticked is not None:
        return "✓", "good"
    if duty.overdue(now):
        return "!", "bad"
    return ("▶", "busy") if duty.current else ("○", "dim")


def standing(duty: Duty, now: float) -> Line:
    """How it stands, in words: how much is left of it, by how much it is overdue, who ticked it."""
    last = duty.offer.last if duty.offer is not None else None
    if duty.ticked is not None:
        late = f", {spoken(duty.late)} late" if duty.late else ""
        return [(f"{printable(duty.ticked.by.name, 20)}{late} ", "warn" if late else "dim")]
    if last is not None:
        if last.running:
            return [("▶ running ", "busy")]
        return [("✓ ended well ", "good")] if last.ok else [("✗ failed ", "bad")]
    if not duty.is_stage:
        return []
    left, wait = duty.left(now), duty.opens_in(now)
    if left is not None and left < 0:
        return [(f"overdue {running(-left)} ", "bad")]
    if wait is not None:
        return [(f"in {running(wait)} ", "dim")]
    if left is not None:
        return [(f"{running(left)} left ", "warn" if left < SOON else "dim")]
    return []


def running(seconds: float) -> str:
    """A time that runs, to the second where that means something."""
    return clock(seconds) if seconds < 3600 else spoken(seconds)


def at(due: float, now: float) -> str:
    """A time of day, with the day where that is another."""
    form = "%H:%M" if abs(due - now) < A_DAY / 2 else "%d %b %H:%M"
    return time.strftime(form, time.localtime(due))


def _window(duty: Duty) -> str:
    return f"{window(duty.start, duty.end)} " if duty.end is not None else ""
