"""A tick that is taken back: what was over with it is open again, and so is what holds that."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Check, Gate, Phase, Runbook, Step
from runbook_tui.run import requests as r
from runbook_tui.run.closed_loop import answered, moved_on
from runbook_tui.run.finishing import waits_for
from runbook_tui.run.order import blockers
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Status
from tests.fakes.history import History


def check(id_: str, *, required: bool = True) -> Check:
    probe = "./ask" if id_ in ASKED else None
    return Check(id=id_, title=id_.upper(), required=required, probe=probe)


ASKED = ("a1", "i1")
RUNBOOK = Runbook(
    title="Ship it",
    phases=(
        Phase(id="p", title="P", steps=(
            Step(id="a", title="A", checks=(check("a1"), check("a2"), check("a3", required=False))),
            Step(id="g", title="G", checks=(check("g1"),), needs=(), steps=(
                Step(id="i", title="I", checks=(check("i1"),)),
                Step(id="h", title="H", steps=(Step(id="k", title="K", checks=(check("k1"),)),)),
            )),
            Step(id="b", title="B", needs=("a", "g")),
        )),
        Phase(id="q", title="Q", gate=Gate(roles=("lead",)), steps=(Step(id="c", title="C"),)),
    ),
)  # fmt: skip
BOXES = ("a1", "a2", "a3", "g1", "i1", "k1")
STEPS = ("a", "i", "k", "b", "c")


def asked(history: History, *requests: r.Request) -> None:
    for request in requests:
        answer = history.ask(request)
        assert not isinstance(answer, Refusal), answer


def finished() -> History:
    """A run in which A is done, with its two boxes."""
    history = History(RUNBOOK)
    asked(history, r.StartStep(step="a"), r.TickNode(node="a1"), r.TickNode(node="a2"),
          r.FinishStep(step="a"))  # fmt: skip
    assert history.state.step("a").status is Status.DONE
    return history


def test_a_step_whose_required_tick_is_taken_back_waits_for_it_and_so_does_what_needs_it() -> None:
    history = finished()
    ended = history.state.step("a").finished
    asked(history, r.TickNode(node="a1", off=True))
    step = history.state.step("a")
    assert step.status is Status.WAITING
    assert waits_for(history.state, "a") == "1 check"
    assert any("“A” comes first" in why for why in blockers(history.state, "b"))
    asked(history, r.TickNode(node="a1"))
    assert history.state.step("a").status is Status.DONE
    # Its work was over when it was over.
    assert history.state.step("a").finished == ended
    assert not any("“A” comes first" in why for why in blockers(history.state, "b"))


def test_a_tick_that_nothing_waits_for_is_taken_back_and_nothing_else_changes() -> None:
    history = finished()
    asked(history, r.TickNode(node="a3"), r.TickNode(node="a3", off=True))
    assert history.state.step("a").status is Status.DONE


def test_what_is_left_out_stays_left_out() -> None:
    history = History(RUNBOOK)
    asked(history, r.TickNode(node="a1"),
          r.SkipStep(step="a", reason="no need", override=True),
          r.TickNode(node="a1", off=True))  # fmt: skip
    assert history.state.step("a").status is Status.SKIPPED


deeds = st.one_of(
    st.tuples(st.sampled_from(ASKED), st.sampled_from([True, False, None])),
    st.builds(r.TickNode, node=st.sampled_from(BOXES), off=st.booleans()),
    st.builds(r.StartStep, step=st.sampled_from(STEPS)),
    st.builds(r.FinishStep, step=st.sampled_from(STEPS)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(deeds, min_size=8, max_size=40))
def test_nothing_is_done_that_still_waits_for_something(
    wanted: list[r.Request | tuple[str, bool | None]],
) -> None:
    history = finished()
    for request in (*(r.TickNode(node=box) for box in BOXES),
                    *(r.FinishStep(step=step) for step in STEPS), *wanted):  # fmt: skip
        if isinstance(request, tuple):
            for payload, owner in answered(history.state, *request, "exit status 1"):
                history.add(payload, owner)
        else:
            history.ask(request)
        state = history.state
        for id_, step in state.steps.items():
            # What a later step may be meant to make untrue opens nothing again.
            fine = step.status is not Status.DONE or moved_on(state, id_)
            assert fine or not waits_for(state, id_), (id_, request)
    for box in BOXES:
        if box not in history.state.ticks:
            history.ask(r.TickNode(node=box, override=True, reason="known"))
    left = [id_ for id_, s in history.state.steps.items() if s.status is Status.WAITING]
    assert [id_ for id_ in left if not waits_for(history.state, id_)] == []
    assert history.refold().steps == history.state.steps
