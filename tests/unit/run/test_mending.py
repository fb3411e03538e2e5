"""Decisions about an undo that failed, and what the state says of it, from events alone."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.failing import needed_by
from runbook_tui.run.fold import begin, fold
from runbook_tui.run.requests import Refusal
from runbook_tui.run.rollback import awaited, plan, running_plan
from runbook_tui.run.state import Status
from runbook_tui.run.wire import decode, encode
from tests.fakes.history import ADA, GRACE, History


def chain(*steps: Step) -> Runbook:
    return Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps),))


def failing(undo: str = "undo a", shell: tuple[str, ...] = ("sh", "-e", "-c")) -> History:
    """A rollback in which the undo of the only step has failed."""
    history = History(chain(Step(id="a", title="A", run="true", undo=undo)))
    history.ran("a", e.UndoArmed(kind="command", text=undo, shell=shell))
    history.ask(r.StartRollback(scope="run"))
    history.add(e.UndoStarted(), "a")
    fail(history, undo)
    return history


def fail(history: History, text: str) -> None:
    """The attempt that was begun ends badly."""
    folder = f"/runs/undo.{len(history.events)}"
    started = e.CommandStarted(
        attempt=1, kind="undo", text=text, cwd="/", shell=("sh",), folder=folder
    )
    history.add(started, "a")
    history.add(e.CommandFinished(attempt=1, kind="undo", folder=folder, exit=1), "a")
    history.add(e.UndoFinished(result="failed", exit=1, reason="it failed"), "a")


ASKS = st.one_of(
    st.just(r.RetryUndo(step="a")),
    st.builds(lambda t, w: r.AmendUndo(step="a", text=t, reason=w),
              st.sampled_from(["x\ny", "echo one\necho two\necho three", "", "${{ n }}"]),
              st.sampled_from(["why", ""])),
    st.builds(lambda n: r.ContinueUndo(step="a", line=n), st.integers(-1, 4)),
    st.builds(lambda w: r.LeaveUndo(step="a", reason=w), st.sampled_from(["so be it", " "])),
    st.just(r.StopRollback()),
    st.just(r.StartRollback(scope="run")),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(ASKS, st.sampled_from([ADA, GRACE]), st.booleans()), max_size=12))
def test_whoever_takes_over_sees_the_same(asked: list[tuple[r.Request, e.Actor, bool]]) -> None:
    history = failing("echo one\necho two")
    for request, actor, again in asked:
        history.ask(request, actor)
        if again and history.state.step("a").status is Status.UNDOING:
            planned = running_plan(history.state)
            assert planned is not None
            fail(history, planned.items[0].text)
    read = [(ev.type, json.loads(json.dumps(encode(ev.payload)))) for ev in history.events]
    assert [decode(*pair) for pair in read] == [ev.payload for ev in history.events]
    anew = fold(begin(history.state.run, history.state.runbook), history.events)
    assert anew == history.state
    assert awaited(anew) == awaited(history.state)
    assert "${{" not in plan(anew, "run", "").items[0].text


def test_an_attempt_that_was_asked_for_is_open_again() -> None:
    history = failing()
    assert awaited(history.state)[0].asks
    history.ask(r.RetryUndo(step="a"), GRACE)
    assert history.state.step("a").status is Status.UNDOING
    assert history.state.rollback is not None
    assert history.state.rollback.results == {}
    assert awaited(history.state) == ()
    assert history.events[-1].actor == GRACE
    second = history.ask(r.RetryUndo(step="a"))
    assert isinstance(second, Refusal)
    assert "undoing" in second.reason


def test_what_was_edited_holds_until_the_step_is_started_again() -> None:
    history = failing()
    history.ask(r.AmendUndo(step="a", text="other", reason="better"))
    fail(history, "other")
    history.add(e.RollbackFinished(result="incomplete", remaining=("A",)))
    assert plan(history.state, "run", "").items[0].text == "other"
    assert plan(history.state, "run", "").items[0].edited == ("edited by Ada: better",)
    history.ask(r.StartStep(step="a"))
    assert history.state.step("a").amended == ()


def test_an_edit_of_an_edit_is_followed() -> None:
    history = failing("one\ntwo\nthree")
    history.ask(r.ContinueUndo(step="a", line=2))
    fail(history, "two\nthree")
    history.ask(r.ContinueUndo(step="a", line=2))
    assert plan(history.state, "run", "").items[0].text == "three"
    fail(history, "three")
    history.ask(r.AmendUndo(step="a", text="one\ntwo\nthree", reason="all of it"))
    assert plan(history.state, "run", "").items[0].text == "one\ntwo\nthree"


def test_a_text_that_is_no_shell_text_is_not_gone_on_with() -> None:
    history = failing("a = 1\nb = a", ("python3", "-c"))
    answer = history.ask(r.ContinueUndo(step="a", line=2))
    assert isinstance(answer, Refusal)
    assert "not a text of a shell" in answer.reason


def test_a_long_reason_is_refused() -> None:
    history = failing()
    for request in (
        r.LeaveUndo(step="a", reason="x" * 70_000),
        r.AmendUndo(step="a", text="x", reason="x" * 70_000),
    ):
        answer = history.ask(request)
        assert isinstance(answer, Refusal)
        assert answer.exit_code == 2


def test_only_written_needs_make_one_depend_on_another() -> None:
    group = Step(id="g", title="G", steps=(Step(id="g1", title="G1", run="t"),
                                           Step(id="g2", title="G2", run="t")))  # fmt: skip
    runbook = Runbook(
        title="T",
        phases=(
            Phase(id="p", title="P", steps=(Step(id="a", title="A", run="t"), group)),
            Phase(id="q", title="Q", needs=("p",), steps=(
                Step(id="b", title="B", run="t", needs=("g",)),
                Step(id="c", title="C", run="t", needs=("p",)),
                Step(id="h", title="H", needs=("a",), steps=(Step(id="h1", title="H1", run="t"),)),
                Step(id="d", title="D", run="t"),
            )),
        ),
    )  # fmt: skip
    state = History(runbook).state
    needing = needed_by(state, ["a", "g1", "g2", "b", "c", "h1", "d"])
    assert sorted(needing("a")) == ["c", "h1"]
    assert sorted(needing("g1")) == ["b", "c"]
    assert needing("b") == []
    assert needing("d") == []
