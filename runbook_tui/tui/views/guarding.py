"""Above the message line: what is red, what waits for a decision, and how the watches stand."""

from __future__ import annotations

from runbook_tui.book.durations import clock
from runbook_tui.book.plain_text import printable
from runbook_tui.run.state import RunState
from runbook_tui.run.watch_deciding import proposing, rolls_back
from runbook_tui.run.watching import Standing, bounds, by_exit
from runbook_tui.tui.views.gauges import GLYPHS, Gauge, by_urgency
from runbook_tui.tui.views.sparkline import tail
from runbook_tui.tui.views.tone import Line, length, spread

SPARKS = 6
LOUD = frozenset({Standing.BREACHED, Standing.UNKNOWN, Standing.UNSURE})
REASON = 80
ROOMY = 100
"""Columns from which on a banner says all of it."""


def lines(state: RunState, found: list[Gauge], now: float, width: int, *, wide: bool) -> list[Line]:
    """A banner where something is not green; where there is room every watch behind it."""
    live = [g for g in found if g.live]
    loud = by_urgency([g for g in live if g.standing in LOUD])
    rows = [_banner(state, loud, now, width)] if loud else []
    if wide and live:
        rows.append(_strip(by_urgency(live), width))
    return rows


def _banner(state: RunState, loud: list[Gauge], now: float, width: int) -> Line:
    first = loud[0]
    glyph, tone = GLYPHS[first.standing]
    if first.recorded.overridden:
        tone = "cyan"
    left: Line = [(f" {glyph} {first.title} {_found(first)}", tone)]
    if _is_new(first):
        left = [(f"{left[0][0]} ", "panic")]
    if asked := _asked(state, first, now, brief=width < ROOMY):
        left += [("· " if _is_new(first) else " · ", "dim"), asked]
    more = f"+{len(loud) - 1} more  " if len(loud) > 1 else ""
    says = "" if width < ROOMY else " says more"
    return spread(left, [(more, "dim"), ("w", "key"), (f"{says} ", "dim")], width)


def _is_new(gauge: Gauge) -> bool:
    """Whether it is breached by what this run does, and nobody has decided to go on."""
    recorded = gauge.recorded
    breached = gauge.standing is Standing.BREACHED
    return breached and not recorded.overridden and not recorded.before_start


def _found(gauge: Gauge) -> str:
    """What is wrong, in a few words: “98.1 % below 99 (1 of 2 bad)”."""
    counts = f" ({gauge.counts})" if gauge.counts else ""
    if gauge.standing is Standing.UNKNOWN or gauge.value is None:
        return f"unknown: {printable(gauge.trouble, REASON)}"
    if gauge.standing is Standing.UNSURE:
        return f"{gauge.number} inconclusive{counts}"
    if by_exit(gauge.watch):
        return f"fails: exit status {gauge.number}{counts}"
    return f"{gauge.number}, breached {bounds(gauge.watch).words}{counts}"


def _asked(state: RunState, gauge: Gauge, now: float, *, brief: bool) -> tuple[str, str] | None:
    """What waits for a person, and for how long."""
    recorded = gauge.recorded
    if recorded.overridden:
        by = recorded.overridden_by.name if recorded.overridden_by is not None else "the lead"
        why = printable(recorded.overridden, REASON)
        return (f"overridden by {printable(by, 24)}: {why}", "cyan")
    if gauge.standing is not Standing.BREACHED:
        return None
    if recorded.before_start:
        return ("red before the start", "warn")
    due = recorded.decide_by
    if gauge.watch not in proposing(state):
        word = "respond"
    elif rolls_back(state, gauge.watch):
        when = "now" if due is None else f"in {clock(max(0.0, due - now))}"
        return (f"rolls back by itself {when}", "bad")
    else:
        word = "roll back?" if brief else "F9 rolls back: decide"
    if due is None:
        lasts = clock(max(0.0, now - gauge.since)) if gauge.since is not None else "0:00"
        return (f"{word}, for {lasts}", "bad")
    left = due - now
    if left < 0:
        return (f"{word}: {clock(-left)} late", "bad")
    return (f"{word} within {clock(left)}" if not brief else f"{word} {clock(left)} left", "bad")


def _strip(found: list[Gauge], width: int) -> Line:
    """Each watch with its value and how it stands, as many as there is room for."""
    line: Line = []
    for number, gauge in enumerate(found):
        # Before the first sample nothing is known of it but its name.
        value = f" {gauge.number}" if gauge.value is not None else ""
        tone = "cyan" if gauge.recorded.overridden else gauge.tone
        part: Line = [(" · " if line else " ", "dim"), (gauge.title, "plain"), (value, gauge.tone),
                      (" ", "plain"), *tail(gauge.points, SPARKS),
                      (f" {_short(gauge)}", tone)]  # fmt: skip
        left = len(found) - number - 1
        room = width - length(line) - length(part)
        if room < (len(f"  +{left} more ") if left else 0):
            return [*line, (f"  +{left + 1} more", "dim")]
        line += part
    return line


def _short(gauge: Gauge) -> str:
    if gauge.recorded.overridden:
        return "overridden"
    return "BREACHED" if gauge.standing is Standing.BREACHED else str(gauge.standing)
