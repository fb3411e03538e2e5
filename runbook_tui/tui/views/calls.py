"""Whom to call: who is due now, who next and when, and a row for each."""

from __future__ import annotations

from collections.abc import Sequence

from runbook_tui.book.durations import spoken
from runbook_tui.book.plain_text import printable
from runbook_tui.run.calling import Call, overdue, pressing
from runbook_tui.tui.views.stages import running
from runbook_tui.tui.views.tone import Line, Part, length, spread

ROOM_FOR_TOPICS = 100
"""Columns from which on it is said about what somebody is called."""


def line(calls: Sequence[Call], now: float, width: int) -> Line:
    """Who is to be called now, and who next."""
    if not calls:
        return []
    first, then = pressing(calls, now)
    called = sum(call.ticked is not None for call in calls)
    count: Line = [(f"{called} of {len(calls)} called ", "dim")]
    if first is None and then is None:
        words = "everybody is called" if called == len(calls) else "nobody else is to be called"
        return spread([(f" {words}", "dim")], count, width)
    name = _named if width >= ROOM_FOR_TOPICS else _briefly
    left: Line = []
    if first is not None:
        late = overdue(first, now)
        ago = f", {running(-(first.left(now) or 0.0))} late" if late else ""
        left = [(" ! " if late else " ", "bad"), ("call now ", "dim"),
                (name(first), "bad" if late else "warn"), (ago, "bad")]  # fmt: skip
    if then is not None:
        when = _when(then, now)
        left += [("  then ", "dim"), (f"{name(then)}{when}", "plain")]
    return spread(left, count if length(left) + length(count) < width else [], width)


def _when(call: Call, now: float) -> str:
    left = call.left(now)
    if left is None:
        return f" after {spoken(call.callee.after)}" if call.callee.after else ""
    return f" in {running(left)}" if left > 0 else ""


def _briefly(call: Call) -> str:
    return printable(call.callee.answers or call.callee.who, 30)


def _named(call: Call) -> str:
    who = printable(call.callee.who, 40)
    answers = f" = {printable(call.callee.answers, 40)}" if call.callee.answers else ""
    return f"{who}{answers} ({printable(call.callee.topic, 30)})"


def row(call: Call, now: float, width: int) -> Line:
    """One of them as a row of a list."""
    box: Part = ("☑ ", "good") if call.ticked else ("☐ ", "plain")
    late = overdue(call, now)
    quiet = call.ticked is not None or call.needless or call.idle
    left: Line = [
        (" ! " if late else "   ", "bad"),
        box,
        ("call ", "dim"),
        (_named(call), "dim" if quiet else "plain"),
    ]
    return spread(left, _standing(call, now), width)


def _standing(call: Call, now: float) -> Line:
    if call.ticked is not None:
        late = f", {spoken(call.late)} late" if call.late else ""
        return [(f"called, {printable(call.ticked.by.name, 20)}{late} ", "warn" if late else "dim")]
    if call.needless:
        return [("not needed any more ", "dim")]
    left = call.left(now)
    if call.idle:
        return [("ladder not in use ", "dim")]
    if left is None:
        after = call.callee.after
        return [(f"after {spoken(after)} ", "dim")] if after else []
    if overdue(call, now):
        return [(f"overdue {running(-left)} ", "bad")]
    return [("now ", "warn")] if left <= 0 else [(f"in {running(left)} ", "dim")]


def command(call: Call, now: float, width: int) -> list[Line]:
    """What can be done with one of them."""
    word = " takes it back" if call.ticked else " called"
    return [spread([(f" {_named(call)}", "plain")], _standing(call, now), width),
            [(" Space", "key"), (word, "plain")]]  # fmt: skip
