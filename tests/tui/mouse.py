"""The mouse on a screen, by what stands there."""

from __future__ import annotations

from textual import events
from textual.pilot import Pilot

from runbook_tui.tui.app import RunbookApp
from tests.tui.piloting import text_of, until


async def click_on(pilot: Pilot[int], app: RunbookApp, text: str) -> None:
    """Click on the middle of a text, the lowest on the screen, once it is there.

    Not by the pilot, which takes what stands beside a screen's frame for outside of it.
    """
    await until(pilot, lambda: text in text_of(app))
    rows = text_of(app).splitlines()
    y = max(number for number, row in enumerate(rows) if text in row)
    x = rows[y].index(text) + len(text) // 2
    for kind in (events.MouseDown, events.MouseUp, events.Click):
        await pilot.pause()
        app.mouse_position = app.mouse_position.__class__(x, y)
        app.screen._forward_event(
            kind(app.screen, x, y, 0, 0, 1, shift=False, meta=False, ctrl=False,
                 screen_x=x, screen_y=y)
        )  # fmt: skip
    await pilot.pause()
