"""A run that is over is told in one sentence."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from runbook_tui.book.model import Estimate, Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.summary import summary
from runbook_tui.tui.views.news import news
from tests.fakes.history import ADA, START, History


def shipped() -> History:
    """Built as planned, watched in the background, one step skipped and one against the plan."""
    hour = Estimate(minimum=60, maximum=3600)
    steps = (
        Step(id="build", title="Build", run="true", estimate=hour),
        Step(id="watch", title="Watch", run="sleep 9", background=True, effect=False),
        Step(id="tell", title="Tell", run="true"),
        Step(id="call", title="Call", required=True),
    )
    gate = Gate(roles=("cto",))
    phases = (
        Phase(id="p", title="P", steps=steps),
        Phase(id="q", title="Q", gate=gate, steps=(Step(id="end", title="End", run="true"),)),
    )
    history = History(Runbook(title="T", phases=phases))
    history.ran("build")
    history.ran("watch")
    history.ask(r.SkipStep(step="tell", reason="known"))
    history.ask(r.SkipStep(step="call", reason="no time", override=True))
    history.ask(r.OverrideGate(node="q", reason="at night"))
    history.ran("end")
    return history


def test_the_summary_says_time_steps_and_what_was_not_as_planned() -> None:
    history = shipped()
    history.add(e.RunFinished(stopped=("Watch",)))
    assert summary(history.state) == (
        "done in 19 s of 1 h planned, 3 steps done, 2 skipped, 2 AGAINST THE PLAN,"
        " 1 background command ended with it: “Watch”"
    )


def test_a_run_as_planned_has_nothing_more_to_say() -> None:
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=(
        Step(id="build", title="Build", run="true"),
    )),)))  # fmt: skip
    history.ran("build")
    history.add(e.RunFinished())
    assert summary(history.state) == "done in 6 s, 1 step done"


def test_the_end_of_a_run_is_news_once() -> None:
    history = shipped()
    before = history.state
    history.add(e.RunFinished())
    told = [text for text, _ in news(before, history.state, ADA)]
    assert [text for text in told if "done in" in text and "3 steps done" in text]
    after = history.state
    history.add(e.NoteAdded(text="good"))
    assert not [text for text, _ in news(after, history.state, ADA) if "done in" in text]


def test_of_a_run_of_days_it_says_how_long_it_was_worked_on() -> None:
    history = shipped()
    end = history.add(e.RunFinished())
    at = datetime.fromtimestamp(START + 2 * 86_400 + 7200, UTC).isoformat()
    history.events[-1] = dataclasses.replace(end, at=at)
    words = summary(history.refold())
    assert words.startswith("done in 2 d 1 h, worked on for 12 s, of 1 h planned")
