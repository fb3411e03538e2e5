"""What leaving a step out means for what is in it and what is around it."""

from __future__ import annotations

from runbook_tui.book.model import Check, Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.decide import left_open
from runbook_tui.run.requests import OverrideNeeded, Refusal
from runbook_tui.run.state import Status
from tests.fakes.history import GRACE, History


def book(*steps: Step, gate: Gate | None = None) -> Runbook:
    """One phase of these steps; everybody holds the role qa."""
    return Runbook(
        title="T", roles={"qa": ("*",)}, phases=(Phase(id="p", title="P", steps=steps, gate=gate),)
    )


def command(id_: str, **more: object) -> Step:
    """A step with a command and an undo."""
    return Step(id=id_, title=id_.upper(), run="true", undo="true", **more)  # type: ignore[arg-type]


def group(*inner: Step, **more: object) -> Step:
    """A step that only holds others."""
    return Step(id="outer", title="Outer", steps=inner, **more)  # type: ignore[arg-type]


def skip(history: History, step: str, override: bool = False) -> object:
    """Ask to leave a step out."""
    return history.ask(r.SkipStep(step=step, reason="no time", override=override))


BINDING: tuple[dict[str, object], ...] = (
    {"required": True}, {"signoff": Gate(roles=("qa",))}, {"gate": Gate(roles=("qa",))},
)  # fmt: skip


def test_a_group_is_not_skipped_past_what_binds_inside_it() -> None:
    for binding in BINDING:
        history = History(book(group(command("a"), command("b", **binding))))
        answer = skip(history, "outer")
        assert isinstance(answer, OverrideNeeded), binding
        assert "“B”" in answer.reason
        assert not isinstance(skip(history, "outer", override=True), Refusal)
        assert history.state.step("outer").overridden
        assert history.state.step("b").overridden
        assert not history.state.step("a").overridden
        assert {history.state.step(s).status for s in ("a", "b", "outer")} == {Status.SKIPPED}


def test_what_binds_deep_inside_binds_the_group() -> None:
    deep = Step(id="deep", title="Deep", steps=(command("a", required=True), command("b")))
    history = History(book(group(deep)))
    assert isinstance(skip(history, "outer"), OverrideNeeded)
    skip(history, "outer", override=True)
    assert history.state.step("deep").overridden
    assert not history.state.step("b").overridden


def test_what_is_over_inside_a_group_binds_no_more() -> None:
    history = History(book(group(command("a", required=True), command("b"))))
    history.ran("a")
    assert not isinstance(skip(history, "outer"), Refusal)
    assert history.state.step("a").status is Status.DONE


def test_a_step_behind_the_gate_of_a_step_around_it_needs_the_override() -> None:
    history = History(book(group(command("a"), command("b"), gate=Gate(roles=("qa",)))))
    answer = skip(history, "a")
    assert isinstance(answer, OverrideNeeded)
    assert "gate of “Outer”" in answer.reason
    assert not isinstance(skip(history, "a", override=True), Refusal)
    assert history.state.step("a").overridden
    history.ask(r.SignNode(node="outer", role="qa"), GRACE)
    assert not isinstance(skip(history, "b"), Refusal)


def test_a_required_group_is_not_left_out_step_by_step() -> None:
    history = History(book(group(command("a"), required=True)))
    answer = skip(history, "a")
    assert isinstance(answer, OverrideNeeded)
    assert "required" in answer.reason
    assert history.state.step("a").status is Status.PENDING


def test_a_group_whose_gate_is_shut_is_skipped_with_its_last_step_and_never_done() -> None:
    history = History(book(group(command("a"), gate=Gate(roles=("qa",)))))
    skip(history, "a", override=True)
    outer = history.state.step("outer")
    assert (outer.status, outer.overridden) == (Status.SKIPPED, True)
    assert left_open(history.state) == []


def test_a_shut_gate_further_out_is_not_passed_by_either() -> None:
    middle = Step(id="middle", title="Middle", steps=(command("a"),))
    history = History(book(group(middle, gate=Gate(roles=("qa",)))))
    skip(history, "a", override=True)
    assert history.state.step("outer").status is Status.SKIPPED
    assert history.state.step("outer").overridden


def test_skipping_all_inside_leaves_the_sign_off_and_the_checks_around_it_open() -> None:
    for binding in ({"signoff": Gate(roles=("qa",))}, {"checks": (Check(id="k", title="K"),)}):
        history = History(book(group(command("a"), **binding)))
        assert not isinstance(skip(history, "a"), Refusal)
        assert history.state.step("outer").status in {Status.WAITING, Status.PENDING}
        assert left_open(history.state)


def test_a_step_whose_command_has_not_run_does_not_wait_because_all_inside_is_skipped() -> None:
    outer = Step(id="outer", title="Outer", run="true", undo="true", steps=(command("a"),),
                 signoff=Gate(roles=("qa",)))  # fmt: skip
    history = History(book(outer))
    skip(history, "a")
    assert history.state.step("outer").status is Status.PENDING


def test_a_group_is_not_skipped_while_a_step_inside_it_runs_or_is_undone() -> None:
    history = History(book(group(command("a"), command("b"))))
    history.add(e.StepStarted(attempt=1), "b")
    answer = skip(history, "outer", override=True)
    assert isinstance(answer, Refusal)
    assert "“B” is running" in answer.reason
    assert history.state.step("a").status is Status.PENDING
    history.add(e.UndoStarted(), "b")
    answer = skip(history, "outer", override=True)
    assert isinstance(answer, Refusal)
    assert "undoing" in answer.reason


def test_the_gate_of_a_phase_binds_the_steps_inside_a_group() -> None:
    history = History(book(group(command("a")), gate=Gate(roles=("qa",))))
    for id_ in ("a", "outer"):
        answer = skip(history, id_)
        assert isinstance(answer, OverrideNeeded)
        assert "gate" in answer.reason, id_
        assert history.state.step(id_).status is Status.PENDING
