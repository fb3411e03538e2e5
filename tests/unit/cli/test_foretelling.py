"""What a run without a screen says of when it will be done, in the person's own time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from runbook_tui.book.model import Estimate, Phase, Runbook, Step
from runbook_tui.cli.foretelling import Overruns, foretold
from runbook_tui.run import events as e
from runbook_tui.run.durations import Past, spread
from runbook_tui.run.times import day_of, said
from runbook_tui.run.undo_items import Absent
from tests.fakes.history import History

BERLIN = ZoneInfo("Europe/Berlin")
HALF = Estimate(text="30m", minimum=1800, maximum=1800)


def run(ends: str | None = None) -> History:
    steps = (
        Step(id="a", title="A", estimate=HALF), Step(id="b", title="B", estimate=HALF),
        Step(id="c", title="C"),
    )  # fmt: skip
    phase = Phase(id="core", title="Core", ends=ends, rollback_within=600, steps=steps)
    return History(Runbook(title="T", phases=(phase,)))


def test_when_it_is_done_how_far_from_the_plan_and_what_nobody_knows() -> None:
    state = run().state
    past = Absent(past=Past(steps={"a": spread([60] * 9 + [1000, 2000])}))
    # The run begins on 2023-11-14 at 22:13:21 UTC.
    assert list(foretold(state, state.started, past, UTC)) == [
        (
            "expected to be done by 22:44, where steps are slow by 23:00; 29 m earlier than planned"
            " (1 open step not counted: nobody knows how long they take)"
        )
    ]
    assert "done by 23:44" in next(foretold(state, state.started, past, BERLIN))


def test_until_when_it_is_safe_to_go_on() -> None:
    state = run(ends="2h").state
    safe = list(foretold(state, state.started, zone=UTC))[1]
    assert safe.startswith("it is safe to go on until 23:03: “Core” must be over by 15 Nov 00:13")
    assert "takes up to 1 h and a rollback 10 m" in safe
    unsafe = list(foretold(state, state.started + 3600, zone=UTC))[1]
    assert unsafe.startswith("UNSAFE to go on since 23:03")
    assert unsafe.endswith("turn back by 15 Nov 00:03")
    late = list(foretold(state, state.started + 7000, zone=UTC))[1]
    assert late.startswith("TOO LATE")


def test_what_runs_over_its_time_is_said_once_an_attempt() -> None:
    past = run()
    past.add(e.StepStarted(), "a")
    began = past.state.step("a").started or 0.0
    told = Overruns()
    assert list(told.new(past.state, began + 1799)) == []
    assert list(told.new(past.state, began + 1801)) == [
        "“A” runs over its time: it should take 30 m"
    ]
    assert list(told.new(past.state, began + 1900)) == []
    past.add(e.StepStarted(attempt=2), "a")
    again = past.state.step("a").started or 0.0
    assert len(list(told.new(past.state, again + 1900))) == 1


def test_a_moment_has_its_day_where_that_is_not_today_s() -> None:
    now = datetime(2026, 11, 26, 23, 50, tzinfo=BERLIN).timestamp()
    assert said(now + 300, now, BERLIN) == "23:55"
    assert said(now + 900, now, BERLIN) == "27 Nov 00:05"
    # Elsewhere it is the same day.
    assert said(now + 900, now, UTC) == "23:05"
    assert said(now + 400 * 86400, now, BERLIN) == "31 Dec 2027 23:50"
    assert day_of(now + 900, now, BERLIN) == 2
    assert day_of(now + 900, now, UTC) == 1
