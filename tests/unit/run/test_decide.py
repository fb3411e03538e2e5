"""What may be done when, and by whom."""

from __future__ import annotations

from runbook_tui.book.model import Change, Check, Gate, Phase, Runbook, Step
from runbook_tui.run import requests as r
from runbook_tui.run.decide import left_open
from runbook_tui.run.events import Actor
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import Refusal
from runbook_tui.run.several import status_of
from runbook_tui.run.state import Status
from tests.fakes.history import ADA, GRACE, LINUS, History
from tests.fakes.plans import chain, two_phases


def refusal(answer: object) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


def accepted(answer: object) -> None:
    assert not isinstance(answer, Refusal), answer


def first_phase(history: History) -> None:
    history.ran("merge")
    for node in ("look", "look-a", "look-b"):
        accepted(history.ask(r.TickNode(node=node)))
    history.ran("tag")
    accepted(history.ask(r.TickNode(node="calm")))


def test_the_order_of_a_toml_plan_holds() -> None:
    history = History(chain(3))
    answer = refusal(history.ask(r.StartStep(step="s1")))
    assert "Step 0" in answer.reason
    assert answer.exit_code == 4
    accepted(history.ask(r.StartStep(step="s0")))


def test_the_order_of_a_markdown_plan_is_advised_and_noted() -> None:
    history = History(chain(3, "markdown"))
    accepted(history.ask(r.StartStep(step="s2")))
    assert history.state.step("s2").out_of_order


def test_only_the_lead_starts_steps() -> None:
    history = History(chain(1))
    assert "only the lead" in refusal(history.ask(r.StartStep(step="s0"), GRACE)).reason


def test_everybody_may_tick_and_note() -> None:
    history = History(two_phases())
    history.ran("merge")
    accepted(history.ask(r.TickNode(node="look-a"), GRACE))
    accepted(history.ask(r.AddNote(text="seen", node="look"), LINUS))
    assert history.state.ticks["look-a"].by == GRACE


def test_a_manual_step_with_open_checks_waits_for_them_and_so_does_what_needs_it() -> None:
    history = History(two_phases())
    history.ran("merge")
    accepted(history.ask(r.TickNode(node="look")))
    assert history.state.step("look").status is Status.WAITING
    assert status_of(history.state, "tag") is Status.PENDING
    accepted(history.ask(r.TickNode(node="look-a")))
    assert history.state.step("look").status is Status.WAITING
    accepted(history.ask(r.TickNode(node="look-b")))
    assert history.state.step("look").status is Status.DONE
    assert status_of(history.state, "tag") is Status.READY


def test_a_gate_keeps_the_phase_shut_until_it_is_given() -> None:
    history = History(two_phases())
    first_phase(history)
    assert "sign-off: cto" in refusal(history.ask(r.StartStep(step="deploy"))).reason
    accepted(history.ask(r.SignNode(node="two", role="cto"), GRACE))
    assert gate_open(history.state, "two")
    accepted(history.ask(r.StartStep(step="deploy")))


def test_four_eyes_refuses_the_lead_for_a_gate() -> None:
    runbook = two_phases()
    history = History(runbook)
    first_phase(history)
    lead = refusal(history.ask(r.SignNode(node="two", role="cto"), ADA))
    assert "does not hold the role" in lead.reason


def test_four_eyes_refuses_the_person_who_ran_the_step() -> None:
    history = History(two_phases())
    history.ran("tag")
    assert "four eyes" in refusal(history.ask(r.SignNode(node="tag", role="qa"), ADA)).reason
    accepted(history.ask(r.SignNode(node="tag", role="qa"), LINUS))


def test_a_rejection_needs_a_comment_and_keeps_the_gate_shut() -> None:
    history = History(two_phases())
    first_phase(history)
    no = r.SignNode(node="two", role="cto", approve=False)
    assert refusal(history.ask(no, GRACE)).exit_code == 2
    accepted(history.ask(r.SignNode(node="two", role="cto", approve=False, comment="no"), GRACE))
    assert not gate_open(history.state, "two")


def test_skipping_what_is_required_needs_an_override_with_a_reason() -> None:
    history = History(two_phases())
    history.ran("merge")
    assert refusal(history.ask(r.SkipStep(step="look", reason=" "))).exit_code == 2
    accepted(history.ask(r.SkipStep(step="look", reason="seen yesterday")))
    assert "required" in refusal(history.ask(r.SkipStep(step="tag", reason="no"))).reason
    accepted(history.ask(r.SkipStep(step="tag", reason="no", override=True)))
    assert history.state.step("tag").overridden


def test_a_step_behind_a_shut_gate_cannot_be_skipped_by_the_way() -> None:
    history = History(two_phases())
    assert "gate" in refusal(history.ask(r.SkipStep(step="deploy", reason="x"))).reason
    assert history.state.step("deploy").status is Status.PENDING


def test_an_irreversible_step_asks_before_it_runs() -> None:
    history = History(two_phases())
    first_phase(history)
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    history.ran("deploy")
    question = history.ask(r.StartStep(step="migrate"))
    assert isinstance(question, r.ConfirmationNeeded)
    assert "old schema" in question.reason
    accepted(history.ask(r.StartStep(step="migrate", confirmed=True)))


def test_a_finished_step_is_not_run_again_and_a_failed_one_is() -> None:
    history = History(chain(2))
    history.ran("s0")
    assert "done already" in refusal(history.ask(r.StartStep(step="s0"))).reason
    history.ran("s1", exit_=1)
    accepted(history.ask(r.StartStep(step="s1")))
    assert history.state.step("s1").attempt == 2


def test_nothing_starts_while_a_rollback_runs() -> None:
    history = History(chain(2))
    history.ran("s0")
    accepted(history.ask(r.StartRollback(scope="run")))
    assert "rollback" in refusal(history.ask(r.StartStep(step="s1"))).reason


def test_nothing_to_roll_back_is_no_failure() -> None:
    assert refusal(History(chain(1)).ask(r.StartRollback(scope="run"))).exit_code == 0


def test_a_criterion_of_a_change_holds_its_phase_open() -> None:
    change = Change(
        id="c", title="C", criteria=(Check(id="k", title="K"),),
        steps=(Step(id="a", title="A", run="true"),),
    )  # fmt: skip
    after = Phase(id="q", title="Q", steps=(Step(id="b", title="B", run="true"),))
    history = History(
        Runbook(title="T", phases=(Phase(id="p", title="P", changes=(change,)), after))
    )
    history.ran("a")
    assert "comes first" in refusal(history.ask(r.StartStep(step="b"))).reason
    accepted(history.ask(r.TickNode(node="k")))
    accepted(history.ask(r.StartStep(step="b")))


def test_a_run_is_done_only_when_everything_is() -> None:
    history = History(two_phases())
    first_phase(history)
    assert "Deploy" in refusal(history.ask(r.FinishRun())).reason
    assert history.state.finished is None


def optional_book() -> Runbook:
    steps = (
        Step(id="a", title="A", run="true", undo="true"),
        Step(id="maybe", title="Maybe", run="true", undo="true", optional=True),
        Step(id="b", title="B", run="true", undo="true"),
    )
    return Runbook(title="T", phases=(
        Phase(id="p", title="P", steps=steps),
        Phase(id="q", title="Q", steps=(Step(id="c", title="C", run="true", undo="true"),)),
    ))  # fmt: skip


def test_what_is_optional_keeps_nothing_waiting_but_passes_on_what_it_needs() -> None:
    history = History(optional_book())
    assert "comes first" in refusal(history.ask(r.StartStep(step="b"))).reason
    history.ran("a")
    history.ran("b")
    history.ran("c")
    assert left_open(history.state) == []
    assert status_of(history.state, "maybe") is Status.READY


def test_an_optional_step_that_was_begun_must_be_ended() -> None:
    history = History(optional_book())
    history.ran("a")
    history.ran("maybe", exit_=1)
    assert "comes first" in refusal(history.ask(r.StartStep(step="b"))).reason


def test_finishing_the_run_leaves_out_what_is_optional() -> None:
    history = History(optional_book())
    for step in ("a", "b", "c"):
        history.ran(step)
    history.ask(r.FinishRun())
    assert history.state.step("maybe").status is Status.SKIPPED


def test_a_group_of_optional_steps_keeps_nothing_open() -> None:
    inner = tuple(Step(id=f"i{n}", title="I", optional=True) for n in range(3))
    group = Step(id="g", title="G", steps=inner)
    last = Step(id="z", title="Z", run="true", undo="true")
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=(group, last)),)))
    history.ran("z")
    assert left_open(history.state) == []


def test_the_gate_of_a_step_holds_the_steps_inside_it() -> None:
    inner = Step(id="i", title="I", run="true", undo="true")
    outer = Step(id="o", title="O", steps=(inner,), gate=Gate(roles=("cto",)))
    history = History(Runbook(
        title="T", roles={"cto": ("*",)}, phases=(Phase(id="p", title="P", steps=(outer,)),)
    ))  # fmt: skip
    assert "gate of “O”" in refusal(history.ask(r.StartStep(step="i"))).reason


def test_another_spelling_of_a_mail_is_not_another_person() -> None:
    history = History(two_phases())
    history.ran("tag")
    mail = Actor(name="Ada", email="ADA@Example.com")
    name = Actor(name="Somebody", email=ADA.email)
    for claim in (mail, name, Actor(name=" ada ")):
        answer = refusal(history.ask(r.SignNode(node="tag", role="qa"), claim))
        assert "four eyes" in answer.reason


def test_one_person_under_two_names_does_not_count_for_two() -> None:
    gate = Gate(roles=("qa",), count=2)
    step = Step(id="a", title="A", run="true", gate=gate)
    history = History(Runbook(
        title="T", roles={"qa": ("*",)}, phases=(Phase(id="p", title="P", steps=(step,)),)
    ))  # fmt: skip
    accepted(history.ask(r.SignNode(node="a", role="qa"), Actor(name="Li", email="li@x.org")))
    refusal(history.ask(r.SignNode(node="a", role="qa"), Actor(name="LINUS", email="LI@x.org")))
    assert not gate_open(history.state, "a")
    accepted(history.ask(r.SignNode(node="a", role="qa"), GRACE))
    assert gate_open(history.state, "a")


def grouped(**fields: object) -> History:
    inner = Step(id="i", title="I", run="true", undo="true", **fields)  # type: ignore[arg-type]
    outer = Step(id="o", title="O", steps=(inner, Step(id="j", title="J", run="true")))
    return History(Runbook(
        title="T", roles={"cto": ("*",)}, phases=(Phase(id="p", title="P", steps=(outer,)),)
    ))  # fmt: skip


def test_skipping_a_group_needs_the_override_of_all_that_is_inside() -> None:
    for fields in ({"required": True}, {"signoff": Gate(roles=("cto",))},
                   {"gate": Gate(roles=("cto",))}):  # fmt: skip
        history = grouped(**fields)
        assert "required" in refusal(history.ask(r.SkipStep(step="o", reason="no"))).reason
        accepted(history.ask(r.SkipStep(step="o", reason="no", override=True)))
        assert history.state.step("i").overridden


def test_a_step_inside_a_gated_one_is_not_skipped_around_the_gate() -> None:
    inner = Step(id="i", title="I", run="true", undo="true")
    outer = Step(id="o", title="O", steps=(inner,), gate=Gate(roles=("cto",)))
    history = History(Runbook(
        title="T", roles={"cto": ("*",)}, phases=(Phase(id="p", title="P", steps=(outer,)),)
    ))  # fmt: skip
    assert "required" in refusal(history.ask(r.SkipStep(step="i", reason="no"))).reason


def test_a_group_is_not_skipped_while_a_step_in_it_runs() -> None:
    history = grouped()
    accepted(history.ask(r.StartStep(step="i")))
    assert "“I” is running" in refusal(history.ask(r.SkipStep(step="o", reason="no"))).reason


def test_a_name_without_its_mail_is_no_second_person() -> None:
    step = Step(id="a", title="A", run="true", gate=Gate(roles=("qa",), count=2))
    history = History(Runbook(
        title="T", roles={"qa": ("*",)}, phases=(Phase(id="p", title="P", steps=(step,)),)
    ))  # fmt: skip
    for claim in (Actor(name="Li", email="li@x.org"), Actor(name="li")):
        history.ask(r.SignNode(node="a", role="qa"), claim)
    assert not gate_open(history.state, "a")
    accepted(history.ask(r.SignNode(node="a", role="qa"), GRACE))
    assert gate_open(history.state, "a")
