"""The screens of two machines: a lead who shares, a reviewer who signs from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.run.order import gate_open
from runbook_tui.share.far import NoTerminals
from runbook_tui.tui.app import RunbookApp
from tests.fakes.still import StillTerminals
from tests.integration.share.world import World
from tests.keys import Keys
from tests.tui.piloting import text_of, until


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    keys = Keys(tmp_path / "keys")
    monkeypatch.setenv("RUNBOOK_KEY", keys.file("grace"))
    made = World(tmp_path, keys)
    made.begin()
    yield made
    made.close()


async def test_a_reviewer_signs_a_gate_on_a_screen_elsewhere(world: World) -> None:
    grace = world.reviewer()
    grace.follower.start(lambda: grace.session.state)
    app = RunbookApp(grace.session, NoTerminals())
    async with app.run_test(size=(130, 32)) as pilot:
        await until(pilot, lambda: "you: Grace (cto)" in text_of(app).splitlines()[0])
        assert "followed, last news" in text_of(app).splitlines()[0]
        assert "nobody leads" not in text_of(app)
        await pilot.press("f9")
        await until(pilot, lambda: "ROLLBACK" in text_of(app))
        await pilot.press("escape")
        app.sign("ship")
        await until(pilot, lambda: "Sign off the gate of phase “Core”" in text_of(app))
        await pilot.click("#approve")
        await until(pilot, lambda: "1 vote on the way" in text_of(app).splitlines()[0])
        assert not gate_open(grace.session.state, "core")
        world.mirror.start()
        await until(pilot, lambda: gate_open(grace.session.state, "core"))
        await until(pilot, lambda: "on the way" not in text_of(app).splitlines()[0])
    assert gate_open(world.session.state, "core")
    world.mirror.close()


async def test_the_lead_sees_how_the_mirror_stands_and_every_alarm(world: World) -> None:
    world.session.sharing = world.mirror
    app = RunbookApp(world.session, StillTerminals())
    async with app.run_test(size=(130, 32)) as pilot:
        await until(pilot, lambda: "shared, last pushed" in text_of(app).splitlines()[0])
        world.line.cut = True
        world.mirror.round()
        app.screen.tick()  # type: ignore[attr-defined]
        await until(pilot, lambda: "not reached since" in text_of(app).splitlines()[0])
        await until(pilot, lambda: ": not reached since" in app.said)
        world.line.cut = False
        world.mirror.round()
        app.screen.tick()  # type: ignore[attr-defined]
        await until(pilot, lambda: app.said.startswith("shared over"))
        grace = world.reviewer()
        signing = grace.sign(key="linus")
        world.settle(signing.done)
        app.screen.tick()  # type: ignore[attr-defined]
        await until(pilot, lambda: "ALARM on the remote" in text_of(app).splitlines()[0])
        told = "ALARM: what Grace has sent from another machine is refused"
        await until(pilot, lambda: app.said.startswith(told))
        await pilot.press("ctrl+p", *"acknowledge", "enter")
        await until(pilot, lambda: app.said.startswith("you see to it: Grace, from another"))
        app.screen.tick()  # type: ignore[attr-defined]
        await until(pilot, lambda: "ALARM" not in text_of(app).splitlines()[0])
        await pilot.press("ctrl+p", *"acknowledge", "enter")
        await until(pilot, lambda: "“Alarms” (Ctrl+P) tells what is wrong" in app.said)
        await pilot.press("ctrl+p", *"alarms", "enter")
        await until(pilot, lambda: "Grace, from another machine: wrongly signed" in text_of(app))
