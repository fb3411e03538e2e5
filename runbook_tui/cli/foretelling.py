"""What is foretold of a run, as lines: when it will be done, and until when it is safe to go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from runbook_tui.book.durations import spoken
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.forecast import Forecast, Window, forecast, overruns, window
from runbook_tui.run.rollback import plan, without
from runbook_tui.run.state import RunState
from runbook_tui.run.times import said
from runbook_tui.run.undo_items import NOTHING_ABSENT, Absent

WORTH_SAYING = 60.0
"""Seconds that are said of a deviation or a spread."""


def foretold(
    state: RunState, now: float, absent: Absent = NOTHING_ABSENT, zone: tzinfo | None = None
) -> Iterator[str]:
    """What is foretold as things stand; nothing where nothing says how long steps take."""
    found = forecast(state, now, absent.past, zone)
    if found is not None:
        yield _done_by(found, now, zone)
    if any(phase.ends for phase in state.runbook.phases) and state.finished is None:
        back = without(plan(state, "run", ""), absent)
        longest = max(back.budget or 0.0, back.expected or 0.0)
        limit = window(state, now, absent.past, back=longest, zone=zone)
        if limit is not None:
            yield _safe(state, limit, now, zone)


def _done_by(found: Forecast, now: float, zone: tzinfo | None) -> str:
    words = f"expected to be done by {said(found.likely, now, zone)}"
    if found.slow - found.likely >= WORTH_SAYING:
        words += f", where steps are slow by {said(found.slow, now, zone)}"
    if abs(found.late) >= WORTH_SAYING:
        how = "later" if found.late > 0 else "earlier"
        words += f"; {spoken(round(abs(found.late) / 60) * 60)} {how} than planned"
    if found.unknown:
        steps = "1 open step" if found.unknown == 1 else f"{found.unknown} open steps"
        words += f" ({steps} not counted: nobody knows how long they take)"
    return words


def _safe(state: RunState, found: Window, now: float, zone: tzinfo | None) -> str:
    title = state.outline[found.phase].title
    why = (
        f"“{title}” must be over by {said(found.ends, now, zone)}, what is left takes up to "
        f"{spoken(found.left)} and a rollback {spoken(found.back)}"
    )
    if now <= found.safe_until:
        return f"it is safe to go on until {said(found.safe_until, now, zone)}: {why}"
    if now <= found.turn_back_by:
        return (
            f"UNSAFE to go on since {said(found.safe_until, now, zone)}: {why}; "
            f"turn back by {said(found.turn_back_by, now, zone)}"
        )
    return f"TOO LATE: a rollback does not fit any more: {why}"


class Overruns:
    """Says once of each attempt that it takes longer than it should."""

    def __init__(self) -> None:
        self._told: set[tuple[str, int]] = set()

    def new(self, state: RunState, now: float, past: Past = NO_PAST) -> Iterator[str]:
        """A line for each step that has just run over its time."""
        for id_, over in overruns(state, now, past):
            step = state.step(id_)
            if (id_, step.started_seq) in self._told or step.started is None:
                continue
            self._told.add((id_, step.started_seq))
            meant = now - step.started - over
            yield f"“{state.outline[id_].title}” runs over its time: it should take {spoken(meant)}"
