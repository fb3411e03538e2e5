"""Pull requests on the screen: how they stand, and what a merge will run into."""

from __future__ import annotations

from collections.abc import Sequence

from runbook_tui.book.model import Change
from runbook_tui.book.plain_text import printable
from runbook_tui.run.pulls import moved, words
from runbook_tui.run.state import RunState
from runbook_tui.tui.views.tone import Line, Part, cut, flow

LONGEST = 300
MOST = 3
"""So many warnings are shown before a merge."""
SHORT = 28
ROWS = 4
"""Rows for the only thing that is to be known."""


def pull_request(state: RunState, change: Change, width: int) -> list[Line]:
    """How a change's pull request stands, as it was seen last."""
    seen = state.pulls.get(change.pull_request or 0)
    if seen is None:
        return []
    head: Line = [(f"#{seen.number} ", "strong"), (f"at {seen.head[:10]}", "dim")]
    return [head, *([(cut(printable(f"  {text}", LONGEST), width), tone)]
                    for text, tone in words(seen))]  # fmt: skip


def in_a_word(state: RunState, change: Change) -> Line:
    """What its row says: the worst of it, where something is in the way or it is over."""
    seen = state.pulls.get(change.pull_request or 0)
    if seen is None:
        return []
    text, tone = words(seen)[0]
    return [(f" {cut(printable(text, LONGEST), SHORT)}", tone)] if tone != "good" else []


def pull_news(before: RunState, now: RunState) -> list[Part]:
    """That a head has moved, or somebody has merged, between two states."""
    found: list[Part] = []
    if now.pulls is before.pulls:
        return found
    for number, seen in now.pulls.items():
        was = before.pulls.get(number)
        if was is None:
            continue
        if was.head != seen.head:
            void = any(moved(now, s) and str(number) in s.heads for s in now.signoffs)
            more = "; what was signed of it counts no more" if void else ""
            found.append((f"#{number} has moved to {seen.head[:10]}{more}", "warn"))
        if seen.state == "merged" != was.state:
            who = printable(seen.merged_by or "somebody", 40)
            found.append((f"#{number} is merged, by {who}", "good"))
    return found


def warned(ahead: Sequence[str], width: int) -> list[Line]:
    """What is to be known before a merge."""
    shown = [printable(text, LONGEST) for text in ahead[:MOST]]
    if len(ahead) > MOST:
        shown[-1] = f"and {len(ahead) - MOST + 1} more are made to conflict by it"
    if len(shown) == 1:
        return flow([("!", "warn")], shown[0], "warn", width, ROWS)
    return [[(cut(f"! {text}", width), "warn")] for text in shown]
