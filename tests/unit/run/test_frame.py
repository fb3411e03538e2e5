"""Durations hold whatever becomes of the clock: it is set, the machine sleeps, the day ends."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.run import events as e
from runbook_tui.run.active import active
from runbook_tui.run.events import Event
from runbook_tui.run.fold import begin, fold
from runbook_tui.run.frame import now_in, steadied
from runbook_tui.run.state import RunState, elapsed
from runbook_tui.run.times import epoch
from tests.fakes.history import ADA, GRACE, START, History
from tests.fakes.plans import two_phases


def everything() -> History:
    """A run in which whatever a state has times of has happened."""
    past = History(two_phases())
    past.ran("merge")
    past.add(e.CheckTicked(node="look-a"))
    past.add(e.NoteAdded(text="odd"))
    past.add(e.SignoffGiven(node="one", role="cto", decision="approved", kind="gate"), actor=GRACE)
    past.add(e.WatchBreached(watch="w"))
    past.add(e.SeveritySet(level=1))
    past.add(e.RollbackOpened())
    past.add(e.RollbackStarted(scope="run", steps=("merge",)))
    past.add(e.UndoStarted(), "merge")
    past.add(e.UndoFinished(result="done"), "merge")
    past.add(e.RollbackFinished(result="complete"))
    past.ran("look")
    past.add(e.StepStarted(), "tag")
    return past


def clocked(
    events: list[Event], apart: list[float], jumps: dict[int, float], boots: dict[int, str]
) -> tuple[list[Event], list[float]]:
    """The events ``apart`` seconds from one another by the steady clock, while the time of day
    jumps before some of them and the machine is started anew; and the true seconds of each."""
    true, off, boot, since = 0.0, 0.0, "boot-1", 0.0
    found, times = [], []
    for number, event in enumerate(events):
        true += apart[number % len(apart)]
        off += jumps.get(number, 0.0)
        if number in boots:
            boot, since = boots[number], true - 5.0
        at = datetime.fromtimestamp(START + true + off, UTC).isoformat()
        found.append(dataclasses.replace(event, at=at, mono=true - since, boot=boot))
        times.append(true)
    return found, times


def folded(past: History, events: list[Event]) -> RunState:
    return fold(begin(past.state.run, past.state.runbook), events)


def times_of(value: object, path: str = "") -> dict[str, float]:
    """Every time that a state holds, by where it stands."""
    found: dict[str, float] = {}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            if field.name in {"runbook", "outline", "begun", "known", "frame"}:
                continue
            found |= times_of(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, dict):
        for name, one in value.items():
            found |= times_of(one, f"{path}[{name}]")
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            found |= times_of(one, f"{path}[{number}]")
    elif isinstance(value, float) and value > START / 2:
        found[path] = value
    return found


@settings(max_examples=60, deadline=None)
@given(
    apart=st.lists(st.floats(0.001, 90_000), min_size=1, max_size=30),
    jumps=st.dictionaries(st.integers(1, 25), st.floats(-86_400, 86_400), max_size=4),
)
def test_every_duration_is_that_of_the_steady_clock_however_the_clock_is_set(
    apart: list[float], jumps: dict[int, float]
) -> None:
    past = everything()
    as_it_was, _ = clocked(past.events, apart, {}, {})
    as_set, _ = clocked(past.events, apart, jumps, {})
    calm, odd = times_of(folded(past, as_it_was)), times_of(folded(past, as_set))
    assert calm.keys() == odd.keys()
    assert len(calm) > 15
    offsets = [odd[name] - calm[name] for name in calm]
    # All times are off by the same: whatever lies between two of them is right.
    assert max(offsets) - min(offsets) < 0.001


@settings(max_examples=60, deadline=None)
@given(
    apart=st.lists(st.floats(0.001, 90_000), min_size=1, max_size=30),
    jumps=st.dictionaries(st.integers(1, 25), st.floats(-86_400, 86_400), max_size=4),
    boots=st.dictionaries(st.integers(1, 25), st.sampled_from(("boot-2", "boot-3")), max_size=2),
)
def test_what_a_report_reads_and_what_a_session_folds_have_the_same_times(
    apart: list[float], jumps: dict[int, float], boots: dict[int, str]
) -> None:
    past = everything()
    events, _ = clocked(past.events, apart, jumps, boots)
    steady, _ = steadied(events)
    whole, again = times_of(folded(past, events)), times_of(folded(past, steady))
    assert whole.keys() == again.keys()
    assert all(abs(whole[name] - again[name]) < 0.001 for name in whole)
    middle = len(events) // 2
    first = folded(past, events[:middle])
    assert times_of(fold(first, events)) == pytest.approx(whole, abs=0.001)


def test_a_clock_that_is_put_back_an_hour_leaves_the_step_its_five_minutes() -> None:
    past = History(two_phases())
    past.add(e.StepStarted(), "merge")
    past.add(e.NoteAdded(text="the clock is an hour fast"))
    events, _ = clocked(past.events, [300.0], {2: -3600.0}, {})
    state = folded(past, events)
    assert elapsed(state, "merge", state.last_at) == pytest.approx(300)
    # What is said of it is said in the time that the clock shows now.
    assert state.last_at == epoch(events[-1].at)
    now = now_in(state.frame, wall=0.0, mono=events[-1].mono + 60, boot="boot-1")
    assert elapsed(state, "merge", now) == pytest.approx(360)


def test_before_the_next_event_a_set_clock_changes_no_duration_either() -> None:
    past = History(two_phases())
    past.add(e.StepStarted(), "merge")
    events, _ = clocked(past.events, [10.0], {}, {})
    state = folded(past, events)
    two_hours_on = epoch(events[-1].at) + 7200
    now = now_in(state.frame, wall=two_hours_on, mono=events[-1].mono + 30, boot="boot-1")
    assert elapsed(state, "merge", now) == pytest.approx(30)


def test_after_a_reboot_the_time_of_day_counts_and_never_backwards() -> None:
    past = History(two_phases())
    past.add(e.StepStarted(), "merge")
    past.add(e.RunResumed())
    events, _ = clocked(past.events, [600.0], {}, {2: "boot-2"})
    state = folded(past, events)
    assert elapsed(state, "merge", state.last_at) == pytest.approx(600)
    behind, _ = clocked(past.events, [600.0], {2: -7200.0}, {2: "boot-2"})
    state = folded(past, behind)
    assert elapsed(state, "merge", state.last_at) == 0
    found = sorted(times_of(state).values())
    assert all(b >= a for a, b in pairwise(found))
    assert max(found) <= state.last_at


def test_another_machine_s_clock_moves_nothing() -> None:
    past = History(two_phases())
    past.add(e.StepStarted(), "merge")
    far = dataclasses.replace(GRACE, host="there")
    past.add(e.NoteAdded(text="hello"), actor=far)
    past.add(e.NoteAdded(text="well"))
    events, _ = clocked(past.events, [10.0], {}, {})
    at = datetime.fromtimestamp(START + 5000, UTC).isoformat()
    events[2] = dataclasses.replace(events[2], at=at, mono=77.0, boot="boot-there")
    state = folded(past, events)
    assert elapsed(state, "merge", state.last_at) == pytest.approx(20)


def test_suspend_counts_as_it_does_on_the_wall() -> None:
    past = History(two_phases())
    past.add(e.StepStarted(), "merge")
    past.add(e.NoteAdded(text="the lid was closed"))
    events, _ = clocked(past.events, [10.0, 10.0, 36_000.0], {}, {})
    state = folded(past, events)
    assert elapsed(state, "merge", state.last_at) == pytest.approx(36_000)


def test_active_time_is_what_was_worked_on_and_not_the_days_between() -> None:
    past = History(two_phases())
    past.ran("merge")
    calendar = past.state.last_at - past.state.started
    worked = active(past.state, past.state.last_at)
    assert 0 < worked < calendar
    # Nobody works on it for three days.
    assert active(past.state, past.state.last_at + 3 * 86_400) == worked
    past.add(e.StepStarted(), "look")
    began = past.state.last_at
    assert active(past.state, began + 60) == pytest.approx(worked + 60)


def test_work_of_hands_rests_while_the_lead_is_away_and_a_command_does_not() -> None:
    past = History(two_phases())
    past.add(e.StepStarted(), "look")
    past.add(e.RunPaused(), actor=ADA)
    before = active(past.state, past.state.last_at)
    assert active(past.state, past.state.last_at + 50_000) == before
    folder = "/runs/look.1"
    past.add(e.CommandStarted(attempt=1, kind="run", text="x", cwd="/", shell=("sh", "-c"),
                              folder=folder), "look")  # fmt: skip
    before = active(past.state, past.state.last_at)
    assert active(past.state, past.state.last_at + 100) == pytest.approx(before + 100)


def test_a_rollback_is_work() -> None:
    past = History(two_phases())
    past.ran("merge")
    past.add(e.RollbackStarted(scope="run", steps=("merge",)))
    before = active(past.state, past.state.last_at)
    assert active(past.state, past.state.last_at + 40) == pytest.approx(before + 40)
