"""The whole demo on the smallest screen by the mouse alone, with ``RUNBOOK_LONG`` by keys, too."""

from __future__ import annotations

import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from runbook_tui.cli.demo_screen import gate_waits
from runbook_tui.cli.playing import Play
from runbook_tui.run.order import blockers
from runbook_tui.run.state import BROKEN, OVER
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.tui.mouse import click_on
from tests.tui.piloting import text_of, until

Press = Callable[[Pilot[int], RunbookApp, str, str], Awaitable[None]]


async def by_key(pilot: Pilot[int], app: RunbookApp, key: str, words: str) -> None:
    """The key, which stands on the screen with its words."""
    await until(pilot, lambda: words in text_of(app))
    await pilot.press(key)


async def by_mouse(pilot: Pilot[int], app: RunbookApp, key: str, words: str) -> None:
    """The words alone."""
    await click_on(pilot, app, words)


@pytest.mark.skipif(shutil.which("git") is None and not os.environ.get("CI"), reason="needs git")
@pytest.mark.parametrize("press", [by_mouse, *([by_key] if os.environ.get("RUNBOOK_LONG") else [])])
async def test_the_demo(press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path / "home"))
    with Play(tmp_path / "sandbox") as demo:
        app = demo.screen(pause=0.0)
        session = app.session
        async with app.run_test(size=(80, 24)) as pilot:
            for id_ in session.state.outline.order:
                if session.state.step(id_).status in OVER:
                    continue
                await until(pilot, lambda id_=id_: app.screen.chosen_step == id_)  # type: ignore[attr-defined, misc]
                if gate_waits(session.state):
                    await press(pilot, app, "s", "s sign")
                await until(pilot, lambda id_=id_: not blockers(session.state, id_))  # type: ignore[misc]
                await press(pilot, app, "enter", "Enter run")
                await until(
                    pilot,
                    lambda id_=id_: session.state.step(id_).status in {*OVER, *BROKEN},  # type: ignore[misc]
                )
                if session.state.step(id_).status in BROKEN:
                    break
            await until(pilot, lambda: "FAILED" in text_of(app))
            await press(pilot, app, "f9", "F9 PANIC")
            await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
            await until(pilot, lambda: "F9 again to START" in text_of(app))
            await press(pilot, app, "b", "START the rollback")
            if press is by_key:
                await pilot.press("enter")
            await until(pilot, lambda: "ROLLED BACK" in text_of(app), seconds=60)
            await press(pilot, app, "escape", "Esc back")
            await until(pilot, lambda: "follow-up 0/" in text_of(app))
