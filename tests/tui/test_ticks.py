"""Once a second: what says anything else is drawn again, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip

from runbook_tui.book.model import Estimate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.reading import TimelineScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.screens.wall import WallScreen
from runbook_tui.tui.widgets.painted import Lines, RowList
from tests.fakes.guarded import guarded
from tests.fakes.history import History
from tests.fakes.incident import begun
from tests.fakes.still import StillSession, StillTerminals
from tests.tui.piloting import until

STEPS = 300


class Clock:
    """A clock that stands still until a test moves it on."""

    def __init__(self, at: float) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def working() -> StillSession:
    """Half-way through the third of three hundred steps."""
    hour = Estimate(text="1h", minimum=3600, maximum=3600)
    steps = tuple(
        Step(id=f"s{n}", title=f"Step {n}", run="true", undo="true", estimate=hour)
        for n in range(STEPS)
    )
    history = History(Runbook(title="Ship it", phases=(Phase(id="p", title="P", steps=steps),)))
    history.ran("s0")
    history.ran("s1")
    history.add(e.StepStarted(), "s2")
    return StillSession(history.state)


def rolling_back() -> StillSession:
    """A rollback beside its procedure, with stages that have windows and people to call."""
    history = begun()
    history.add(e.UndoStarted(), "deploy")
    return StillSession(history.state)


def watched() -> StillSession:
    """A run with watches, one of which is red."""
    return guarded()[1]


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Screen[object], int]]:
    """Every line of a screen that a widget of ours draws."""
    found: list[tuple[Screen[object], int]] = []

    def noted(draw: Callable[[Any, int], Strip]) -> Callable[[Any, int], Strip]:
        def render_line(widget: Any, y: int) -> Strip:
            found.append((widget.screen, widget.content_region.y + y))
            return draw(widget, y)

        return render_line

    for kind in (Lines, RowList):
        monkeypatch.setattr(kind, "render_line", noted(kind.render_line))
    return found


def shown(app: RunbookApp) -> list[Strip]:
    """The screen as it stands, a strip each line."""
    return [Strip(list(strip)) for strip in app.screen._compositor.render_strips()]


async def main(pilot: Pilot[int], app: RunbookApp) -> None:
    await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def timeline(pilot: Pilot[int], app: RunbookApp) -> None:
    await pilot.press("t")
    await until(pilot, lambda: isinstance(app.screen, TimelineScreen))


async def wall(pilot: Pilot[int], app: RunbookApp) -> None:
    await main(pilot, app)
    app.action_wall()
    await until(pilot, lambda: isinstance(app.screen, WallScreen))


async def rollback(pilot: Pilot[int], app: RunbookApp) -> None:
    await pilot.press("f9")
    await until(pilot, lambda: isinstance(app.screen, RollbackScreen))


async def quiet(pilot: Pilot[int], app: RunbookApp, painted: list[object]) -> None:
    """Until whatever was to be drawn is drawn."""
    app.say("")

    async def many() -> int:
        tick(app)
        before = len(painted)
        await pilot.pause(0.1)
        return len(painted) - before

    for _ in range(100):
        if not await many():
            return
    raise AssertionError("it is drawn again and again, though nothing changes")


def tick(app: RunbookApp) -> None:
    """What a second does on the screen that is shown."""
    screen = app.screen
    assert isinstance(screen, MainScreen | RollbackScreen | TimelineScreen | WallScreen)
    (screen.tick if isinstance(screen, MainScreen | RollbackScreen) else screen._tick)()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(
    ("session", "go"),
    [
        (working, main),
        (watched, main),
        (working, timeline),
        (working, wall),
        (watched, wall),
        (rolling_back, rollback),
        (rolling_back, wall),
    ],
)
async def test_a_tick_draws_those_lines_again_that_say_anything_else(
    session: Callable[[], StillSession],
    go: Callable[[Pilot[int], RunbookApp], object],
    size: tuple[int, int],
    painted: list[tuple[Screen[object], int]],
) -> None:
    still = session()
    clock = Clock(still.state.last_at + 125)
    app = RunbookApp(still, StillTerminals(), now=clock)  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await go(pilot, app)  # type: ignore[misc]
        await quiet(pilot, app, painted)  # type: ignore[arg-type]
        before = shown(app)
        painted.clear()
        clock.at += 1
        tick(app)
        await until(pilot, lambda: shown(app) != before)
        drawn = {y for screen, y in painted if screen is app.screen}
        others = {y for y, (a, b) in enumerate(zip(before, shown(app), strict=True)) if a != b}
        assert drawn == others
        assert len(drawn) < size[1] / 2
