"""State is its events: folded one by one, at once, in two parts, from JSON: always the same."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Event
from runbook_tui.run.fold import begin, fold
from runbook_tui.run.state import Status, elapsed
from runbook_tui.run.wire import decode, encode
from tests.fakes.history import ADA, GRACE, LINUS, START, History
from tests.fakes.plans import two_phases

STEPS = ("merge", "look", "tag", "deploy", "migrate", "watch")
NODES = (*STEPS, "look-a", "look-b", "calm", "one", "two", "docs", "nowhere")

requests = st.one_of(
    st.builds(lambda s, c: r.StartStep(step=s, confirmed=c), st.sampled_from(STEPS), st.booleans()),
    st.builds(lambda n, o: r.TickNode(node=n, off=o), st.sampled_from(NODES), st.booleans()),
    st.builds(lambda s, o: r.SkipStep(step=s, reason="why", override=o), st.sampled_from(STEPS),
              st.booleans()),
    st.builds(lambda n, a: r.SignNode(node=n, role="cto", approve=a, comment="c"),
              st.sampled_from(NODES), st.booleans()),
    st.builds(lambda n: r.SignNode(node=n, role="qa"), st.sampled_from(NODES)),
    st.builds(lambda t: r.AddNote(text=t), st.text(max_size=5)),
    st.builds(lambda n: r.OverrideGate(node=n, reason="late"), st.sampled_from(NODES)),
    st.builds(lambda s: r.StartRollback(scope="run", node=s), st.sampled_from(("", "one", "two"))),
    st.just(r.StopRollback()),
    st.builds(lambda s: r.AnswerByHand(step=s, taken_back=True), st.sampled_from(STEPS)),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(requests, st.sampled_from((ADA, GRACE, LINUS))), max_size=25))
def test_any_history_folds_the_same_however_it_is_cut(
    asked: list[tuple[r.Request, e.Actor]],
) -> None:
    history = History(two_phases())
    for request, actor in asked:
        history.ask(request, actor)
    assert history.refold() == history.state
    middle = len(history.events) // 2
    first = fold(begin(history.state.run, history.state.runbook), history.events[:middle])
    assert fold(first, history.events) == history.state


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(requests, st.sampled_from((ADA, GRACE, LINUS))), max_size=15))
def test_no_gate_is_passed_without_its_sign_off_or_a_recorded_override(
    asked: list[tuple[r.Request, e.Actor]],
) -> None:
    history = History(two_phases())
    for request, actor in asked:
        history.ask(request, actor)
    types = [(ev.type, ev.step) for ev in history.events]
    for place, (type_, step) in enumerate(types):
        if type_ == "step.started" and step in {"deploy", "migrate", "watch"}:
            before = [t for t, _ in types[:place]]
            assert "gate.opened" in before or "gate.overridden" in before


def test_every_payload_survives_json() -> None:
    history = History(two_phases())
    history.ran("merge")
    history.ask(r.TickNode(node="look-a"))
    for event in history.events:
        data = json.loads(json.dumps(encode(event.payload)))
        assert decode(event.type, data) == event.payload


def test_an_event_of_a_newer_program_is_kept_and_changes_nothing() -> None:
    history = History(two_phases())
    before = history.state
    history.add(decode("moon.phase", {"full": True}))
    assert history.state.steps == before.steps
    assert encode(history.events[-1].payload) == {"full": True}


def test_fields_of_a_newer_program_are_passed_over() -> None:
    assert decode("step.started", {"attempt": 3, "mood": "good"}) == e.StepStarted(attempt=3)


def test_a_timer_goes_on_from_the_recorded_start() -> None:
    history = History(two_phases())
    history.add(e.StepStarted(), "merge")
    started = history.state.step("merge").started
    assert started == START + 2
    assert elapsed(history.state, "merge", started + 90) == 90
    assert elapsed(history.state, "look", started) is None


def test_a_command_that_was_lost_makes_its_step_lost_never_done() -> None:
    history = History(two_phases())
    history.add(e.StepStarted(), "merge")
    command = e.CommandStarted(
        attempt=1, kind="run", text="x", cwd="/", shell=("sh", "-c"), folder="/f"
    )
    history.add(command, "merge")
    history.add(e.CommandFinished(attempt=1, kind="run", folder="/f", lost=True), "merge")
    history.add(e.StepFinished(result="failed", reason="lost"), "merge")
    assert history.state.step("merge").status is Status.LOST


def test_events_are_applied_once() -> None:
    history = History(two_phases())
    events: list[Event] = list(history.events)
    assert fold(history.state, events) is not None
    assert fold(history.state, events) == history.state
