"""One run open in two places: only the lead's carries steps out, and nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from runbook_tui.book.model import Check, Gate, Step
from runbook_tui.run import requests as r
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Status
from tests.fakes.history import ADA, GRACE, LINUS
from tests.integration.session.scene import Scene, ask, book, refused, run_step
from tests.waiting import until

Make = Callable[..., Scene]
STEPS = (
    Step(id="a", title="A", run="echo a >> a.txt", undo="rm a.txt"),
    Step(id="b", title="B", checks=(Check(id="box", title="Box"),)),
)


def test_where_nobody_leads_no_command_is_started_that_nobody_would_carry_out(scene: Make) -> None:
    place = scene(book(*STEPS))
    beside = place.open(leads=False)
    answer = refused(beside, r.StartStep(step="a"))
    assert answer.exit_code == 4
    assert "nobody leads" in answer.reason
    assert f"runbook resume {place.run}" in answer.hint
    assert not beside.leads
    assert "step.started" not in place.types()


def test_the_lead_in_a_second_terminal_is_sent_to_the_first(scene: Make) -> None:
    place = scene(book(*STEPS))
    lead = place.open()
    beside = place.open(leads=False)
    answer = refused(beside, r.StartStep(step="a"))
    assert answer.exit_code == 4
    assert "led in another place" in answer.reason
    assert ADA.identity in answer.reason
    ask(lead, r.StartStep(step="a"))
    until(lambda: beside.state.step("a").status is Status.DONE, what="a done")
    ask(beside, r.TickNode(node="b"))


def test_who_does_not_lead_is_told_what_they_may_do(scene: Make) -> None:
    place = scene(book(*STEPS))
    lead = place.open()
    beside = place.open(leads=False, actor=GRACE)
    for answer in (
        refused(beside, r.StartStep(step="a")),
        lead.ask(r.StartStep(step="a"), GRACE).result(60),
        refused(beside, r.SkipStep(step="a", reason="no")),
    ):
        assert isinstance(answer, Refusal)
        assert answer.exit_code == 4
        assert "only the lead may" in answer.reason
        assert "Ada" in answer.reason
        assert "tick, note, sign" in answer.hint


def test_what_two_do_at_the_same_moment_happens_once(scene: Make) -> None:
    gated = Step(id="g", title="G", run="true", undo="true", gate=Gate(roles=("qa",), count=2))
    place = scene(book(gated, *STEPS, roles={"qa": ("*",)}))
    sessions = [place.open(), *(place.open(leads=False, actor=who) for who in (GRACE, LINUS))]
    request = r.SignNode(node="g", role="qa")
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda s: s.ask(request).result(60), sessions))
    assert sum(not isinstance(a, Refusal) for a in answers) == 2
    late = next(a for a in answers if isinstance(a, Refusal))
    assert "open already" in late.reason
    assert place.types().count("gate.opened") == 1
    for step in ("g", "a"):
        run_step(sessions[0], step)
    ask(sessions[0], r.StartStep(step="b"))
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda s: s.ask(r.TickNode(node="box")).result(60), sessions))
    assert sum(not isinstance(a, Refusal) for a in answers) == 1
    assert place.types().count("check.ticked") == 1


def test_a_second_lead_is_turned_away_and_the_first_is_named(scene: Make) -> None:
    place = scene(book(*STEPS))
    first = place.open()
    second = place.made(actor=GRACE)
    assert not second.open(resume=True)
    assert ADA.identity in second.lead.lock.holder()
    assert "lead.handed_over" not in place.types()
    first.close()
    assert second.open(resume=True)
    assert second.state.lead is not None
    assert second.state.lead.key == GRACE.key
