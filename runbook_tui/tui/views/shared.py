"""How a run fares on other machines, in the head and as a message."""

from __future__ import annotations

from runbook_tui.book.plain_text import printable
from runbook_tui.run import tampering, void_votes
from runbook_tui.run.state import RunState
from runbook_tui.session.sharing import SharingStatus
from runbook_tui.tui.views.tone import Line, Part

ROOMY = 110
"""Columns from which on it is said in full."""


def facts(standing: SharingStatus | None, width: int, *, unseen: bool = False) -> list[Line]:
    """What the head says of it: an alarm first, then when the remote was reached last.

    ``unseen``: something was refused as tampered with, and nobody has acknowledged that.
    """
    alarm: Line = [("ALARM on the remote", "bad")]
    if standing is None:
        return [alarm] if unseen else []
    roomy = width >= ROOMY
    words = standing.words if roomy else standing.short
    alarmed = unseen or bool(standing.alarm)
    if alarmed and standing.away and not roomy:
        return [[(f"ALARM, {words}", "bad")]]
    found: list[Line] = [[(words, "bad" if standing.away else "dim")]]
    return [alarm, *found] if alarmed else found


def is_loud(fact: Line) -> bool:
    """Whether it comes before who looks on: the remote is away, or alarms."""
    return any(tone == "bad" for _, tone in fact)


def refused(before: RunState, now: RunState) -> list[Part]:
    """That something from another machine was refused, for those who look on."""
    found: list[Part] = []
    for told in now.refused_votes[len(before.refused_votes) :]:
        if told.overtaken is not None:
            tone = "bad" if told.decision == "rejected" else "warn"
            found.append((void_votes.in_words(now, told), tone))
            continue
        who = printable(told.name or told.vote, 60)
        what = f"what {who} has sent from another machine is refused: {told.reason}"
        found.append((f"ALARM: {what}" if told.alarm else what, "bad" if told.alarm else "warn"))
    return found


def tampered(state: RunState, standing: SharingStatus | None) -> list[str]:
    """What alarms about other machines: what was refused, and what stands on the remote now."""
    told = tampering.every(state)
    found = [
        tampering.in_words(one) + ("; somebody sees to it" if id_ in state.acknowledged else "")
        for id_, one in told.items()
    ]
    now = standing.alarm if standing is not None else ""
    if now and not any(one.reason in now for one in told.values()):
        found.append(f"on the remote: {printable(now, 400)}")
    return found
