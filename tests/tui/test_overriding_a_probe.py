"""Space on a check whose probe has failed asks why first, and leaving that changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from runbook_tui.book.model import Check, Step
from runbook_tui.run import requests as r
from runbook_tui.run.finishing import failed_probes
from runbook_tui.tui.app import RunbookApp
from tests.fakes.still import StillTerminals
from tests.integration.session.scene import Scene, ask, book
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


async def test_a_tick_against_a_probe_is_asked_about(scene: Make) -> None:
    up = Check(id="up", title="It is up", probe="test -e up")
    made = scene(book(Step(id="a", title="A", run="true", undo="true", checks=(up,))))
    session = made.open()
    app = RunbookApp(session, StillTerminals())
    async with app.run_test(size=(100, 30)) as pilot:
        ask(session, r.StartStep(step="a"))
        await until(pilot, lambda: failed_probes(session.state, "a"))
        app.ask(r.TickNode(node="up"))
        await until(pilot, lambda: "Why tick it all the same?" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Why tick it all the same?" not in text_of(app))
        assert session.state.ticks == {}
        app.ask(r.TickNode(node="up"))
        await until(pilot, lambda: "Why tick it all the same?" in text_of(app))
        await pilot.press(*"down", "enter")
        await until(pilot, lambda: "up" in session.state.ticks)
    assert session.state.ticks["up"].override == "down"
