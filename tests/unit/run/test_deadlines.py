"""A decision has its time: when that begins, that it denies once it is over, and what is left."""

from __future__ import annotations

import dataclasses

import pytest

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.deadlines import GATE, SIGN_OFF, explained, pending, refused
from runbook_tui.run.events import Actor
from runbook_tui.run.order import blockers, gate_open, signed
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Status
from runbook_tui.run.weakening import loosened, more_hold, weakened
from tests.fakes.history import ADA, GRACE, LINUS, START, History

WITHIN = 10.0
QA = {"qa": ("*",), "dba": ("Grace <grace@example.com>",)}


def gated(**more: object) -> History:
    """A phase, then one behind a gate that has ten seconds; an event takes one."""
    gate = Gate(roles=("qa",), within=WITHIN, **more)  # type: ignore[arg-type]
    one = Phase(id="p", title="P", steps=(Step(id="a", title="A", run="true", undo="true"),))
    behind = (Step(id="b", title="B", run="./deploy", undo="true"),
              Step(id="c", title="C", run="true", undo="true"))  # fmt: skip
    two = Phase(id="q", title="Q", gate=gate, steps=behind)
    return History(Runbook(title="T", roles=QA, phases=(one, two)), {"version": "1"})


def now(history: History) -> float:
    """The moment of the newest event."""
    return START + len(history.events)


def wait(history: History, seconds: int) -> None:
    """Let time go by in which nothing of this happens."""
    for _ in range(seconds):
        history.add(e.NoteAdded(text="…"))


def approve(history: History, node: str = "q", actor: Actor = GRACE) -> Refusal | object:
    """Ask as a session does: what is too late is refused before it is decided."""
    request = r.SignNode(node=node, role="qa")
    return refused(history.state, request, now(history) + 1) or history.ask(request, actor)


def test_its_time_begins_with_the_last_thing_that_comes_before_it() -> None:
    history = gated()
    wait(history, 20)
    assert pending(history.state, "q", GATE) is None
    history.ran("a")
    found = pending(history.state, "q", GATE)
    assert found is not None
    assert found.until == now(history) + WITHIN
    wait(history, 5)
    assert pending(history.state, "q", GATE) == found
    assert pending(history.refold(), "q", GATE) == found


def test_in_time_it_opens_and_later_it_is_denied() -> None:
    history = gated()
    history.ran("a")
    wait(history, 9)
    approve(history)
    assert gate_open(history.state, "q")

    history = gated()
    history.ran("a")
    wait(history, 10)
    answer = approve(history)
    assert isinstance(answer, Refusal)
    assert "denied since" in answer.reason
    assert "not approved within 10 s" in answer.reason
    assert "runbook ask 20260101-cafe q --reason" in answer.hint
    assert "runbook override 20260101-cafe q" in answer.hint
    start = r.StartStep(step="b")
    no = history.ask(start)
    assert isinstance(no, Refusal)
    assert "denied since" in explained(history.state, start, no, now(history) + 1).reason


def test_a_rejection_may_come_at_any_time() -> None:
    history = gated()
    history.ran("a")
    wait(history, 30)
    request = r.SignNode(node="q", role="qa", approve=False, comment="no")
    assert refused(history.state, request, now(history)) is None


def test_an_approval_that_stands_in_the_journal_and_is_late_opens_nothing() -> None:
    honest = gated()
    honest.ran("a")
    approve(honest)
    given, opened = (event.payload for event in honest.events[-2:])
    forged = gated()
    forged.ran("a")
    wait(forged, 30)
    forged.add(given, None, GRACE)
    forged.add(opened, None, GRACE)
    assert not gate_open(forged.state, "q")
    assert "came after its time" in blockers(forged.state, "b")[0]
    # Not even once there is time again.
    forged.ask(r.AskAnew(node="q", reason="again"))
    assert not gate_open(forged.state, "q")
    approve(forged, actor=LINUS)
    assert gate_open(forged.state, "q")


def test_the_lead_asks_anew_with_a_reason_and_its_time_begins_again() -> None:
    history = gated()
    history.ran("a")
    wait(history, 30)
    for reason in ("", "  ", "\u200b"):
        answer = history.ask(r.AskAnew(node="q", reason=reason))
        assert isinstance(answer, Refusal)
        assert answer.exit_code == 2
    assert isinstance(history.ask(r.AskAnew(node="q", reason="x"), GRACE), Refusal)
    history.ask(r.AskAnew(node="q", reason="Grace was asleep"))
    found = pending(history.state, "q", GATE)
    assert found is not None
    assert found.until == now(history) + WITHIN
    approve(history)
    assert gate_open(history.state, "q")


def test_who_approved_in_time_need_not_again_where_others_were_late() -> None:
    history = gated(count=2)
    history.ran("a")
    approve(history)
    wait(history, 30)
    assert isinstance(approve(history, actor=LINUS), Refusal)
    history.ask(r.AskAnew(node="q", reason="Linus was on the way"))
    approve(history, actor=LINUS)
    assert gate_open(history.state, "q")


def test_nothing_is_asked_anew_that_is_not_asked() -> None:
    history = gated()
    for node, words in (("q", "now"), ("p", "limits no time"), ("x", "nothing called")):
        answer = history.ask(r.AskAnew(node=node, reason="why not"))
        assert isinstance(answer, Refusal)
        assert words in answer.reason


def test_an_override_opens_a_gate_that_was_denied() -> None:
    history = gated()
    history.ran("a")
    wait(history, 30)
    history.ask(r.OverrideGate(node="q", reason="it burns"))
    assert gate_open(history.state, "q")


def test_a_sign_off_has_its_time_from_the_end_of_the_work() -> None:
    signoff = Gate(roles=("qa",), within=WITHIN)
    step = Step(id="a", title="A", run="true", undo="true", signoff=signoff)
    history = History(
        Runbook(title="T", roles=QA, phases=(Phase(id="p", title="P", steps=(step,)),))
    )
    history.add(e.StepStarted(attempt=1), "a")
    wait(history, 20)
    assert pending(history.state, "a", SIGN_OFF) is None
    # The command had ended long before anybody looked: people could decide only from then on.
    history.add(e.StepWaiting(ended="2020-01-01T00:00:00+00:00"), "a")
    found = pending(history.state, "a", SIGN_OFF)
    assert found is not None
    assert found.until == now(history) + WITHIN
    wait(history, 11)
    assert isinstance(approve(history, "a"), Refusal)
    history.ask(r.AskAnew(node="a", reason="again"))
    approve(history, "a")
    assert signed(history.state, "a")
    assert history.state.step("a").status is Status.DONE


def test_a_gate_inside_another_waits_for_that_one_first() -> None:
    inner = Step(id="a", title="A", run="true", gate=Gate(roles=("qa",), within=WITHIN))
    phase = Phase(id="p", title="P", gate=Gate(roles=("dba",)), steps=(inner,))
    for pass_ in (r.SignNode(node="p", role="dba"), r.OverrideGate(node="p", reason="now")):
        history = History(Runbook(title="T", roles=QA, phases=(phase,)))
        wait(history, 30)
        assert pending(history.state, "a", GATE) is None
        history.ask(pass_, GRACE if isinstance(pass_, r.SignNode) else ADA)
        found = pending(history.state, "a", GATE)
        assert found is not None
        assert found.until == now(history) + WITHIN


def test_a_rollback_shuts_a_gate_and_its_time_begins_anew() -> None:
    history = gated()
    history.ran("a")
    approve(history)
    history.ran("b")
    wait(history, 30)
    history.add(e.RollbackStarted(scope="phase", node="q", steps=("b",)))
    history.add(e.UndoStarted(), "b")
    history.add(e.UndoFinished(result="done"), "b")
    history.add(e.RollbackFinished(result="complete", remaining=(), seconds=1.0))
    assert not gate_open(history.state, "q")
    found = pending(history.state, "q", GATE)
    assert found is not None
    assert found.until == now(history) + WITHIN


@pytest.mark.parametrize("decided", ["approved", "overridden"])
def test_another_value_than_was_signed_shuts_the_gate_again(decided: str) -> None:
    history = gated()
    history.ran("a")
    if decided == "approved":
        approve(history)
    else:
        history.ask(r.OverrideGate(node="q", reason="now"))
    history.ask(r.GiveValue(name="version", value="1"))
    assert gate_open(history.state, "q")
    history.ask(r.GiveValue(name="version", value="2"))
    assert not gate_open(history.state, "q")
    assert isinstance(history.ask(r.StartStep(step="b")), Refusal)


def test_a_value_that_was_open_when_it_was_signed_takes_nothing_away() -> None:
    history = gated()
    history.ran("a")
    approve(history)
    history.ask(r.GiveValue(name="other", value="1"))
    assert gate_open(history.state, "q")


def test_who_changes_their_mind_says_in_place_of_what() -> None:
    history = gated()
    history.ran("a")
    history.ask(r.SignNode(node="q", role="qa", approve=False, comment="not yet"), GRACE)
    rejected = history.events[-1].seq
    approve(history)
    given = history.events[-2].payload
    assert isinstance(given, e.SignoffGiven)
    assert given.instead == rejected
    assert history.state.signoffs[-1].instead == rejected
    assert isinstance(approve(history), Refusal)


def test_what_was_shown_and_is_another_by_now_is_not_signed() -> None:
    history = gated()
    history.ran("a")
    request = r.SignNode(node="q", role="qa", seen="of something else")
    answer = history.ask(request, GRACE)
    assert isinstance(answer, Refusal)
    assert "not what you were shown" in answer.reason
    history.ask(dataclasses.replace(request, seen=""), GRACE)
    given = history.events[-2].payload
    assert isinstance(given, e.SignoffGiven)
    other = gated()
    other.ran("a")
    other.ask(dataclasses.replace(request, seen=given.signed_digest), GRACE)
    assert gate_open(other.state, "q")


@pytest.mark.parametrize("nothing", ["", " \t", "\u200b\u2060", "\u00a0"])
def test_a_reason_that_nobody_can_see_is_none(nothing: str) -> None:
    history = gated()
    for request in (
        r.SignNode(node="q", role="qa", approve=False, comment=nothing),
        r.OverrideGate(node="q", reason=nothing),
        r.SkipStep(step="a", reason=nothing),
    ):
        answer = history.ask(request, GRACE if isinstance(request, r.SignNode) else ADA)
        assert isinstance(answer, Refusal)
        assert answer.exit_code == 2


def test_a_role_that_others_hold_by_another_plan_is_one_that_asks_less() -> None:
    old = {"qa": ("Grace <grace@example.com>", "Linus"), "all": ("*",)}
    same = {"qa": ("Grace Hopper <GRACE@example.com>",), "all": ("Ada", "*")}
    assert more_hold(old, same) == frozenset()
    for wider in (("*",), ("Ada <ada@example.com>",), ("Grace <other@example.com>",)):
        assert more_hold(old, {"qa": wider}) == {"qa"}
    history = gated()
    outline = history.state.outline
    assert loosened(history.state, outline, frozenset()) == ()
    assert loosened(history.state, outline, frozenset({"qa"})) == ("Q",)
    assert weakened(outline, outline, frozenset({"qa"})) == ()
    keyed = gated(signed=True).state.outline
    assert weakened(keyed, keyed, frozenset({"qa"})) == ("Q",)
