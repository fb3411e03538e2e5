"""The demo lets a person come up against the gate, and says what it is all for."""

from __future__ import annotations

import threading
from collections.abc import Callable

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.cli.demo_screen import ASKED, BROKE, GATE, DemoApp
from runbook_tui.demo.story import WELCOME, introduction
from runbook_tui.run import requests as r
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.fakes.history import GRACE
from tests.fakes.still import StillTerminals
from tests.integration.session.scene import Scene, ask
from tests.tui.piloting import until

Make = Callable[..., Scene]


def gated(run: str = "true") -> Runbook:
    """One step behind Grace's gate."""
    step = Step(id="d", title="Deploy", run=run, undo="true")
    return Runbook(
        title="G",
        roles={"cto": ("Grace <grace@example.com>",)},
        phases=(Phase(id="core", title="Core", gate=Gate(roles=("cto",)), steps=(step,)),),
    )


def demo(made: Scene, go: threading.Event | None = None) -> tuple[DemoApp, list[str]]:
    """The demo's screen, and when Grace was called; she signs once she may go."""
    called: list[str] = []

    def approve() -> None:
        called.append("Grace")
        assert go is None or go.wait(60)
        grace = made.open(leads=False, actor=GRACE)
        ask(grace, r.SignNode(node="core", role="cto"))

    return DemoApp(made.open(), StillTerminals(), approve, 0.0), called


async def test_grace_signs_only_once_she_is_asked(scene: Make) -> None:
    go = threading.Event()
    app, called = demo(scene(gated()), go)
    assert app.said == WELCOME
    async with app.run_test(size=(120, 30)) as pilot:
        ask(app.session, r.AddNote(text="the gate holds"))
        await until(pilot, lambda: GATE in app.said)
        assert called == []
        assert "core" not in app.session.state.opened_gates
        await pilot.press("s")
        await until(pilot, lambda: app.said == ASKED)
        go.set()
        await until(pilot, lambda: "core" in app.session.state.opened_gates)
        assert called == ["Grace"]


async def test_on_the_rollback_screen_the_way_to_the_gate_begins_with_esc(scene: Make) -> None:
    app, _ = demo(scene(gated()))
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: "core" in app.session.state.opened_gates)
        ask(app.session, r.StartStep(step="d"))
        await until(pilot, lambda: app.session.state.finished is not None)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        ask(app.session, r.StartRollback(scope="run"))
        await until(pilot, lambda: GATE in app.said)
        assert app.said.startswith("Esc ")


async def test_to_try_to_go_on_asks_her_too(scene: Make) -> None:
    app, called = demo(scene(gated()))
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "core" in app.session.state.opened_gates)
        await pilot.press("enter")
        await until(pilot, lambda: app.session.state.finished is not None)
    assert called == ["Grace"]


async def test_what_breaks_is_what_it_is_for(scene: Make) -> None:
    app, _ = demo(scene(gated(run="false")))
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "core" in app.session.state.opened_gates)
        await pilot.press("enter")
        await until(pilot, lambda: app.said == BROKE)


def test_what_it_is_about_breaks_between_words_on_a_narrow_terminal() -> None:
    narrow, wide = introduction(80), introduction(200)
    assert max(map(len, narrow)) < 80
    assert " ".join(" ".join(narrow).split()) == " ".join(" ".join(wide).split())
    assert [line[:4] for line in wide] == ["You ", "  - ", "  - ", "  - ", "F9 w"]
    assert all(line.startswith("    ") for line in narrow if line.startswith("   "))
