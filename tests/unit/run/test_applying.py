"""What ``when`` leaves out, and when that is known."""

from __future__ import annotations

from runbook_tui.book.model import Gate, Parameter, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.applying import leave_out, wanted
from runbook_tui.run.decide import left_open
from runbook_tui.run.requests import ValuesMissing
from runbook_tui.run.state import Status
from runbook_tui.run.upcoming import gates_waiting
from tests.fakes.history import History


def step(id_: str, **fields: object) -> Step:
    return Step(id=id_, title=id_.upper(), run="true", undo="true", **fields)  # type: ignore[arg-type]


def book(*steps: Step, **fields: object) -> Runbook:
    return Runbook(
        title="T", phases=(Phase(id="p", title="P", steps=steps),),
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def settle(history: History) -> None:
    """Record what is left out, as the session of the lead does."""
    while pairs := leave_out(history.state):
        for payload, where in pairs:
            history.add(payload, where)


def test_a_step_whose_condition_does_not_hold_is_left_out_and_keeps_nothing_waiting() -> None:
    history = History(book(step("a", when="where == 'production'"), step("b")))
    history.add(e.ParameterCaptured(name="where", value="staging", source="given"))
    settle(history)
    assert history.state.step("a").status is Status.NOT_APPLICABLE
    assert "production" in history.state.step("a").reason
    history.ran("b")
    assert left_open(history.state) == []


def test_what_a_step_still_puts_out_is_waited_for() -> None:
    maker = step("make", outputs=("changed",))
    history = History(book(maker, step("then", when="changed")))
    history.add(e.ParameterCaptured(name="changed", value="no", source="given"))
    assert wanted(history.state, "then") is None
    history.ran("make")
    history.add(e.ParameterCaptured(name="changed", value="yes"), "make")
    assert wanted(history.state, "then") is True


def test_after_a_rollback_conditions_are_asked_anew() -> None:
    maker = step("make", outputs=("changed",))
    history = History(book(maker, step("then", when="changed")))
    history.ran("make")
    history.add(e.ParameterCaptured(name="changed", value="no"), "make")
    settle(history)
    assert history.state.step("then").status is Status.NOT_APPLICABLE
    history.add(e.RollbackStarted(scope="run", steps=("make",)))
    history.add(e.UndoFinished(result="done"), "make")
    history.add(e.RollbackFinished(result="complete", remaining=(), seconds=1.0))
    settle(history)
    assert history.state.step("then").status is Status.PENDING


def test_a_value_that_decides_is_asked_for_when_the_step_starts() -> None:
    where = Parameter(name="where", declared=False)
    history = History(book(step("a", when="where == 'here'"), parameters=(where,)))
    answer = history.ask(r.StartStep(step="a"))
    assert isinstance(answer, ValuesMissing)
    assert answer.names == ("where",)
    history.ask(r.GiveValue(name="where", value="there"))
    history.ask(r.StartStep(step="a"))
    assert history.state.step("a").status is Status.NOT_APPLICABLE


def test_the_gate_of_a_phase_that_is_left_out_waits_for_nobody() -> None:
    gated = Phase(id="q", title="Q", when="big", steps=(step("x"),), gate=Gate(roles=("cto",)),
                  signoff=Gate(roles=("cto",)))  # fmt: skip
    last = Phase(id="z", title="Z", steps=(step("last"),))
    history = History(Runbook(title="T", roles={"cto": ("*",)}, phases=(gated, last)))
    history.add(e.ParameterCaptured(name="big", value="no", source="given"))
    settle(history)
    assert gates_waiting(history.state) == ()
    history.ran("last")
    assert left_open(history.state) == []


def test_a_group_is_over_when_all_in_it_is_left_out() -> None:
    inner = tuple(step(f"i{n}", when="big") for n in range(3))
    history = History(book(Step(id="g", title="G", steps=inner), step("last")))
    history.add(e.ParameterCaptured(name="big", value="false", source="given"))
    settle(history)
    history.ran("last")
    assert left_open(history.state) == []
