"""Golden pictures of every screen at the moments that matter, at three sizes and in other faces."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from runbook_tui.preferences.model import Preferences
from tests.tui.moments import MOMENTS, SIZES, settled

FACES = {
    "light": Preferences(theme="runbook-light"),
    "contrast": Preferences(theme="runbook-contrast"),
    "colour-safe": Preferences(theme="runbook-colour-safe"),
    "ascii": Preferences(glyphs="ascii"),
}


@pytest.mark.parametrize("name", MOMENTS)
async def test_picture(picture: SnapshotAssertion, name: str) -> None:
    app = MOMENTS[name].app()
    async with app.run_test(size=SIZES[0]) as pilot:
        await MOMENTS[name].reach(pilot, app)
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            assert await settled(pilot, app) == picture(name=f"{width}x{height}")


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", ["overrun", "undo-failed"])
async def test_face(picture: SnapshotAssertion, name: str, face: str) -> None:
    app = MOMENTS[name].app(FACES[face])
    async with app.run_test(size=SIZES[0]) as pilot:
        await MOMENTS[name].reach(pilot, app)
        assert await settled(pilot, app) == picture(name="80x24")


@pytest.mark.parametrize("name", ["overrun", "undo-failed"])
async def test_without_colour(
    picture: SnapshotAssertion, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = MOMENTS[name].app()
    async with app.run_test(size=SIZES[0]) as pilot:
        await MOMENTS[name].reach(pilot, app)
        assert await settled(pilot, app) == picture(name="80x24")
