"""What was measured, in the report: every breach with its end, and the samples as a graph."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from runbook_tui.book.model import Check, Phase, Probe, Runbook, Step, Watch
from runbook_tui.report.building import build
from runbook_tui.report.html import to_html
from runbook_tui.report.incidents import Plotted
from runbook_tui.report.markdown import to_markdown
from runbook_tui.report.measured import graph
from runbook_tui.report.model import Report
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.tui.views.news import rollback_news
from tests.fakes.history import START, History


def report() -> Report:
    step = Step(id="a", title="A", run="true", undo="true")
    phase = Phase(id="p", title="P", steps=(step,),
                  criteria=(Check(id="up", title="It is up", probe="x"),))  # fmt: skip
    watch = Watch(id="w", title="Rate <b>", unit="%", below=99.0, severity="critical",
                  probe=Probe(run="x"))  # fmt: skip
    history = History(Runbook(title="T", phases=(phase,), watches=(watch,)))
    history.ran("a")
    history.add(e.WatchBreached(watch="w", value=98.0, limit="below 99 %", before_start=True))
    history.ask(r.OverrideWatch(watch="w", reason="a known | wave"))
    history.add(e.CheckProbed(node="up", holds=False, reason="exit status 1"))
    history.ask(r.TickNode(node="up", override=True, reason="the probe is old"))
    history.add(e.WatchCleared(watch="w", value=99.5))
    history.add(e.WatchUnknown(watch="w", reason="refused", samples=3))
    samples: list[list[float | str | None]]
    samples = [[-9, 99.5, "g"], [-8, 98.0, "b"], [-6, 99.4, "g"], [-2, None, "u"], [-1, 99.1, "g"]]
    history.add(e.WatchSampled(samples={"w": samples, "gone": samples}, taken={"w": 60}))
    return build(history.state.run, history.state.runbook, history.events, now=START + 60)


def test_breaches_and_what_could_not_be_read_are_listed_with_what_became_of_them() -> None:
    found = report()
    breach, unknown = found.alarms
    assert (breach.title, breach.limit, breach.value) == ("Rate <b>", "below 99 %", 98.0)
    assert breach.remark == "red before the start; overridden by Ada: a known | wave"
    assert breach.cleared is not None
    assert (unknown.remark, unknown.cleared) == ("unknown: refused", None)
    told = [(o.what, o.reason) for o in found.overrides]
    assert ("the run went on though the watch “Rate <b>” was red", "a known | wave") in told
    assert ("“It is up” was ticked though its probe says otherwise", "the probe is old") in told
    text = to_markdown(found, UTC)
    assert "red before the start; overridden by Ada: a known \\| wave" in text
    assert "unknown: refused" in text


def test_a_box_that_its_probe_has_ticked_is_not_told_of_whoever_led() -> None:
    step = Step(id="a", title="A", run="true", undo="true")
    phase = Phase(id="p", title="P", steps=(step,),
                  criteria=(Check(id="up", title="It is up", probe="x"),))  # fmt: skip
    history = History(Runbook(title="T", phases=(phase,)))
    history.ran("a")
    history.add(e.CheckProbed(node="up", holds=True))
    history.add(e.CheckTicked(node="up", probe=True))
    found = build(history.state.run, history.state.runbook, history.events, now=START + 60)
    assert "☑ It is up: ticked by its probe, " in to_markdown(found, UTC)
    assert found.overrides == ()


def test_a_rollback_that_a_watch_has_started_is_not_told_of_whoever_led() -> None:
    watch = Watch(id="w", title="Rate", below=99.0, probe=Probe(run="x"), on_breach="rollback")
    step = Step(id="a", title="A", run="true", undo="true")
    phase = Phase(id="p", title="P", steps=(step,))
    history = History(Runbook(title="T", phases=(phase,), watches=(watch,)))
    history.ran("a")
    history.add(e.WatchBreached(watch="w", value=98.0))
    before = history.state
    history.add(e.RollbackStarted(scope="run", steps=("a",), watch="w"))
    [(told, _)] = rollback_news(before, history.state)
    assert told == "the watch “Rate” rolls back the run; F9 looks at it"
    found = build(history.state.run, history.state.runbook, history.events, now=START + 60)
    for text in (to_markdown(found, UTC), to_html(found, UTC)):
        assert "by the watch “Rate” by itself, while Ada" in text


def test_the_page_plots_the_samples() -> None:
    page = to_html(report(), UTC)
    (svg,) = re.findall(r'<svg[^>]*class="gauge".*?</svg>', page, re.DOTALL)
    assert svg.count("<polyline") == 2
    assert svg.count('class="failed"') == 1
    assert svg.count('class="pause"') == 1
    assert svg.count('class="cut"') == 1
    assert 'aria-label="Rate &lt;b&gt;: 98 to 99.5 %, at last 99.1 %; breached below 99 %"' in svg
    assert "<b>" not in page


def plot(*points: Any, bounds: tuple[float, ...] = ()) -> str:
    return graph(Plotted(title="W", unit="", limit="", bounds=bounds, points=points), 0.0, 10.0)


def test_a_limit_far_from_all_that_was_is_not_drawn() -> None:
    points = [(1.0, 99.1, "ok"), (2.0, 99.3, "ok")]
    assert 'class="cut"' not in plot(*points, bounds=(1000.0,))
    assert 'class="cut"' in plot(*points, bounds=(99.0,))
    assert "<polyline" not in plot((1.0, None, "unknown"))
    assert "nan" not in plot((1.0, 5.0, "ok"))
