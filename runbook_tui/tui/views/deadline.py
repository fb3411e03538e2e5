"""Until when a gate or sign-off can be given, and what is left to do once it was denied. Pure."""

from __future__ import annotations

from runbook_tui.book.durations import clock
from runbook_tui.run.deadlines import GATE, SIGN_OFF, Pending, pending, words
from runbook_tui.run.order import over
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.times import said
from runbook_tui.tui.views.tone import Line, cut

NEAR = 0.25
"""The part of its time that is left when it is said in another tone."""


def of_node(state: RunState, id_: str, kind: str, now: float, width: int) -> list[Line]:
    """One line, or two where it was denied; none where the plan limits no time."""
    found = pending(state, id_, kind)
    return _lines(state, found, now, width) if found is not None else []


def of_step(state: RunState, id_: str, now: float, width: int) -> list[Line]:
    """The same of what holds a step: the outermost gate around it, else its own sign-off. Nothing
    holds a step that is over, one that was left out included."""
    if over(state, id_):
        return []
    for holder in state.outline.holders(id_):
        if lines := of_node(state, holder, GATE, now, width):
            return lines
    waits = state.step(id_).status is Status.WAITING
    return of_node(state, id_, SIGN_OFF, now, width) if waits else []


def _lines(state: RunState, found: Pending, now: float, width: int) -> list[Line]:
    if not found.denied(now):
        left = found.until - now
        tone = "warn" if left < NEAR * found.within else "plain"
        until = said(found.until, now)
        text = f"{found.kind}: {clock(left)} left, denied if not approved by {until}"
        return [[(cut(text, width), tone)]]
    told = words(state, found, now)
    override = ", or overrides the gate" if found.kind == GATE else ""
    return [
        [(cut(f"{found.kind} {told.upper()[:6]}{told[6:]}", width), "bad")],
        [("Ctrl+P", "key"), (cut(f" the lead asks anew{override}", width - 6), "plain")],
    ]
