"""What is left is the same whether it is summed up anew or taken away from the whole."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Estimate, Runbook, Step
from runbook_tui.book.spreading import each_step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.durations import Past, spread
from runbook_tui.run.remaining import parts_of, take
from runbook_tui.run.state import BROKEN, OVER, RunState, Status
from tests.fakes.history import ADA, GRACE, LINUS, History
from tests.fakes.plans import two_phases
from tests.unit.run.test_fold import requests

PAST = Past(steps={"merge": spread([3, 5, 9]), "watch": spread([100])})


def estimated() -> Runbook:
    half = Estimate(minimum=900, maximum=1800)

    def made(step: Step) -> Step:
        return dataclasses.replace(step, estimate=half) if step.id in {"tag", "deploy"} else step

    return each_step(two_phases(), made)


def anew(state: RunState, phase: str, now: float) -> tuple[float, float, int]:
    """Likely and slow seconds left in a phase, and steps that nobody knows, step by step."""
    likely = slow = 0.0
    unknown = 0
    for step in state.outline.steps_inside(phase):
        wanted, found = take(state.outline, step.id, PAST), state.step(step.id)
        if wanted is None:
            unknown += found.status not in OVER
        elif found.status not in OVER and found.status is not Status.WAITING:
            runs = found.started is not None and found.status not in BROKEN
            gone = now - found.started if runs and found.started is not None else 0.0
            likely += max(0.0, wanted.likely - gone)
            slow += max(0.0, wanted.slow - gone)
    return likely, slow, unknown


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(requests, st.sampled_from((ADA, GRACE, LINUS))), max_size=25),
    st.lists(st.sampled_from(("merge", "tag", "deploy", "watch")), max_size=4),
    st.floats(0, 3000),
)
def test_it_is_what_summing_it_up_anew_gives(
    asked: list[tuple[r.Request, e.Actor]], ran: list[str], later: float
) -> None:
    history = History(estimated())
    for step in ran:
        history.ran(step, exit_=len(asked) % 2)
    for request, actor in asked:
        history.ask(request, actor)
    state = history.state
    now = state.last_at + later
    for phase, part in zip(state.runbook.phases, parts_of(state, PAST, None), strict=True):
        likely, slow, unknown = anew(state, phase.id, now)
        assert part.left_at(now) == pytest.approx((likely, slow), abs=1e-6)
        assert part.unknown == unknown
        assert part.touched == any(
            state.step(s.id).touched for s in state.outline.steps_inside(phase.id)
        )
