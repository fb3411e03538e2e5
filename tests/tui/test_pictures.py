"""Golden pictures: checklist, rollback and follow-up, at the smallest size and at a common one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from runbook_tui.book.model import Environment
from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.fakes.history import GRACE, START, History
from tests.fakes.incident import begun, finish
from tests.fakes.plans import two_phases
from tests.fakes.still import StillSession, StillTerminals
from tests.tui.piloting import text_of, until

SIZES = [(80, 24), (120, 40)]


def half_way(preferences: Preferences = DEFAULTS) -> RunbookApp:
    history = History(two_phases())
    history.ran("merge")
    history.ask(r.TickNode(node="look"))
    history.ask(r.TickNode(node="look-a"))
    history.add(e.StepStarted(), "tag")
    history.add(
        e.UndoArmed(kind="command", text="git tag -d v2 ${{ tag }}", missing=("tag",)), "tag"
    )
    history.add(
        e.CommandStarted(attempt=1, kind="run", text="git tag", cwd="/", shell=("sh", "-c"),
                         folder="/runs/tag.1"),
        "tag",
    )  # fmt: skip
    terminals = StillTerminals("Auto-merging deploy", "Merge made by the 'ort' strategy.")
    session = StillSession(history.state)
    return RunbookApp(
        session,  # type: ignore[arg-type]
        terminals,
        now=lambda: START + 600,
        preferences=preferences,
    )


@pytest.mark.parametrize("size", SIZES)
async def test_checklist(picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    app = half_way()
    async with app.run_test(size=size) as pilot:
        await pilot.press("home", "down", "down", "down", "down", "down", "down", "down")
        await until(pilot, lambda: "ort" in app.export_screenshot() or size == (80, 24))
        await pilot.pause(0.2)
        assert app.export_screenshot(title="Runbook") == picture


async def told_and_gone(pilot: Pilot[int], app: RunbookApp) -> None:
    """The alarm that comes with the first second has been told, and is not in the picture."""
    await until(pilot, lambda: "tell Lead" in text_of(app))
    app.say("")
    await until(pilot, lambda: "tell Lead" not in text_of(app))
    await pilot.pause(0.2)


def going_wrong() -> RunbookApp:
    """A rollback that runs beside its procedure, with people to call."""
    history = begun()
    history.ask(r.SetSeverity(level=2))
    history.ask(r.TickNode(node="emergency-1"), GRACE)
    history.ask(r.TickNode(node="call.technical.1"))
    history.add(e.UndoStarted(), "deploy")
    session = StillSession(history.state)
    assert history.state.rollback is not None
    now = (history.state.rollback.started or 0.0) + 190
    return RunbookApp(session, StillTerminals(), now=lambda: now)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
async def test_production(picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    """Where it is said on every screen that this is the real thing, in words and in colour."""
    live = Environment(name="eu-live", colour="red", production=True)
    history = History(replace(two_phases(), environments=(live,)), environment="eu-live")
    history.ran("merge")
    session = StillSession(history.state)
    app = RunbookApp(session, StillTerminals(), now=lambda: START + 600)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await pilot.press("home", "down", "down", "down")
        await until(pilot, lambda: "PRODUCTION EU-LIVE" in text_of(app))
        await pilot.pause(0.2)
        assert app.export_screenshot(title="Runbook") == picture


@pytest.mark.parametrize("size", SIZES)
async def test_rollback_under_way(picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    app = going_wrong()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "overdue" in text_of(app))
        await told_and_gone(pilot, app)
        assert app.export_screenshot(title="Runbook") == picture


@pytest.mark.parametrize("size", SIZES)
async def test_follow_up(picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    history = finish(begun())
    history.ask(r.TickNode(node="stable-1"), GRACE)
    session = StillSession(history.state)
    now = history.state.last_at + 300
    app = RunbookApp(session, StillTerminals(), now=lambda: now)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await pilot.press("home", "down", "down")
        await until(pilot, lambda: "Space ticks it" in text_of(app))
        await told_and_gone(pilot, app)
        assert app.export_screenshot(title="Runbook") == picture


@pytest.mark.parametrize("size", SIZES)
async def test_rollback(picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    app = half_way()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        app.say("")
        await pilot.pause(0.2)
        app.say("")
        await pilot.pause(0.1)
        assert app.export_screenshot(title="Runbook") == picture
