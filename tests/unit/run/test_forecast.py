"""When a run will be done, and how its parts lie in time."""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Change, Estimate, Phase, Runbook, Step
from runbook_tui.book.spreading import spread as spread_out
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.durations import Past, spread
from runbook_tui.run.forecast import Slot, forecast, overruns, slots, window
from runbook_tui.run.remaining import period
from runbook_tui.run.state import RunState, Status
from runbook_tui.tui.views.timeline import timeline
from tests.fakes.history import ADA, History


def minutes(count: float) -> Estimate:
    return Estimate(text=f"{count} min", minimum=count * 60, maximum=count * 60)


def step(id_: str, count: float | None = None, *inner: Step) -> Step:
    wanted = None if count is None else minutes(count)
    return Step(id=id_, title=id_, estimate=wanted, steps=inner)


def history(*steps: Step) -> History:
    change = Change(id="c", title="C", steps=steps[:1])
    return History(
        Runbook(title="T", phases=(Phase(id="p", title="P", changes=(change,), steps=steps[1:]),))
    )


def expected_finish(state: RunState, now: float) -> float | None:
    found = forecast(state, now)
    return None if found is None else found.likely


def lateness(state: RunState, now: float) -> float | None:
    found = forecast(state, now)
    return None if found is None else found.late


def slot_of(state: RunState, id_: str) -> Slot:
    return next(slot for slot in slots(state) if slot.id == id_)


def test_the_plan_lays_steps_one_after_another_and_sums_them_up() -> None:
    state = history(step("a", 10), step("b"), step("c2", 5)).state
    laid = {s.id: (s.planned_from - state.started, s.planned_to - state.started)
            for s in slots(state)}  # fmt: skip
    assert laid == {
        "p": (0, 900), "c": (0, 600), "a": (0, 600), "b": (600, 600), "c2": (600, 900),
    }  # fmt: skip


def test_what_holds_estimated_steps_is_not_counted_twice() -> None:
    state = history(step("group", 15, step("x", 5), step("y", 10))).state
    assert expected_finish(state, state.started) == state.started + 900


def test_without_estimates_nothing_is_foretold() -> None:
    state = history(step("a"), step("b")).state
    assert expected_finish(state, state.started) is None
    assert lateness(state, state.started) is None


def test_a_step_that_waits_makes_the_run_late_and_one_that_is_over_early() -> None:
    past = history(step("a", 10), step("b", 5))
    assert lateness(past.state, past.state.started + 120) == 120
    past.ask(r.StartStep(step="a"), ADA)
    past.ask(r.TickNode(node="a"), ADA)
    late = lateness(past.state, past.state.last_at)
    assert late is not None
    assert late < -500


def test_a_step_in_time_begins_and_ends_when_it_did() -> None:
    past = history(step("a", 10), step("b", 5))
    assert slot_of(past.state, "a").began is None
    past.ask(r.StartStep(step="a"), ADA)
    running = slot_of(past.state, "a")
    assert (running.began, running.ended) == (past.state.step("a").started, None)
    assert running.over_by((running.began or 0) + 660) == 60
    past.ask(r.TickNode(node="a"), ADA)
    assert slot_of(past.state, "a").ended == past.state.step("a").finished
    assert slot_of(past.state, "p").ended is None
    past.ask(r.SkipStep(step="b", reason="why"), ADA)
    assert slot_of(past.state, "b").began is None
    assert slot_of(past.state, "p").ended == past.state.step("a").finished


@given(st.lists(st.one_of(st.none(), st.integers(0, 500)), min_size=1, max_size=12))
def test_planned_slots_follow_one_another_without_gap(estimates: list[int | None]) -> None:
    state = history(*(step(f"s{n}", count) for n, count in enumerate(estimates))).state
    laid = [slot for slot in slots(state) if slot.id.startswith("s")]
    assert [slot.id for slot in laid] == [f"s{n}" for n in range(len(estimates))]
    assert laid[0].planned_from == state.started
    for first, second in pairwise(laid):
        assert first.planned_to == second.planned_from
    total = sum((count or 0) * 60 for count in estimates)
    assert laid[-1].planned_to == state.started + total
    if any(estimates):
        assert expected_finish(state, state.started) == state.started + total


times = st.floats(0, 10_000)


def spreads(lists: list[list[float]]) -> Past:
    return Past(steps={f"s{n}": spread(took) for n, took in enumerate(lists) if took})


@settings(max_examples=80, deadline=None)
@given(
    lists=st.lists(st.lists(times, max_size=6), min_size=1, max_size=8),
    estimates=st.lists(st.one_of(st.none(), st.integers(1, 300)), min_size=8, max_size=8),
    done=st.integers(0, 4),
    later=st.floats(0, 5000),
)
def test_what_is_foretold_is_never_past_and_slow_never_before_likely(
    lists: list[list[float]], estimates: list[int | None], done: int, later: float
) -> None:
    past = history(*(step(f"s{n}", estimates[n]) for n in range(len(lists))))
    for n in range(min(done, len(lists) - 1)):
        past.ask(r.StartStep(step=f"s{n}"), ADA)
        if n % 2 == 0:
            past.ask(r.TickNode(node=f"s{n}"), ADA)
    state, known = past.state, spreads(lists)
    now = state.last_at
    found, then = forecast(state, now, known), forecast(state, now + later, known)
    assert (found is None) == (then is None)
    if found is None or then is None:
        return
    assert now <= found.likely <= found.slow
    # Time goes by: the end comes no nearer, and moves away by no more than that time.
    near = 1e-4
    assert found.likely - near <= then.likely <= found.likely + later + near
    assert found.slow - near <= then.slow <= found.slow + later + near
    nothing_known = sum(
        state.step(f"s{n}").status is not Status.DONE and not lists[n] and not estimates[n]
        for n in range(len(lists))
    )
    assert found.unknown == nothing_known


@given(st.lists(st.lists(times, min_size=1, max_size=6), min_size=1, max_size=8))
def test_before_it_begins_a_run_takes_the_sum_of_what_its_steps_took(
    lists: list[list[float]],
) -> None:
    state = history(*(step(f"s{n}") for n in range(len(lists)))).state
    known = spreads(lists)
    found = forecast(state, state.started, known)
    whole = sum(one.median for one in known.steps.values())
    if not whole:
        assert found is None
        return
    assert found is not None
    near = pytest.approx(state.started + whole)
    assert found.likely == near
    assert found.slow == pytest.approx(state.started + sum(o.p90 for o in known.steps.values()))
    # Nothing was planned: it is not late.
    assert found.late == pytest.approx(0, abs=1e-3)


def test_past_runs_count_before_the_estimate_and_lateness_is_against_the_plan() -> None:
    state = history(step("s0", 10), step("s1", 5)).state
    known = spreads([[120, 120, 120]])
    found = forecast(state, state.started, known)
    assert found is not None
    assert found.likely - state.started == 120 + 300
    assert found.late == 120 - 600
    past = history(step("s0", 10))
    past.ask(r.StartStep(step="s0"), ADA)
    began = past.state.step("s0").started or 0.0
    assert overruns(past.state, began + 599) == ()
    assert overruns(past.state, began + 660) == (("s0", 60),)
    # What is estimated runs over its estimate, whatever it took once; else over what is slow.
    assert overruns(past.state, began + 300, known) == ()
    bare = history(step("s0"))
    bare.ask(r.StartStep(step="s0"), ADA)
    began = bare.state.step("s0").started or 0.0
    assert overruns(bare.state, began + 150, known) == (("s0", 30),)
    assert overruns(bare.state, began + 1e6) == ()
    # That what took no time takes a second is no news.
    quick = Past(steps={"s0": spread([0.02])})
    assert overruns(bare.state, began + 4, quick) == ()
    assert overruns(bare.state, began + 6, quick) == (("s0", 1.0),)


def test_what_failed_is_still_to_be_done_in_full() -> None:
    past = history(step("s0", 10), step("s1", 5))
    past.add(e.StepStarted(), "s0")
    past.add(e.StepFinished(result="failed"), "s0")
    now = past.state.last_at + 5000
    found = forecast(past.state, now)
    assert found is not None
    assert found.likely == now + 900


def test_a_step_on_several_machines_takes_its_slowest_as_often_as_it_has_batches() -> None:
    several = Step(id="d", title="D", run="true", hosts=("a", "b", "c"), batch=2)
    book = spread_out(Runbook(title="T", phases=(Phase(id="p", title="P", steps=(several,)),)))
    known = Past(steps={"d.a": spread([10]), "d.b": spread([30])})
    found = forecast(History(book).state, 0.0, known)
    assert found is not None
    assert found.likely == 60


ENDS = Phase(
    id="late", title="Late", ends="4h", rollback_within=600, steps=(step("s1", 30), step("s2", 30))
)


def windowed(*phases: Phase) -> RunState:
    first = Phase(id="first", title="First", steps=(step("s0", 60),))
    return History(Runbook(title="T", phases=(first, *phases))).state


def test_the_last_safe_moment_leaves_room_for_what_is_left_if_slow_and_for_a_rollback() -> None:
    state = windowed(ENDS, Phase(id="after", title="After", steps=(step("s3", 999),)))
    known = Past(steps={"s1": spread(range(0, 1001, 100))})
    found = window(state, state.started, known, back=99.0)
    assert found is not None
    assert found.phase == "late"
    assert found.ends == state.started + 4 * 3600
    # The hour before, the slow one of s1, s2; nothing of what comes after.
    assert found.left == 3600 + 900 + 1800
    assert found.safe_until == found.ends - 600 - found.left
    assert found.turn_back_by == found.ends - 600


def test_of_several_windows_the_one_that_leaves_least_time_counts_and_none_where_none_is() -> None:
    assert window(windowed(), 0.0) is None
    words = Phase(id="w", title="W", ends="after lunch", steps=(step("s7"),))
    assert window(windowed(words), 0.0) is None
    tight = Phase(id="tight", title="Tight", ends="4h", steps=(step("s4", 180),))
    found = window(windowed(ENDS, tight), 0.0, back=60.0)
    assert found is not None
    assert (found.phase, found.back) == ("tight", 60.0)


@given(st.floats(0, 20_000), st.floats(0, 5000))
def test_going_on_as_foretold_never_makes_it_less_safe(gone: float, back: float) -> None:
    tight = Phase(id="tight", title="Tight", ends="4h", steps=(step("s4", 180),))
    past = History(Runbook(title="T", phases=(tight,)))
    past.add(e.StepStarted(), "s4")
    state = past.state
    found = window(state, state.last_at + gone, back=back)
    assert found is not None
    now = state.last_at + gone
    slack, before = found.safe_until - now, window(state, state.last_at, back=back)
    assert before is not None
    as_before = before.safe_until - state.last_at
    assert slack <= as_before + 1e-3
    if gone <= 180 * 60:
        assert slack == pytest.approx(as_before, abs=1e-3)


def test_a_phase_begins_and_ends_when_the_plan_says() -> None:
    phase = Phase(id="x", title="X", starts="day 3", ends="day 3 18:00", steps=(step("s9"),))
    state = windowed(phase)
    begins, ends = period(state, phase, UTC)
    assert begins is not None
    assert ends == begins + 18 * 3600
    assert begins % 86400 == 0
    assert 86400 < begins - state.started <= 2 * 86400
    assert period(state, ENDS, UTC)[0] is None


def test_a_phase_that_may_not_begin_yet_is_waited_for_and_that_is_not_late() -> None:
    later = Phase(id="x", title="X", starts="day 3 09:00", steps=(step("s9", 60),))
    state = windowed(later)
    begins = period(state, later, UTC)[0]
    assert begins is not None
    found = forecast(state, state.started, zone=UTC)
    assert found is not None
    assert (found.likely, found.late) == (begins + 3600, 0)
    # Two hours late in the first phase do not show at the end of the third day.
    again = forecast(state, state.started + 7200, zone=UTC)
    assert again is not None
    assert (again.likely, again.late) == (begins + 3600, 0)
    after = forecast(state, begins + 60, zone=UTC)
    assert after is not None
    assert after.late == 3660


def test_the_plan_in_time_knows_breaks_where_it_is_laid_over_the_calendar() -> None:
    later = Phase(id="x", title="X", starts="day 4", steps=(step("s9", 60),))
    state = windowed(later)
    begins = period(state, later)[0]
    laid = next(slot for slot in slots(state, calendar=True) if slot.id == "s9")
    assert laid.planned_from == begins
    assert slot_of(state, "s9").planned_from == state.started + 3600
    # What is days away leaves today its room in the picture.
    _, span = timeline(state, state.started + 60)
    assert span.end == state.started + 3600
