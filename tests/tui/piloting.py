"""Waiting for the screen, not for the clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.app import App
from textual.pilot import Pilot

from tests.waiting import PATIENCE


async def until(pilot: Pilot[int], holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Let the application work until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s; the screen:\n{text_of(pilot.app)}")
        await pilot.pause(0.02)


def text_of(app: object) -> str:
    """What the screen shows, as text."""
    assert isinstance(app, App)
    size = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(s.text for s in line) for line in lines[: size.height])
