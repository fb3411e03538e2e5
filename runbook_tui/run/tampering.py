"""Alarms about other machines: what was refused since it looked tampered with. Pure.

Each stands until somebody has acknowledged it, whichever program was open when it was found; the
record keeps all of them.
"""

from __future__ import annotations

from runbook_tui.book.plain_text import printable
from runbook_tui.run.sharing_events import VoteRefused
from runbook_tui.run.state import RunState


def every(state: RunState) -> dict[str, VoteRefused]:
    """All of them, by the id under which each is acknowledged."""
    numbered = enumerate(state.refused_votes, 1)
    return {f"remote {number}": one for number, one in numbered if one.alarm}


def unseen(state: RunState) -> dict[str, VoteRefused]:
    """Those that nobody has acknowledged yet, the oldest first."""
    return {id_: one for id_, one in every(state).items() if id_ not in state.acknowledged}


def named(state: RunState, name: str) -> dict[str, VoteRefused]:
    """Those that are meant, of the unseen: by id or node, with “” all. Whoever may push can have
    hundreds refused, and all of them are seen at once."""
    return {id_: one for id_, one in unseen(state).items() if name in {"", id_, one.node or id_}}


def in_words(one: VoteRefused) -> str:
    """What was refused and why."""
    if not one.name:
        return printable(one.reason, 800)
    return (
        f"{printable(one.name, 60)}, from another machine: {printable(one.reason, 400)}"
        " (refused; nothing counts of it)"
    )
