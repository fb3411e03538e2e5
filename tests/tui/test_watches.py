"""Watches on the screen: what is red says so, takes no key, and is decided on by a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbook_tui.book.model import Gate, Phase, Probe, Runbook, Step, Watch
from runbook_tui.run import requests as r
from runbook_tui.run.watching import Standing
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.screens.watches import WatchesScreen
from tests.fakes.answers import Answers, answer
from tests.fakes.history import GRACE
from tests.fakes.still import StillTerminals
from tests.integration.session.scene import Scene, ask, run_step
from tests.tui.piloting import text_of, until

GOOD = Standing.GOOD
Make = Callable[..., Scene]


@pytest.fixture
def server() -> Iterator[Answers]:
    made = Answers(answer('{"rate": 99.5}'))
    yield made
    made.close()


def plan(server: Answers, on_breach: str, **keys: object) -> Runbook:
    watch = Watch(id="rate", title="Success [b]rate", every=0.05, below=99.0, on_breach=on_breach,
                  probe=Probe(http={"url": server.url, "json": "rate"}), respond_within=600.0,
                  dashboard="https://grafana.example.com/d/rate")  # fmt: skip
    steps = (Step(id="a", title="A", run="true", undo="true"),
             Step(id="b", title="B", run="true", undo="true"))  # fmt: skip
    phase = Phase(id="p", title="Phase", steps=steps, **keys)  # type: ignore[arg-type]
    return Runbook(title="T", phases=(phase,), watches=(watch,), roles={"cto": ("*",)})


async def test_a_breach_shows_rings_and_takes_neither_focus_nor_key(
    scene: Make, server: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = scene(plan(server, "propose-rollback")).open()
    run_step(session, "a")
    app = RunbookApp(session, StillTerminals())
    rung: list[int] = []
    monkeypatch.setattr(app, "bell", lambda: rung.append(1))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "99.5" in text_of(app) and " ok" in text_of(app))
        focused = app.focused
        server.act = answer('{"rate": 98.1}')
        await until(pilot, lambda: "! Success [b]rate 98.1, breached below 99" in text_of(app))
        assert "F9 rolls back: decide within " in text_of(app)
        await until(pilot, lambda: rung)
        assert app.focused is focused
        assert isinstance(app.screen, MainScreen)
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("b").touched)
        assert session.state.rollback is None
        assert rung == [1]
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))


async def test_small_says_only_what_is_not_green(scene: Make, server: Answers) -> None:
    session = scene(plan(server, "alert")).open()
    run_step(session, "a")
    app = RunbookApp(session, StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(
            pilot, lambda: [m.track.standing for m in session.measured().values()] == [GOOD]
        )
        await pilot.pause(0.1)
        assert "Success" not in text_of(app)
        server.act = answer("no json", 500)
        await until(pilot, lambda: "? Success [b]rate unknown: it answers with 500" in text_of(app))
        server.act = answer('{"rate": 99.5}')
        await until(pilot, lambda: "Success" not in text_of(app))


async def test_w_shows_what_it_was_and_a_person_goes_on_with_a_reason(
    scene: Make, server: Answers
) -> None:
    session = scene(plan(server, "block", gate=Gate(roles=("cto",)))).open()
    server.act = answer('{"rate": 98.1}')
    session.ask(r.SignNode(node="p", role="cto"), GRACE).result(60)
    app = RunbookApp(session, StillTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: session.state.breached)
        await until(pilot, lambda: "held by Success [b]rate" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "is held shut: the watch" in text_of(app))
        await pilot.press("w")
        await until(pilot, lambda: "BREACHED, red before the start" in text_of(app))
        shown = text_of(app)
        assert "breached below 99" in shown
        assert "a breach holds gates and criteria shut" in shown
        assert "o opens https://grafana.example.com/d/rate" in shown
        await pilot.press("a")
        await until(pilot, lambda: "Why go on though" in text_of(app))
        await pilot.press(*"wave", "enter")
        await until(pilot, lambda: "overridden by Ada: wave" in text_of(app))
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("a").touched)


async def test_o_opens_the_dashboard_in_a_browser(
    scene: Make, server: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    session = scene(plan(server, "alert")).open()
    app = RunbookApp(session, StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, WatchesScreen))
        await pilot.press("o")
        await until(pilot, opened.exists)
        await until(pilot, lambda: "opened: https://grafana" in text_of(app))
        assert opened.read_text() == "https://grafana.example.com/d/rate\n"


async def test_who_does_not_lead_sees_what_is_recorded(scene: Make, server: Answers) -> None:
    made = scene(plan(server, "alert"))
    lead = made.open()
    run_step(lead, "a")
    server.act = answer('{"rate": 98.1}')
    guest = made.open(leads=False, actor=GRACE)
    app = RunbookApp(guest, StillTerminals())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "! Success [b]rate 98.1, breached below 99" in text_of(app))
        await pilot.press("w")
        await until(pilot, lambda: "measured where Ada leads" in text_of(app))
        await pilot.press("a")
        await until(pilot, lambda: "only the lead may override a watch" in app.said)
        assert isinstance(app.screen, WatchesScreen)
    ask(lead, r.OverrideWatch(watch="rate", reason="x"))
