"""What time says on the screen: the forecast, the last safe moment, what usually takes how long."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Estimate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run.durations import Past, spread
from runbook_tui.run.times import said
from runbook_tui.run.undo_items import Absent
from runbook_tui.tui.app import RunbookApp
from tests.fakes.history import History
from tests.fakes.still import StillSession, StillTerminals
from tests.tui.piloting import text_of, until

LONG = "A step with a title that is much longer than any terminal that one may find has columns"


def running(ends: str) -> StillSession:
    """Half an hour into a step of two hours that others took an hour for."""
    two_hours = Estimate(text="2h", minimum=7200, maximum=7200)
    steps = (
        Step(id="a", title="Before", run="true", undo="true"),
        Step(id="b", title=LONG, run="true", undo="true", estimate=two_hours),
    )
    phase = Phase(id="p", title="Core", ends=ends, rollback_within=600, steps=steps)
    past = History(Runbook(title="A title for a run that is long too", phases=(phase,)))
    past.ran("a")
    past.add(e.StepStarted(), "b")
    session = StillSession(past.state)
    session.absent = Absent(past=Past(steps={"b": spread([3600, 3600, 4500])}))
    session.now = lambda: past.state.last_at + 1800  # type: ignore[method-assign]
    return session


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("ends", ["10h", "1h", "20m"])
async def test_time_pushes_out_neither_the_step_nor_its_clock_nor_readiness_nor_f9(
    size: tuple[int, int], ends: str
) -> None:
    session = running(ends)
    app = RunbookApp(session, StillTerminals())  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "30:00 of 2:00:00" in text_of(app))
        text = text_of(app)
    lines = text.splitlines()
    assert any("A step with a" in line and "30:00/2:00:00" in line for line in lines)
    assert "30:00 of 2:00:00" in text
    assert "1 ready" in lines[0]
    assert "F9 PANIC" in text
    assert "usually 1 h" in text
    now, state = session.now(), session.state
    if ends == "10h":
        done = said(now + 1800, now)
        assert f"done by {done}" in lines[0]
        assert "(−1 h)" in lines[0]
    if ends == "1h":
        # An hour, less ten minutes for a rollback, less what a slow one still takes.
        assert f"UNSAFE since {said(state.started + 3000 - 2520, now)}" in lines[0]
    if ends == "20m":
        assert f"TOO LATE to roll back by {said(state.started + 1200, now)}" in lines[0]


async def test_over_days_the_head_tells_days_and_the_time_that_was_worked_on() -> None:
    session = running("day 9")
    begun = session.state.last_at
    session.state = History(session.state.runbook).state
    session.now = lambda: begun + 3 * 86_400  # type: ignore[method-assign]
    app = RunbookApp(session, StillTerminals())  # type: ignore[arg-type]
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "day 4" in text_of(app))
        text = text_of(app)
    assert "day 4, active 0:00" in text.splitlines()[0]
