"""A key costs what is shown, not what the plan holds: counted in calls of ours, not by a clock."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import runbook_tui
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from tests.fakes.history import History
from tests.fakes.plans import chain
from tests.fakes.still import StillSession, StillTerminals
from tests.tui.piloting import text_of, until

OURS = str(Path(runbook_tui.__file__).parent)
ROUND = ("j", "j", "pagedown", "G", "g", "pagedown", "pageup")
"""From the first row to the last and back: each key at the same places of any plan."""
ROUNDS = 2


async def calls(steps: int) -> list[int]:
    """How many calls of our code each key of a round makes at least, until it is drawn."""
    state = History(chain(steps)).state
    session = StillSession(state)
    session.now = lambda: state.last_at + 5  # type: ignore[method-assign]
    app = RunbookApp(session, StillTerminals())  # type: ignore[arg-type]
    found: list[list[int]] = [[] for _ in ROUND]
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Step 1" in text_of(app))
        for _ in range(ROUNDS):
            for number, key in enumerate(ROUND):
                counted = Counted()
                sys.setprofile(counted)
                try:
                    await pilot.press(key)
                    await pilot.pause()
                finally:
                    sys.setprofile(None)
                found[number].append(counted.calls)
    return [min(counts) for counts in found]


class Counted:
    """Counts the calls of our code, but what a second that passes meanwhile does."""

    calls = 0
    _second: FrameType | None = None

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        if frame is self._second and event == "return":
            self._second = None
        if self._second is None and event == "call" and frame.f_code.co_filename.startswith(OURS):
            if frame.f_code is MainScreen.tick.__code__:
                self._second = frame
            self.calls += 1


async def test_moving_in_ten_thousand_steps_is_the_work_of_a_hundred() -> None:
    small, large = await calls(100), await calls(10_000)
    assert min(small) > 100
    for key, few, many in zip(ROUND, small, large, strict=True):
        assert many <= 1.1 * few, key
