"""Four eyes hold in whatever order people sign, lead, run, hand over, try again and roll back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.counting import why_shut
from runbook_tui.run.events import Actor, Event
from runbook_tui.run.finishing import conclude, waits_for
from runbook_tui.run.order import blockers, closed, gate_open
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Status
from runbook_tui.session.opening import resumption
from tests.fakes.history import ADA, GRACE, LINUS, History

BOB = Actor(name="Bob", email="bob@example.com")
LOUD_GRACE = Actor(name="G. Hopper", email="GRACE@Example.com")
BARE_BOB = Actor(name="bob")
CLAIMS = (ADA, GRACE, LINUS, BOB, LOUD_GRACE, BARE_BOB)
TWO = Gate(roles=("qa",), count=2, four_eyes=True)
ONE = Gate(roles=("qa",), four_eyes=True)


def plan() -> Runbook:
    """A phase with sign-offs, then one behind a gate, and in it a step behind one of its own."""
    return Runbook(
        title="T",
        roles={"qa": ("*",)},
        phases=(
            Phase(id="one", title="One", signoff=ONE, steps=(
                Step(id="build", title="Build", run="true", undo="true", signoff=ONE),
                Step(id="hand", title="Hand"),
            )),
            Phase(id="two", title="Two", gate=TWO, steps=(
                Step(id="tidy", title="Tidy"),
                Step(id="deploy", title="Deploy", run="true", undo="true", gate=ONE),
                Step(id="last", title="Last", run="true", undo="true"),
            )),
        ),
    )  # fmt: skip


INSIDE = {"one": {"build", "hand"}, "two": {"tidy", "deploy", "last"}}
STEPS = ("build", "hand", "tidy", "deploy", "last")


class Crew:
    """A run and the people in it; each deed may be refused."""

    def __init__(self) -> None:
        self.history = History(plan())

    @property
    def lead(self) -> Actor:
        """Who leads now."""
        assert self.history.state.lead is not None
        return self.history.state.lead

    def ask(self, request: r.Request, who: Actor) -> object:
        """Ask; how a step of hands is taken back is recorded with its start, as ever."""
        answer = self.history.ask(request, who)
        for event in () if isinstance(answer, Refusal) else answer:
            if event.type == "step.started" and self._by_hand(event.step or ""):
                self.history.add(e.UndoArmed(kind="manual"), event.step, who)
        return answer

    def sign(self, who: Actor, node: str, approve: bool = True) -> object:
        """Decide on what a node asks for now."""
        request = r.SignNode(node=node, role="qa", approve=approve, comment="so it is")
        return self.ask(request, who)

    def hand_over(self, to: Actor) -> None:
        """Somebody resumes the run, and leads from there on."""
        for payload, step in resumption(self.history.state, to):
            self.history.add(payload, step, to)

    def run(self, who: Actor, step: str, ok: bool = True) -> object:
        """Start a step and let it end, as the session does."""
        answer = self.ask(r.StartStep(step=step), who)
        if isinstance(answer, Refusal) or self._by_hand(step):
            return answer
        attempt, folder = self.history.state.step(step).attempt, f"/runs/{len(self.history.events)}"
        add = self.history.add
        add(e.UndoArmed(kind="command", text="true"), step, who)
        add(e.CommandStarted(attempt=attempt, kind="run", text="true", cwd="/", shell=("sh",),
                             folder=folder), step, who)  # fmt: skip
        add(e.CommandFinished(attempt=attempt, kind="run", folder=folder, exit=0 if ok else 1),
            step, who)  # fmt: skip
        ends = conclude(self.history.state, step) if ok else None
        for payload, about in ends or [(e.StepFinished(result="failed"), step)]:
            add(payload, about, who)
        return answer

    def _by_hand(self, step: str) -> bool:
        return self.history.state.outline.steps[step].manual

    def roll_back(self, who: Actor, scope: str, node: str) -> None:
        """Take back what ran in a scope, all of it well."""
        if isinstance(self.history.ask(r.StartRollback(scope=scope, node=node), who), Refusal):
            return
        assert self.history.state.rollback is not None
        for step in self.history.state.rollback.steps:
            self.history.add(e.UndoStarted(), step, who)
            self.history.add(e.UndoFinished(result="done", exit=0), step, who)
        self.history.add(e.RollbackFinished(result="complete"), None, who)


def crew_before_two() -> Crew:
    """A crew led by Ada that has closed the first phase, Linus having signed."""
    crew = Crew()
    crew.run(ADA, "build")
    crew.sign(LINUS, "build")
    crew.ask(r.TickNode(node="hand"), ADA)
    crew.sign(LINUS, "one")
    assert closed(crew.history.state, "one")
    return crew


def refused(answer: object, *words: str) -> bool:
    """Whether it was refused by a rule, in these words."""
    return isinstance(answer, Refusal) and answer.exit_code == 4 and all(
        word in f"{answer.reason} {answer.hint}" for word in words
    )  # fmt: skip


def test_who_signs_a_gate_and_then_takes_the_lead_is_not_counted_for_it() -> None:
    crew = crew_before_two()
    crew.sign(GRACE, "two")
    crew.hand_over(GRACE)
    crew.sign(LINUS, "two")
    assert not gate_open(crew.history.state, "two")
    assert refused(crew.run(GRACE, "tidy"), "approved by Grace", "led", "four eyes", "qa")
    assert refused(crew.sign(GRACE, "two"), "four eyes")
    crew.sign(BOB, "two")
    assert gate_open(crew.history.state, "two")
    assert not isinstance(crew.run(GRACE, "tidy"), Refusal)


def test_a_gate_that_was_opened_shuts_again_when_who_signed_it_takes_the_lead() -> None:
    crew = crew_before_two()
    crew.sign(GRACE, "two")
    crew.sign(LINUS, "two")
    assert not isinstance(crew.run(ADA, "tidy"), Refusal)
    crew.hand_over(LOUD_GRACE)
    assert not gate_open(crew.history.state, "two")
    assert crew.history.state.step("tidy").status is Status.RUNNING
    crew.ask(r.TickNode(node="tidy"), LOUD_GRACE)
    assert refused(crew.run(LOUD_GRACE, "deploy"), "approved by Grace", "led")
    crew.hand_over(ADA)
    assert refused(crew.run(ADA, "deploy"), "approved by Grace", "led")
    crew.sign(BOB, "two")
    crew.sign(BOB, "deploy")
    assert not isinstance(crew.run(ADA, "deploy"), Refusal)


def test_an_override_with_its_reason_opens_what_four_eyes_shut() -> None:
    crew = crew_before_two()
    crew.sign(GRACE, "two")
    crew.hand_over(GRACE)
    crew.ask(r.OverrideGate(node="two", reason="Ada is ill"), GRACE)
    assert not isinstance(crew.run(GRACE, "tidy"), Refusal)
    assert crew.history.state.overridden_gates == {"two": "Ada is ill"}


def test_who_signed_a_gate_does_not_do_by_hand_what_it_holds() -> None:
    crew = crew_before_two()
    crew.sign(GRACE, "two")
    crew.sign(LINUS, "two")
    crew.run(ADA, "tidy")
    assert refused(crew.ask(r.TickNode(node="tidy"), GRACE), "four eyes", "Two")
    assert not isinstance(crew.ask(r.TickNode(node="tidy"), BOB), Refusal)
    assert gate_open(crew.history.state, "two")


def test_who_says_that_work_of_hands_is_done_does_not_sign_it_off() -> None:
    step = Step(id="a", title="A", signoff=ONE)
    phase = Phase(id="p", title="P", steps=(step,))
    history = History(Runbook(title="T", roles={"qa": ("*",)}, phases=(phase,)))
    history.ask(r.StartStep(step="a"))
    history.ask(r.SignNode(node="a", role="qa"), GRACE)
    history.ask(r.TickNode(node="a"), GRACE)
    assert history.state.step("a").status is Status.WAITING
    assert refused(history.ask(r.SignNode(node="a", role="qa"), GRACE), "four eyes", "ran it")
    history.ask(r.SignNode(node="a", role="qa"), BOB)
    assert history.state.step("a").status is Status.DONE


def test_a_sign_off_is_of_the_attempt_that_was_seen() -> None:
    """Approved as it was, tried again by the one who approved, or by anybody: not approved."""
    for again in (GRACE, ADA):
        crew = Crew()
        crew.run(ADA, "build", ok=False)
        crew.sign(GRACE, "build")
        crew.hand_over(again)
        crew.run(again, "build")
        assert crew.history.state.step("build").status is Status.WAITING
        assert "sign-off" in waits_for(crew.history.state, "build")
        crew.sign(LINUS, "build")
        assert crew.history.state.step("build").status is Status.DONE


def test_what_was_tried_again_by_hand_is_not_signed_off_by_an_earlier_approval() -> None:
    step = Step(id="a", title="A", signoff=Gate(roles=("qa",)))
    phase = Phase(id="p", title="P", steps=(step,))
    history = History(Runbook(title="T", roles={"qa": ("*",)}, phases=(phase,)))
    history.ask(r.FinishStep(step="a", failed="it broke"))
    history.ask(r.SignNode(node="a", role="qa"), BOB)
    history.ask(r.TickNode(node="a"))
    assert history.state.step("a").status is Status.WAITING


def test_a_phase_is_not_signed_off_by_who_left_its_steps_out() -> None:
    crew = Crew()
    for step in ("build", "hand"):
        crew.ask(r.SkipStep(step=step, reason="no time", override=True), ADA)
    assert refused(crew.sign(ADA, "one"), "four eyes", "left")
    crew.sign(LINUS, "one")
    assert closed(crew.history.state, "one")


def test_a_phase_is_not_signed_off_before_what_is_in_it_is_over() -> None:
    crew = Crew()
    assert refused(crew.sign(LINUS, "one"), "still open", "Build", "Hand")
    assert not isinstance(crew.sign(LINUS, "one", approve=False), Refusal)


def test_a_phase_whose_step_was_taken_back_is_signed_off_anew() -> None:
    crew = crew_before_two()
    crew.roll_back(ADA, "step", "hand")
    crew.ask(r.SkipStep(step="hand", reason="not now"), ADA)
    assert not closed(crew.history.state, "one")
    assert refused(crew.run(ADA, "tidy"), "One")


who = st.sampled_from(CLAIMS)
deeds = st.one_of(
    st.tuples(st.just("sign"), who, st.sampled_from(("one", "two", "build", "deploy"))),
    st.tuples(st.just("reject"), who, st.sampled_from(("two", "build"))),
    st.tuples(st.just("hand over"), who, st.just("")),
    st.tuples(st.sampled_from(("run", "run", "fail")), st.none(), st.sampled_from(STEPS)),
    st.tuples(st.just("run"), who, st.sampled_from(STEPS)),
    st.tuples(st.just("push on"), st.none(), st.sampled_from(STEPS)),
    st.tuples(st.just("tick"), who, st.sampled_from(("hand", "tidy"))),
    st.tuples(st.sampled_from(("skip", "override")), st.none(), st.sampled_from(STEPS)),
    st.tuples(st.just("back"), who, st.sampled_from(("", "one", "two", *STEPS))),
)
FAR = (
    ("sign", GRACE, "two"), ("sign", LINUS, "two"), ("run", ADA, "tidy"), ("tick", BOB, "tidy"),
    ("sign", LOUD_GRACE, "deploy"), ("fail", ADA, "deploy"),
)  # fmt: skip
"""How a run goes well for a while, so that any history also begins in the middle of one."""
PERSON = {LOUD_GRACE.identity: "Grace", BARE_BOB.identity: "Bob"}


def do(crew: Crew, deed: str, actor: Actor | None, node: str) -> None:
    """One deed; without an actor it is the lead's."""
    by = actor or crew.lead
    if deed in {"sign", "reject"}:
        crew.sign(by, node, approve=deed == "sign")
    elif deed == "hand over":
        crew.hand_over(by)
    elif deed in {"run", "fail"}:
        crew.run(by, node, ok=deed == "run")
    elif deed == "push on":
        for claim in CLAIMS:
            for holder in crew.history.state.outline.holders(node):
                crew.sign(claim, holder)
        crew.run(by, node)
    elif deed == "tick":
        crew.ask(r.TickNode(node=node), by)
    elif deed == "back":
        scope = "run" if not node else "phase" if node in INSIDE else "step"
        crew.roll_back(by, scope, node)
    else:
        crew.ask(r.SkipStep(step=node, reason="why", override=deed == "override"), by)


def person(actor: Actor) -> str:
    """Who somebody is behind what they call themselves."""
    return PERSON.get(actor.identity, actor.name)


def approving(events: Sequence[Event], node: str, kind: str) -> set[str]:
    """Whose last word on a node was yes, taken from the journal alone."""
    last: dict[str, bool] = {}
    for event in events:
        payload = event.payload
        if isinstance(payload, e.SignoffGiven) and (payload.node, payload.kind) == (node, kind):
            last[person(event.actor)] = payload.decision == "approved"
    return {name for name, yes in last.items() if yes}


def led(events: Sequence[Event]) -> set[str]:
    """Everybody who has led."""
    found = {person(events[0].actor)}
    for event in events:
        if isinstance(event.payload, e.LeadHandedOver):
            found.add(person(Actor(name=event.payload.name, email=event.payload.email)))
    return found


def worked(events: Sequence[Event], steps: set[str]) -> set[str]:
    """Everybody who has started or left out one of the steps."""
    kinds = (e.StepStarted, e.StepSkipped)
    return {person(ev.actor) for ev in events if ev.step in steps and isinstance(ev.payload, kinds)}


def since_rollback(events: Sequence[Event], nodes: set[str]) -> Sequence[Event]:
    """The events after the last rollback of a scope that holds one of these nodes."""
    first, scope = 0, ""
    for place, event in enumerate(events):
        if isinstance(event.payload, e.RollbackStarted):
            scope = event.payload.node
        elif isinstance(event.payload, e.RollbackFinished) and (not scope or scope in nodes):
            first = place + 1
    return events[first:]


@settings(max_examples=400, deadline=None)
@given(st.lists(deeds, min_size=2, max_size=25), st.integers(0, len(FAR)))
@pytest.mark.thorough
def test_nobody_both_signs_and_leads_or_runs_in_whatever_order(
    asked: list[tuple[str, Actor | None, str]], begun: int
) -> None:
    crew = crew_before_two() if begun else Crew()
    for deed, actor, node in (*FAR[:begun], *asked):
        do(crew, deed, actor, node)
    events = crew.history.events
    for place, event in enumerate(events):
        before = events[:place]
        if isinstance(event.payload, e.StepStarted) and event.step in INSIDE["two"]:
            fresh = since_rollback(before, {"two"})
            eyes = approving(fresh, "two", "gate") - led(before) - worked(before, INSIDE["two"])
            assert len(eyes) >= 2
            closing = approving(before, "one", "sign-off") - worked(before, INSIDE["one"])
            assert closing
        if isinstance(event.payload, e.StepStarted) and event.step == "deploy":
            fresh = since_rollback(before, {"two", "deploy"})
            assert approving(fresh, "deploy", "gate") - led(before) - worked(before, {"deploy"})
        if event.type == "step.finished" and event.step == "build":
            assert isinstance(event.payload, e.StepFinished)
            starts = [n for n, ev in enumerate(before)
                      if ev.step == "build" and ev.type == "step.started"]  # fmt: skip
            seen = approving(before[starts[-1]:], "build", "sign-off")  # fmt: skip
            assert event.payload.result == "failed" or seen - worked(before, {"build"})
    assert crew.history.refold() == crew.history.state
    assert blockers(crew.history.refold(), "last") == blockers(crew.history.state, "last")


def test_an_approval_that_lacks_a_key_is_not_said_to_fail_by_four_eyes() -> None:
    gate = Gate(roles=("qa",), four_eyes=True, signed=True)
    steps = (Step(id="a", title="A", run="true", undo="true"),)
    phases = (Phase(id="p", title="P", gate=gate, steps=steps),)
    history = History(Runbook(title="T", roles={"qa": ("*",)}, phases=phases))
    history.add(e.SignoffGiven(node="p", role="qa", decision="approved", kind="gate"), None, GRACE)
    assert why_shut(history.state, "p") == "was approved by Grace, who has not signed with a key"
