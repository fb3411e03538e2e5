"""One step alone, and the wall for a room: what is large, and what keys still do."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from runbook_tui.run.undo_items import NOTHING_ABSENT
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.screens.wall import WallScreen
from runbook_tui.tui.views import large
from runbook_tui.tui.views.focus import focus
from runbook_tui.tui.views.latest import latest
from runbook_tui.tui.views.tone import length
from runbook_tui.tui.views.wall import wall
from tests.fakes.guarded import NOW, guarded
from tests.fakes.incident import begun
from tests.fakes.still import StillTerminals
from tests.tui.piloting import text_of, until
from tests.tui.test_keymap import asked
from tests.tui.test_pictures import half_way


async def quiet(pilot: object, app: RunbookApp) -> None:
    app.say("")
    await pilot.pause(0.1)  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_focus(picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    app = half_way()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "ort" in app.export_screenshot() or size == (80, 24))
        await pilot.press("f")
        await until(pilot, lambda: "step 3 of 6" in text_of(app))
        await quiet(pilot, app)
        assert app.export_screenshot(title="Runbook") == picture


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_wall(picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    app = half_way()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "Merge" in text_of(app))
        app.action_wall()
        await until(pilot, lambda: "Tag begun by Ada" in text_of(app))
        await quiet(pilot, app)
        assert app.export_screenshot(title="Runbook") == picture


async def test_in_focus_every_key_does_what_it_did() -> None:
    app = half_way()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Merge" in text_of(app))
        await pilot.press("f")
        await until(pilot, lambda: "step 3 of 6" in text_of(app))
        await pilot.press("home", "down", "down", "down")
        await until(pilot, lambda: "step 2 of 6" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: asked(app))
        assert asked(app) == [r.StartStep(step="look")]
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        await pilot.press("escape", "f")
        await until(pilot, lambda: "Foundation" in text_of(app) and "step 2" not in text_of(app))


async def test_on_the_wall_nothing_can_be_done_but_panic() -> None:
    app = half_way()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Merge" in text_of(app))
        app.action_wall()
        await until(pilot, lambda: isinstance(app.screen, WallScreen))
        await pilot.press("enter", "space", "s", "x", "r", "n", "tab", "i")
        await pilot.pause()
        assert asked(app) == []
        assert isinstance(app.screen, WallScreen)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))


@pytest.mark.parametrize("size", [(56, 15), (76, 20), (116, 36), (196, 56)])
def test_all_of_it_fits_at_every_moment(size: tuple[int, int]) -> None:
    width, height = size
    for app in (half_way(), None):
        state = app.session.state if app is not None else begun().state
        for lines in (
            wall(state, state.last_at + 90, width, height, NOTHING_ABSENT),
            *(focus(state, id_, state.last_at + 90, width, height) for id_ in state.outline.nodes),
        ):
            assert len(lines) <= height
            assert max(map(length, lines)) <= width


def test_the_wall_tells_of_a_rollback_and_is_not_headed_like_its_screen() -> None:
    state = begun().state
    assert state.rolling_back
    lines = wall(state, state.last_at, 196, 56, NOTHING_ABSENT)
    drawn = large.large(f"Taking back 0 / {len(state.rollback.steps)}", "bad", 2)  # type: ignore[union-attr]
    assert lines[2 : 2 + len(drawn)] == drawn
    assert not any("ROLLBACK" in text for line in lines for text, _ in line)


def test_what_happened_last_comes_first() -> None:
    state = half_way().session.state
    found = latest(state, 10)
    assert [at for at, _, _ in found] == sorted((at for at, _, _ in found), reverse=True)
    assert "Tag begun by Ada" in found[0][1]
    assert any(Status.WAITING.value in words and tone == "warn" for _, words, tone in found)
    assert len(latest(state, 2)) == 2


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_letters_are_as_wide_as_is_said(scale: int) -> None:
    rows = large.large("Ab 1:2", "plain", scale)
    assert {length(row) for row in rows} == {large.width_of("Ab 1:2", scale)}
    assert len(rows) == {1: 3, 2: 5, 4: 10}[scale]


def test_what_has_no_letters_is_said_plainly() -> None:
    assert large.fitting("配備", "strong", 100) == [[("配備", "strong")]]
    assert large.fitting("Far too long a title for this", "strong", 20) == [
        [("Far too long a titl…", "strong")]
    ]


async def test_the_wall_shows_what_is_measured_the_worst_first() -> None:
    app = RunbookApp(guarded()[1], StillTerminals(), now=lambda: NOW)  # type: ignore[arg-type]
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Golden path" in text_of(app))
        app.action_wall()
        await until(pilot, lambda: isinstance(app.screen, WallScreen))
        await until(pilot, lambda: "BREACHED" in text_of(app))
        shown = text_of(app)
        assert shown.index("Golden path") < shown.index("Queue")
