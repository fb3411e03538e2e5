"""Which runs and events are listed, and what the moments in the options mean."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from runbook_tui.cli.choosing import Glance, glance
from runbook_tui.cli.filters import STATES, EventFilter, RunFilter, moment_of, standing
from runbook_tui.run import events as e
from runbook_tui.run.times import epoch
from runbook_tui.session.ports.journal import RunEntry
from tests.fakes.history import ADA, GRACE, History, in_brief
from tests.fakes.plans import two_phases

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 26, 17, 30, tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2h", "2026-11-26 15:30"),
        ("7d", "2026-11-19 17:30"),
        ("9:00", "2026-11-26 09:00"),
        ("2026-11-20", "2026-11-20 00:00"),
        ("2026-11-20 18:00", "2026-11-20 18:00"),
        ("2026-11-20T18:00Z", "2026-11-20 19:00"),
    ],
)
def test_a_moment_before_now(text: str, meant: str) -> None:
    at = moment_of(text, NOW, BERLIN)
    assert datetime.fromtimestamp(at, BERLIN).strftime("%Y-%m-%d %H:%M") == meant


@pytest.mark.parametrize("text", ["", "soon", "day 2", "+2h", "23:59", "2030-01-01"])
def test_what_is_none_or_lies_ahead_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no moment|lies ahead"):
        moment_of(text, NOW, BERLIN)


def seen(history: History) -> Glance:
    entry = RunEntry(run=history.state.run, title="Ship it", source="plans/Ship.toml", digest="",
                     opened_at="", events=history.state.seq, head="")  # fmt: skip
    return glance(entry, map(in_brief, history.events))


def run() -> History:
    history = History(two_phases())
    history.ran("merge")
    history.add(e.CheckTicked(node="look-a"), actor=GRACE)
    return history


@pytest.mark.parametrize(
    ("filter_", "passes"),
    [
        (RunFilter(), True),
        (RunFilter(plan="ship IT"), True),
        (RunFilter(plan="plans/ship"), True),
        (RunFilter(plan="other"), False),
        (RunFilter(person="grace"), True),
        (RunFilter(person="ADA@EXAMPLE"), True),
        (RunFilter(person="linus"), False),
        (RunFilter(step="merge"), True),
        (RunFilter(step="look"), False),
        (RunFilter(states=("open",)), True),
        (RunFilter(states=("done", "open")), True),
        (RunFilter(states=("done",)), False),
        (RunFilter(plan="ship", person="grace", step="merge", states=("open",)), True),
        (RunFilter(plan="ship", person="linus"), False),
    ],
)
def test_a_run_fits_where_all_that_is_asked_for_does(filter_: RunFilter, passes: bool) -> None:
    assert filter_.passes(seen(run())) is passes


def test_since_is_about_what_happened_last() -> None:
    look = seen(run())
    assert RunFilter(since=look.touched).passes(look)
    assert not RunFilter(since=look.touched + 1).passes(look)
    assert look.began < look.touched


def test_how_a_run_stands_by_what_happened_in_it() -> None:
    history = run()
    assert standing(seen(history)) == {"open"}
    history.add(e.RollbackStarted(scope="run", steps=("merge",)))
    assert standing(seen(history)) == {"open", "rolling-back"}
    history.add(e.UndoFinished(result="failed"), "merge")
    history.add(e.RollbackFinished(result="incomplete"))
    assert standing(seen(history)) == {"open", "incomplete"}
    history.add(e.RollbackStarted(scope="run", steps=("merge",)))
    history.add(e.UndoFinished(result="done"), "merge")
    history.add(e.RollbackFinished(result="complete"))
    assert standing(seen(history)) == {"rolled-back"}
    history.add(e.StepStarted(attempt=2), "merge")
    history.add(e.CommandStarted(attempt=2, kind="run", text="x", cwd="/", shell=(), folder="/f"))
    assert standing(seen(history)) == {"open", "running", "rolled-back"}
    history.add(e.CommandFinished(attempt=2, kind="run", folder="/f", exit=0))
    history.add(e.RunFinished())
    assert "done" in standing(seen(history))
    rehearsal = dataclasses.replace(seen(run()), rehearsal=True)
    assert standing(rehearsal) == {"open", "rehearsal"}
    assert standing(rehearsal) <= set(STATES)


def test_events_by_step_type_person_and_time() -> None:
    events = run().events

    def types(filter_: EventFilter) -> list[str]:
        return [event.type for event in events if filter_.passes(event)]

    assert types(EventFilter()) == [event.type for event in events]
    assert set(types(EventFilter(types=("command",)))) == {"command.started", "command.finished"}
    assert types(EventFilter(types=("step.started", "run"))) == ["run.started", "step.started"]
    assert types(EventFilter(types=("step.s",))) == []
    assert types(EventFilter(step="look-a")) == types(EventFilter(person="grace"))
    assert types(EventFilter(step="look-a")) == ["check.ticked"]
    assert "run.started" not in types(EventFilter(step="merge"))
    assert types(EventFilter(since=epoch(events[-1].at))) == ["check.ticked"]
    assert types(EventFilter(person=ADA.email, types=("check",))) == []
