"""State is its events: folded one by one, at once, in two parts, from JSON: always the same."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Event
from runbook_tui.run.fold import begin, fold
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.scopes import default_scope
from runbook_tui.run.state import Status, elapsed
from runbook_tui.run.wire import decode, encode
from tests.fakes.history import ADA, GRACE, LINUS, START, History
from tests.fakes.plans import chain, two_phases

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


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(requests, st.sampled_from((ADA, GRACE, LINUS))), max_size=15))
def test_the_default_scope_that_is_remembered_is_that_of_the_state(
    asked: list[tuple[r.Request, e.Actor]],
) -> None:
    history = History(two_phases())
    for step in ("merge", "look", "tag"):
        history.ran(step)
    for request, actor in asked:
        history.ask(request, actor)
        assert default_scope(history.state) == default_scope(history.refold())


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


UNDOS = ("s2", "s1", "s0")
ROLLBACK_DEEDS = st.lists(
    st.one_of(
        st.sampled_from((("open", "", ""), ("start", "", ""), ("stop", "", ""), ("end", "", ""))),
        st.tuples(st.just("undo"), st.sampled_from(UNDOS), st.just("")),
        st.tuples(st.just("over"), st.sampled_from(UNDOS), st.sampled_from(("done", "failed"))),
    ),
    min_size=5,
    max_size=30,
)
PLAIN: dict[str, e.Payload] = {
    "open": e.RollbackOpened(scope="run"),
    "start": e.RollbackStarted(scope="run", steps=UNDOS),
    "stop": e.RollbackClosed(stopped=True),
    "end": e.RollbackFinished(result="incomplete"),
}


class Results:
    """What the results of rollbacks are, said as plainly as can be: a new map for each event."""

    def __init__(self) -> None:
        self.now: dict[str, str] = {}
        self.ended: dict[str, str] = {}
        self._active = self._known = False
        self._undoing: set[str] = set()

    def deed(self, deed: str, step: str, result: str) -> None:
        if deed == "start" or (deed == "open" and not self._active):
            self.now, self._active, self._known = {}, deed == "start", True
        elif deed in {"stop", "end"}:
            self._active = False
            self.ended = self.now if deed == "end" and self._known else self.ended
        elif deed == "undo" and step not in self._undoing:
            self._undoing.add(step)
            self.now = {id_: found for id_, found in self.now.items() if id_ != step}
        elif deed == "over":
            self._undoing.discard(step)
            self.now = {**self.now, step: result} if self._known else {}


@settings(deadline=None)
@given(ROLLBACK_DEEDS, st.sampled_from((1, 2, 5, 30)))
def test_the_results_of_a_rollback_are_values_however_many_events_are_folded_at_once(
    deeds: list[tuple[str, str, str]], at_once: int
) -> None:
    history, plain = History(chain(3)), Results()
    for step in UNDOS:
        history.ran(step)
    begun = history.state
    wanted: list[tuple[dict[str, str], dict[str, str]]] = [({}, {})]
    for deed, step, result in deeds:
        done: e.Payload = e.UndoStarted() if deed == "undo" else e.UndoFinished(result=result)
        history.add(PLAIN.get(deed, done), step or None)
        plain.deed(deed, step, result)
        wanted.append((plain.now, plain.ended))
    states = [begun]
    for at in range(begun.seq, len(history.events), at_once):
        states.append(fold(states[-1], history.events[at : at + at_once]))
    assert states[-1] == history.state
    # Only now: what an earlier state says must not have changed under whoever still holds it.
    found = [(_results(state.rollback), _results(state.ended)) for state in states]
    assert found == [wanted[state.seq - begun.seq] for state in states]


def _results(rollback: RollbackState | None) -> dict[str, str]:
    return dict(rollback.results) if rollback is not None else {}


def test_what_waited_for_a_box_took_no_longer_for_that() -> None:
    history = History(two_phases())
    history.add(e.StepStarted(), "look")
    history.add(e.StepWaiting(), "look")
    for _ in range(20):
        history.add(e.NoteAdded(text="nobody ticks it"))
    history.add(e.StepFinished(result="done"), "look")
    assert elapsed(history.state, "look", history.state.last_at) == 1.0
    # One that did not wait is over when it says so.
    history.add(e.StepStarted(), "watch")
    history.add(e.NoteAdded(text="well"))
    history.add(e.StepFinished(result="done"), "watch")
    assert elapsed(history.state, "watch", history.state.last_at) == 2.0
