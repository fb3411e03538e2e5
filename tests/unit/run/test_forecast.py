"""When a run will be done, and how its parts lie in time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import Change, Estimate, Phase, Runbook, Step
from runbook_tui.run import requests as r
from runbook_tui.run.forecast import Slot, expected_finish, lateness, slots
from runbook_tui.run.state import RunState
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
