"""Where planned and actual time lie in the timeline."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Estimate, Phase, Runbook, Step
from runbook_tui.report.building import build
from runbook_tui.report.chart import LONG, MOST_ROWS, Axis, chart, gaps
from runbook_tui.report.html import to_html
from runbook_tui.run import events as e
from tests.fakes.history import START, History
from tests.fakes.plans import chain


def test_planned_time_stands_one_after_the_other_and_actual_where_it_was() -> None:
    steps = tuple(
        Step(id=i, title=i, run="true", estimate=Estimate(minimum=5, maximum=10)) for i in "ab"
    )
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps),)))
    history.ran("a")
    history.ran("b", exit_=1)
    history.ran("b")
    found = chart(build(history.state.run, history.state.runbook, history.events, now=START + 60))
    rows = {row.part.id: row for row in found.rows}
    assert found.axis.length == 20
    assert rows["a"].planned == (0.0, 0.5)
    assert rows["b"].planned == (0.5, 1.0)
    assert [(b.begin, b.end, b.kind) for b in rows["a"].bars] == [(0.05, 0.25, "done")]
    assert [b.kind for b in rows["b"].bars] == ["failed", "done"]
    assert rows["p"].bars[0].begin == rows["a"].bars[0].begin
    assert rows["p"].bars[0].end == rows["b"].bars[1].end


def test_a_night_is_cut_out_and_said() -> None:
    axis = Axis(start=0, length=200, breaks=((100, 50_100),))
    assert axis.place(50) == 0.25
    assert axis.place(100) == axis.place(30_000) == axis.place(50_100) == 0.5
    assert axis.place(50_150) == 0.75


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(0, 1e3)), min_size=1, max_size=20))
def test_gaps_are_long_and_nothing_is_in_them(begun: list[tuple[float, float]]) -> None:
    busy = [(at, at + lasts) for at, lasts in begun]
    for begin, end in gaps(busy):
        assert end - begin >= LONG
        assert all(stop <= begin or start >= end for start, stop in busy)


@pytest.mark.parametrize("length", [1, 7, 59, 3600, 86400, 1e7])
def test_there_are_few_ticks_however_long_it_took(length: float) -> None:
    ticks = Axis(start=0, length=length).ticks()
    assert 1 <= len(ticks) <= 7
    assert all(0 <= share <= 1 for _, share in ticks)


def test_a_rollback_has_a_row_of_its_own_and_a_retry_two_bars() -> None:
    history = History(chain(1))
    history.ran("s0", exit_=1)
    history.ran("s0")
    history.add(e.RollbackStarted(scope="run", steps=("s0",)))
    history.add(e.UndoStarted(), "s0")
    history.add(e.UndoFinished(result="done"), "s0")
    history.add(e.RollbackFinished(result="complete", seconds=3))
    report = build(history.state.run, history.state.runbook, history.events, now=START + 60)
    found = chart(report)
    assert len(found.undone) == 1
    assert found.undone[0].end == 1.0
    assert [b.kind for b in found.rows[1].bars] == ["failed", "done"]
    page = to_html(report, UTC)
    assert 'class="failed"' in page
    assert 'aria-label="rollback, ROLLED BACK"' in page


def test_of_very_many_steps_only_the_phases_are_drawn_and_that_is_said() -> None:
    history = History(chain(MOST_ROWS + 1))
    history.ran("s0")
    report = build(history.state.run, history.state.runbook, history.events, now=START + 60)
    assert [row.part.kind for row in chart(report).rows] == ["phase"]
    assert "Steps are left out here" in to_html(report, UTC)
