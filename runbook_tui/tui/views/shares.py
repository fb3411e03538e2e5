"""How the main screen's room is shared out between list, card and output."""

from __future__ import annotations

from runbook_tui.run.state import RunState
from runbook_tui.tui.views import card, checklist

HIGH = 40
LIST_SHARE = 0.55
LIST_LEAST = 46
BESIDE_LIST = 46
"""Columns that are left to the card and the output at least."""
CARD = (6, 13)
CARD_LOW = 9
"""Rows of the card: at least, at most, and at most on a screen that is not high."""


def shares(state: RunState, columns: int, rows: int) -> tuple[int, int]:
    """Columns of the list and rows of the card, where there are two columns: what this plan needs.

    It hangs on plan and size alone: nothing jumps, and no command's terminal is resized, while the
    cursor moves and the run goes on.
    """
    most = min(int(columns * LIST_SHARE), columns - BESIDE_LIST)
    wide = max(LIST_LEAST, min(most, checklist.wanted_width(state) + 1))
    needed = card.wanted_height(state, columns - wide - 2)
    return wide, max(CARD[0], min(CARD[1] if rows >= HIGH else CARD_LOW, needed))
