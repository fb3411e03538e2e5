"""The watches of an open run: real probes, a real journal, a server that changes its mind."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from runbook_tui.book.model import (
    Check,
    Gate,
    Parameter,
    Phase,
    Probe,
    Runbook,
    Secret,
    Step,
    Watch,
)
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.finishing import failed_probes
from runbook_tui.run.order import blockers
from runbook_tui.run.state import Status
from runbook_tui.run.watching import Standing
from runbook_tui.session.session import Session
from tests.fakes.answers import Answers, answer
from tests.fakes.history import GRACE
from tests.integration.session.scene import Scene, ask, book, refused, run_step
from tests.waiting import until

Make = Callable[..., Scene]


@pytest.fixture
def server() -> Iterator[Answers]:
    made = Answers(answer('{"rate": 99.5}'))
    yield made
    made.close()


def says(server: Answers, rate: object) -> None:
    server.act = answer(f'{{"rate": {rate}}}')


def watch(server: Answers, **keys: Any) -> Watch:
    probe = Probe(http={"url": server.url, "json": "rate"})
    return Watch(id="w", title="Rate", **{"probe": probe, "every": 0.05, "below": 99.0, **keys})


def step(id_: str, **keys: Any) -> Step:
    return Step(id=id_, title=id_.upper(), **{"run": "true", "undo": "true", **keys})


def stands(session: Session) -> Standing | None:
    found = session.measured().get("w")
    return found.track.standing if found is not None else None


def payloads(scene: Scene, kind: type[e.Payload]) -> list[Any]:
    return [x.payload for x in scene.journal.events(scene.run) if isinstance(x.payload, kind)]


def test_a_breach_and_its_end_are_recorded_by_whoever_leads(scene: Make, server: Answers) -> None:
    made = scene(book(step("a"), step("b"), watches=(watch(server, samples=2),)))
    session = made.open()
    other = made.open(leads=False, actor=GRACE)
    run_step(session, "a")
    until(lambda: stands(session) is Standing.GOOD)
    says(server, 98.0)
    until(lambda: session.state.breached)
    until(lambda: other.state.breached)
    says(server, 99.5)
    until(lambda: not session.state.breached)
    (breach,) = payloads(made, e.WatchBreached)
    assert breach.samples[-2:] == (98.0, 98.0)
    assert breach.before_start is None
    assert other.measured() == {}
    session.close()
    (sampled,) = payloads(made, e.WatchSampled)
    assert sampled.taken["w"] >= len(sampled.samples["w"])
    assert {letter for _, _, letter in sampled.samples["w"]} >= {"g", "i", "b"}


def test_a_watch_that_is_breached_is_still_so_for_whoever_leads_next(
    scene: Make, server: Answers
) -> None:
    made = scene(book(step("a"), step("b"), watches=(watch(server),)))
    says(server, 98.0)
    session = made.open()
    until(lambda: session.state.breached)
    session.close()
    again = made.open()
    until(lambda: "w" in again.measured() and again.measured()["w"].track.last)
    says(server, 99.5)
    until(lambda: not again.state.breached)
    assert len(payloads(made, e.WatchBreached)) == 1
    assert payloads(made, e.WatchBreached)[0].before_start


@pytest.mark.parametrize("rate", ['"99.5"', "NaN", "1e999", "null", "[1]"])
def test_one_that_lies_is_unknown(scene: Make, server: Answers, rate: str) -> None:
    made = scene(book(step("a"), watches=(watch(server, error_limit=2),)))
    says(server, rate)
    session = made.open()
    until(lambda: session.state.watches.get("w"))
    found = session.state.watches["w"]
    assert found.standing is Standing.UNKNOWN
    assert found.reason


def test_a_gate_stays_shut_while_it_is_breached(scene: Make, server: Answers) -> None:
    runbook = Runbook(
        title="T",
        phases=(Phase(id="p", title="P", steps=(step("a"),), gate=Gate(roles=("cto",))),),
        roles={"cto": ("*",)},
        watches=(watch(server, on_breach="block"),),
    )
    says(server, 98.0)
    session = scene(runbook).open()
    until(lambda: session.state.breached)
    session.ask(r.SignNode(node="p", role="cto"), GRACE).result(60)
    assert "held shut" in refused(session, r.StartStep(step="a")).reason
    ask(session, r.OverrideWatch(watch="w", reason="a wave that we know"))
    assert blockers(session.state, "a") == ()
    run_step(session, "a")


@pytest.mark.parametrize("allowed", [True, False])
def test_a_rollback_starts_by_itself_only_where_that_was_allowed(
    scene: Make, server: Answers, allowed: bool
) -> None:
    runbook = book(step("a", run="touch made", undo="rm made"), step("b"),
                   watches=(watch(server, on_breach="rollback"),))  # fmt: skip
    made = scene(runbook, automatic_rollback=allowed)
    session = made.open()
    run_step(session, "a")
    until(lambda: stands(session) is Standing.GOOD)
    says(server, 98.0)
    until(lambda: session.state.breached)
    if not allowed:
        seen = len(server.requests)
        until(lambda: len(server.requests) > seen + 10)
        assert session.state.rollback is None
        return
    until(lambda: session.state.rollback is not None and session.state.rollback.finished)
    assert not (made.work / "made").exists()
    (started,) = payloads(made, e.RollbackStarted)
    assert started.watch == "w"
    assert session.state.breached
    seen = len(server.requests)
    until(lambda: len(server.requests) > seen + 10)
    assert len(payloads(made, e.RollbackStarted)) == 1


def test_a_rollback_that_is_due_starts_though_nothing_more_can_be_recorded(
    scene: Make, server: Answers
) -> None:
    server.act = answer('{"rate": 99.5, "other": 99.5}')
    other = Probe(http={"url": server.url, "json": "other"})
    late = dataclasses.replace(watch(server, probe=other), id="v")
    due = watch(server, on_breach="rollback", respond_within=1.0)
    made = scene(book(step("a", run="touch made", undo="rm made"), step("b"), watches=(due, late)),
                 automatic_rollback=True)  # fmt: skip
    session = made.open()
    run_step(session, "a")
    until(lambda: len(session.measured()) == 2 and stands(session) is Standing.GOOD)
    server.act = answer('{"rate": 98.0, "other": 99.5}')
    until(lambda: session.state.breached)
    with closing(sqlite3.connect(made.folder / "home" / "journal.db")) as db:
        refuses = "BEFORE INSERT ON event BEGIN SELECT RAISE(FAIL, 'the disk is full'); END"
        db.execute(f"CREATE TRIGGER full {refuses}")
        db.commit()
        server.act = answer('{"rate": 98.0, "other": 98.0}')
        until(lambda: not (made.work / "made").exists())
        assert session.state.breached == {"w"}
        db.execute("DROP TRIGGER full")
        db.commit()
    until(lambda: payloads(made, e.RollbackFinished))
    until(lambda: "v" in session.state.breached)


def test_a_criterion_ticks_and_unticks_itself(scene: Make) -> None:
    phase = Phase(id="p", title="P", steps=(step("a"),), cadence=0.05,
                  criteria=(Check(id="up", title="Up", probe='test -e "$which"'),))  # fmt: skip
    made = scene(Runbook(title="T", phases=(phase,)), {"which": "up"})
    session = made.open()
    until(lambda: "up" in session.state.probed)
    assert "up" not in session.state.ticks
    (made.work / "up").touch()
    until(lambda: "up" in session.state.ticks)
    (made.work / "up").unlink()
    until(lambda: "up" not in session.state.ticks)
    assert isinstance(refused(session, r.TickNode(node="up")), r.OverrideNeeded)
    (made.work / "up").touch()
    until(lambda: "up" in session.state.ticks)
    run_step(session, "a")
    until(lambda: session.state.finished is not None)


def test_a_required_check_that_turns_red_opens_its_step_and_ends_it_again_by_itself(
    scene: Make,
) -> None:
    check = Check(id="up", title="Up", probe='echo >>asked; test -e "$which" && test "$out" = x')
    run = 'echo >>ran; echo out=x >> "$RUNBOOK_OUTPUT"'
    keys: dict[str, Any] = {"cwd": "sub", "env": {"which": "up"}, "outputs": ("out",)}
    steps = (step("a", run=run, checks=(check,), **keys), step("b"))
    made = scene(Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps, cadence=0.05),)))
    place = made.work / "sub"
    place.mkdir()
    (place / "up").touch()
    asked = place / "asked"
    session = made.open()
    run_step(session, "a")
    assert [tick.probe for tick in payloads(made, e.CheckTicked)] == [True]
    # It is asked as its step has asked it: in that folder, with those values.
    until(lambda: asked.stat().st_size > 3)
    assert session.state.step("a").status is Status.DONE
    (place / "up").unlink()
    until(lambda: session.state.step("a").status is Status.WAITING)
    assert "check “Up” of “A” is red" in refused(session, r.StartStep(step="b")).reason
    ask(session, r.TickNode(node="up", override=True, reason="late"))
    assert session.state.step("a").status is Status.DONE
    ask(session, r.TickNode(node="up", off=True))
    # The answer of the step's own probe is out of date and ticks nothing; nor does whoever leads
    # next tick it on the first good answer alone.
    seen = asked.stat().st_size
    until(lambda: asked.stat().st_size > seen + 5)
    assert session.state.step("a").status is Status.WAITING
    session.close()
    session = made.open()
    (place / "up").touch()
    until(lambda: session.state.step("a").status is Status.DONE)
    run_step(session, "b")
    until(lambda: session.state.finished)
    assert [tick.override for tick in payloads(made, e.CheckTicked)] == [None, "late", None]
    assert (place / "ran").read_text() == "\n"
    kinds = [c.kind for c in payloads(made, e.CommandStarted)]
    assert (kinds.count("run"), kinds.count("probe")) == (2, 1)


def test_a_check_that_fails_at_first_ticks_itself_once_it_holds_and_the_step_is_over(
    scene: Make,
) -> None:
    check = Check(id="up", title="Up", probe="test -e up")
    phase = Phase(id="p", title="P", steps=(step("a", checks=(check,)), step("b")), cadence=0.05)
    made = scene(Runbook(title="T", phases=(phase,)))
    session = made.open()
    ask(session, r.StartStep(step="a"))
    until(lambda: failed_probes(session.state, "a"))
    (made.work / "up").touch()
    until(lambda: session.state.step("a").status is Status.DONE)


def test_a_value_that_is_missing_is_why_it_is_unknown_and_is_asked_with_once_it_is_there(
    scene: Make, server: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATE_TOKEN", "s3cret-token")
    probe = Probe(http={"url": server.url + "/${{ city }}", "json": "rate"},
                  headers={"X-Token": "${{ token }}"})  # fmt: skip
    secret = Parameter(name="token", secret=Secret(env="RATE_TOKEN"))
    made = scene(
        book(
            step("a"),
            parameters=(Parameter(name="city"), secret),
            watches=(watch(server, probe=probe, error_limit=1),),
        )
    )
    session = made.open()
    until(lambda: session.state.watches.get("w"))
    assert session.state.watches["w"].reason == "it needs a value for city"
    assert server.requests == []
    ask(session, r.GiveValue(name="city", value="ulm"))
    until(lambda: session.state.watches["w"].standing is Standing.GOOD)
    assert b"GET /ulm " in server.requests[-1]
    assert b"X-Token: s3cret-token" in server.requests[-1]
    session.close()
    assert all("s3cret" not in str(x.payload) for x in made.journal.events(made.run))


def test_nothing_is_measured_once_the_run_is_over(scene: Make, server: Answers) -> None:
    session = scene(book(step("a"), watches=(watch(server),))).open()
    until(lambda: server.requests)
    run_step(session, "a")
    until(lambda: session.state.finished is not None and session.measured() == {})
    assert session.state.step("a").status is Status.DONE


def test_a_countdown_goes_on_with_whoever_leads_next_and_ends_in_one_rollback(
    scene: Make, server: Answers
) -> None:
    watches = tuple(
        dataclasses.replace(watch(server, on_breach="rollback", respond_within=1.0), id=id_)
        for id_ in ("w", "v")
    )
    made = scene(book(step("a", run="touch made", undo="rm made"), step("b"), watches=watches),
                 automatic_rollback=True)  # fmt: skip
    first = made.open()
    run_step(first, "a")
    says(server, 98.0)
    until(lambda: len(first.state.breached) == 2)
    # In the middle of the countdown the lead's program is gone; nothing started meanwhile.
    first.close()
    breaches = payloads(made, e.WatchBreached)
    second = made.open()
    until(lambda: second.state.rollback is not None and second.state.rollback.finished)
    assert not (made.work / "made").exists()
    assert len(payloads(made, e.RollbackStarted)) == 1
    assert payloads(made, e.WatchBreached) == breaches


def test_a_breach_that_is_over_by_the_time_somebody_leads_again_starts_no_rollback(
    scene: Make, server: Answers
) -> None:
    def plan(**keys: Any) -> Runbook:
        return book(step("a", run="touch made", undo="rm made"), step("b"),
                    watches=(watch(server, **keys),))  # fmt: skip

    made = scene(plan(), automatic_rollback=True)
    first = made.open()
    run_step(first, "a")
    says(server, 98.0)
    until(lambda: first.state.breached)
    first.close()
    says(server, 99.5)
    # For this one a rollback is due at once.
    made.runbook = plan(on_breach="rollback")
    second = made.open()
    until(lambda: not second.state.breached)
    assert payloads(made, e.RollbackStarted) == []
    says(server, 98.0)
    until(lambda: second.state.rollback is not None and second.state.rollback.finished)
    assert not (made.work / "made").exists()
