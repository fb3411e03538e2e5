"""A gate whose time is over on the screen: no key, click or palette passes it, and what does."""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import Input

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run.deadlines import GATE, pending
from runbook_tui.run.order import gate_open
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.ask import AskSignoff, AskText
from tests.fakes.history import GRACE
from tests.fakes.still import StillTerminals
from tests.integration.session.scene import Scene
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
WITHIN = 0.2


def locked(role: str | None = None, within: float | None = WITHIN) -> Runbook:
    gate = Gate(roles=("qa",), within=within) if within else None
    steps = (Step(id="d", title="Deploy", run="true", undo="true", role=role),
             Step(id="h", title="By hand", needs=()))  # fmt: skip
    return Runbook(
        title="Locked",
        roles={"qa": (GRACE.identity,)},
        phases=(Phase(id="core", title="Core", gate=gate, steps=steps),),
    )


async def test_no_key_click_or_palette_passes_a_denied_gate(scene: Make) -> None:
    session = scene(locked()).open()
    app = RunbookApp(session, StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "gate DENIED since" in text_of(app))
        assert "the lead asks anew, or overrides the gate" in text_of(app)
        for keys in (["enter"], ["r"], ["down", "enter"], ["space"]):
            await pilot.press(*keys)
            await until(pilot, lambda: "the gate of “Core”" in app.said)
            app.say("")
        await pilot.click("#list", offset=(10, 2), times=2)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, AskSignoff))
        assert "denied since" in text_of(app)
        app.screen.query_one("#name", Input).value = GRACE.identity
        await pilot.click("#approve")
        await until(pilot, lambda: "is denied since" in app.said)
        await pilot.press("ctrl+p", *"finish", "enter")
        await until(pilot, lambda: "still open" in app.said)
        assert session.state.step("d").status is session.state.step("h").status is Status.PENDING
        assert session.state.signoffs == ()

        await pilot.press("ctrl+p", *"override the", "enter")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        await pilot.press("enter", *"it burns", "enter")
        await until(pilot, lambda: gate_open(session.state, "core"))
    assert session.state.overridden_gates == {"core": "it burns"}


async def test_the_lead_asks_anew_on_the_palette(scene: Make) -> None:
    session = scene(locked()).open()
    app = RunbookApp(session, StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "gate DENIED since" in text_of(app))
        await pilot.press("ctrl+p", *"ask anew", "enter")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        before = pending(session.state, "core", GATE)
        await pilot.press(*"again", "enter")
        await until(pilot, lambda: session.state.asked)
        now = pending(session.state, "core", GATE)
    assert before is not None
    assert now is not None
    assert now.since > before.since


async def test_who_carries_a_step_out_is_asked_and_shown(scene: Make) -> None:
    session = scene(locked(role="qa", within=None)).open()
    app = RunbookApp(session, StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "carried out by somebody in the role qa" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        # The only one whom the plan names stands there already.
        assert app.screen.query_one(Input).value == GRACE.identity
        await pilot.press("enter")
        await until(pilot, lambda: session.state.step("d").by == GRACE.identity)
