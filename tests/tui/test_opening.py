"""The screen before the run is open: it answers keys, and it loses none that matter."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator

import pytest
from textual._compositor import LayoutUpdate

from runbook_tui.book.model import Runbook, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run.state import Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.opening import Opened, Opening
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.integration.session.scene import Scene, book
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]
ONE = Step(id="a", title="First", run="echo out-of-a", undo="true")


class Slow:
    """Work that waits where a test tells it to."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.may_commit = threading.Event()
        self.may_end = threading.Event()
        self.shown = threading.Event()
        self.opening = Opening("plan.toml", self._work)

    def _work(self, opening: Opening) -> Opened:
        opening.doing = "reading plan.toml"
        assert self.may_commit.wait(60)
        opening.commit()
        opening.doing = "recording the run"
        assert self.may_end.wait(60)
        return Opened(session=self._scene.open(), terminals=LogTerminals(), shown=self.shown.set)

    def finish(self) -> None:
        self.may_commit.set()
        self.may_end.set()


@pytest.fixture
def slow(scene: Make) -> Iterator[Callable[[Runbook], Slow]]:
    made: list[Slow] = []

    def make(runbook: Runbook) -> Slow:
        made.append(Slow(scene(runbook)))
        return made[-1]

    yield make
    for one in made:
        one.finish()


async def test_it_says_what_is_done_and_then_shows_the_run(
    slow: Callable[[Runbook], Slow],
) -> None:
    work = slow(book(ONE))
    app = RunbookApp(work.opening)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "reading plan.toml" in text_of(app))
        assert "Runbook: plan.toml" in text_of(app)
        assert "F9 PANIC" in text_of(app)
        assert not work.shown.is_set()
        work.finish()
        await until(pilot, lambda: "READY" in text_of(app))
        # What nobody waits for is done from now on.
        await until(pilot, work.shown.is_set)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_value == 7


async def test_f9_before_the_run_is_open_shows_the_rollback_and_starts_nothing(
    slow: Callable[[Runbook], Slow],
) -> None:
    work = slow(book(ONE))
    app = RunbookApp(work.opening)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(5):
            await pilot.press("f9")
        await until(pilot, lambda: "as soon as the run is open" in text_of(app))
        work.finish()
        await until(pilot, lambda: "ROLLBACK" in text_of(app))
        assert isinstance(app.screen, RollbackScreen)
        await until(pilot, lambda: app.session.state.rollback is not None)
        assert not app.session.state.rolling_back
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_keys_meant_for_nothing_start_nothing(slow: Callable[[Runbook], Slow]) -> None:
    work = slow(book(ONE))
    app = RunbookApp(work.opening)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "space", "x", "ctrl+p", "question_mark", "tab")
        work.finish()
        await until(pilot, lambda: "READY" in text_of(app))
        assert app.session.state.step("a").status is Status.PENDING


async def test_q_leaves_at_once_what_was_not_recorded(slow: Callable[[Runbook], Slow]) -> None:
    work = slow(book(ONE))
    app = RunbookApp(work.opening)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert work.opening.end() is None
    work.finish()
    assert work.opening.end() is None


async def test_q_waits_for_what_is_being_recorded_and_then_leaves_in_good_order(
    slow: Callable[[Runbook], Slow],
) -> None:
    work = slow(book(ONE))
    app = RunbookApp(work.opening)
    async with app.run_test(size=(80, 24)) as pilot:
        work.may_commit.set()
        await until(pilot, lambda: "recording" in text_of(app))
        await pilot.press("q")
        await until(pilot, lambda: "leaves as soon as" in text_of(app))
        work.may_end.set()
        await until(pilot, lambda: not app.is_running)
    opened = work.opening.end()
    assert opened is not None
    assert app.return_value == 7


async def test_what_cannot_be_opened_closes_the_screen_and_is_raised_below_it() -> None:
    def fail(opening: Opening) -> Opened:
        raise LookupError("no such run")

    app = RunbookApp(Opening("x", fail))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: not app.is_running)
    assert app._opening is not None
    with pytest.raises(LookupError, match="no such run"):
        app._opening.end()


def clock(app: RunbookApp) -> int:
    """Seconds on the clock in the head."""
    found = re.search(r" 0:(\d\d) ", text_of(app).splitlines()[0])
    return int(found[1]) if found else -1


async def test_once_the_run_shows_only_what_changes_is_drawn(
    slow: Callable[[Runbook], Slow], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = slow(book(ONE))
    app = RunbookApp(work.opening)
    drawn: list[type] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: re.search(r"reading plan.toml … \d+ s", text_of(app)))
        work.finish()
        await until(pilot, lambda: "READY" in text_of(app))
        await until(pilot, lambda: clock(app) >= 1)
        monkeypatch.setattr(app, "_display", lambda _, update: drawn.append(type(update)))
        seen = clock(app)
        await until(pilot, lambda: clock(app) >= seen + 2)
    assert drawn
    assert LayoutUpdate not in drawn, "nothing but the clocks has changed"
