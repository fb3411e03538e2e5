"""The follow-up of a rollback as rows above the plan, a fact in the head, and a card."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.plain_text import printable
from runbook_tui.run.follow_up import FollowUp, follow_up
from runbook_tui.run.once import of_state
from runbook_tui.run.procedures import Duty
from runbook_tui.run.state import RunState
from runbook_tui.tui.views import stages
from runbook_tui.tui.views.tone import Line, spread, wrap

Row = Duty | str
"""A box, or the title of the procedure that the boxes below it belong to."""
DONE = "the follow-up is done"
ROOMY = 100
"""Columns from which on the head says when it is due, too."""


@of_state
def rows(state: RunState, now: float) -> tuple[Row, ...]:
    """What stands above the plan: nothing without a follow-up, one row once it is done."""
    found = follow_up(state, now)
    if found is None:
        return ()
    return tuple(_rows(found)) if found.open else (DONE,)


def _rows(found: FollowUp) -> Iterator[Row]:
    above = ""
    for duty in found.duties:
        if duty.procedure != above:
            above = duty.procedure
            yield above
        yield duty


def row(entry: Row, now: float, width: int) -> Line:
    """One of these rows."""
    if isinstance(entry, Duty):
        return stages.row(entry, now, width)
    if entry == DONE:
        return [("✓ ", "good"), (DONE, "dim")]
    return [("↶ follow-up: ", "accent"), (printable(entry, 200), "strong")]


def fact(state: RunState, now: float, width: int) -> Line:
    """How far it is and when the next box is due, for the head."""
    found = follow_up(state, now)
    if found is None or not found.open:
        return []
    words = f"follow-up {found.of - len(found.open)}/{found.of}"
    late = found.due is not None and found.due < now
    if width < ROOMY:
        return [("follow-up late", "bad") if late else (words, "plain")]
    if late or found.due is None:
        return [(f"{words} overdue", "bad") if late else (words, "plain")]
    return [(f"{words} by {stages.at(found.due, now)}", "plain")]


def opened(state: RunState) -> str:
    """That there is a follow-up, in words; empty where there is none."""
    found = follow_up(state)
    if found is None or not found.open:
        return ""
    many = f"{len(found.open)} box{'es' if len(found.open) != 1 else ''}"
    due = f", the first by {stages.at(found.due, state.last_at)}" if found.due is not None else ""
    return f"follow-up: {many}{due}; Home goes there"


def card(entry: Row, now: float, width: int, height: int) -> list[Line]:
    """What can be done with a row, and by when."""
    if not isinstance(entry, Duty):
        return [row(entry, now, width), [("what is left to do after the rollback", "dim")]]
    lines: list[Line] = [[(text, "strong")] for text in wrap(printable(entry.title, 400), width)]
    keys: Line = [
        ("Space", "key"),
        (" takes the tick back" if entry.ticked else " ticks it", "plain"),
    ]
    if entry.offer is not None:
        keys += [("  Enter", "key"), (" runs its command, after a yes", "plain")]
    lines.append(spread(keys, stages.standing(entry, now), width))
    if entry.due is not None:
        lines.append([(f"due {stages.at(entry.due, now)}; nothing waits for it", "dim")])
    if entry.offer is not None:
        lines += [[("$ ", "accent"), (printable(text, 1000), "plain")]
                  for text in entry.offer.text.strip().splitlines()]  # fmt: skip
    return lines[:height]
