"""The part of the fold that announcements change in a run: what stands elsewhere for it."""

from __future__ import annotations

from runbook_tui.run.announce_events import (
    BEGUN,
    CLOSED,
    DONE,
    FAILED,
    LEFT,
    OPENED,
    Announced,
)
from runbook_tui.run.announced import STANDING, AnnouncementState
from runbook_tui.run.draft import Draft
from runbook_tui.run.events import Event


def announced(draft: Draft, event: Event, payload: Announced) -> None:
    """What stands elsewhere from here on."""
    known = draft.announced.get(payload.announcement)
    word = known.word if known is not None else "closed"
    if payload.result == BEGUN:
        word = "opening"
    elif payload.result == LEFT:
        word = LEFT
    elif payload.result == DONE:
        word = "closed" if payload.deed == CLOSED else "open"
    trouble = ""
    if payload.result == FAILED:
        deed = {OPENED: "opened", CLOSED: "closed"}.get(payload.deed, "prolonged")
        trouble = f"could not be {deed}: {payload.reason}"
    same = known is not None and known.word == word
    draft.announced[payload.announcement] = AnnouncementState(
        word=word,
        since=known.since if same and known is not None else draft.at,
        event=payload,
        ref=payload.ref or (known.ref if known is not None and word in STANDING else ""),
        trouble=trouble,
    )
