"""What takes too long and who hears of it by when: from events and the plan, the same for all."""

from __future__ import annotations

import dataclasses

from runbook_tui.book.model import (
    Escalation,
    Estimate,
    Gate,
    Phase,
    Probe,
    Procedure,
    Runbook,
    Stage,
    Step,
    Watch,
)
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.alarms import alarms, find, ladder_for
from runbook_tui.run.requests import Refusal
from tests.fakes.history import GRACE, START, History

LADDER = Escalation(topic="technical", ladder=("Lead", "Director", "CTO"), within=60.0)


def plan(*ladders: Escalation) -> Runbook:
    quick = Estimate(minimum=5.0, maximum=10.0)
    steps = (Step(id="a", title="Alpha", run="true", undo="true", estimate=quick),
             Step(id="b", title="Beta", run="true", undo="true",
                  gate=Gate(roles=("qa",), within=20.0)))  # fmt: skip
    back = Procedure(id="back", title="Back", stages=(
        Stage(id="first", title="First", from_minute=0, to_minute=1),))  # fmt: skip
    return Runbook(title="T", roles={"qa": ("*",)}, escalations=ladders, procedures=(back,),
                   phases=(Phase(id="p", title="P", steps=steps),))  # fmt: skip


def now(history: History) -> float:
    return START + len(history.events)


def test_a_step_over_its_estimate_climbs_the_ladder_until_it_ends() -> None:
    history = History(plan(LADDER))
    history.add(e.StepStarted(attempt=1), "a")
    began = now(history)
    # An estimate is a range: what is planned is its upper end, or what the forecast takes.
    (alarm,) = alarms(history.state, began + 11)
    assert (alarm.kind, alarm.node) == ("overrun", "a")
    assert began + 5 <= alarm.since <= began + 10
    assert [(rung.who, rung.due - alarm.since) for rung in alarm.rungs] == [
        ("Lead", 0.0), ("Director", 60.0), ("CTO", 120.0),
    ]  # fmt: skip
    assert [rung.who for rung in alarm.due(alarm.since + 61)] == ["Lead", "Director"]
    assert alarms(history.state, began + 3) == ()
    history.add(e.StepFinished(result="done"), "a")
    assert [alarm.kind for alarm in alarms(history.state, began + 1000)] == ["gate"]


def test_a_gate_beyond_its_time_and_anew_once_it_was_asked_again() -> None:
    history = History(plan(LADDER))
    history.ran("a")
    due = now(history) + 20
    assert alarms(history.state, due) == ()
    (alarm,) = alarms(history.state, due + 1)
    assert (alarm.kind, alarm.node, alarm.since) == ("gate", "b", due)
    assert "was not approved within 20 s" in alarm.words
    history.ask(r.Acknowledge(alarm=alarm.id), GRACE)
    (seen,) = alarms(history.state, due + 100)
    assert seen.acknowledged
    assert seen.due(due + 1000) == ()
    assert find(history.state, "", due + 100) is None
    assert isinstance(history.ask(r.Acknowledge(alarm=alarm.id), GRACE), Refusal)
    history.ask(r.AskAnew(node="b", reason="again"))
    (anew,) = alarms(history.state, now(history) + 21)
    assert anew.id != alarm.id
    assert not anew.acknowledged
    assert find(history.state, "b", now(history) + 21) == anew


def test_a_stage_whose_window_has_closed() -> None:
    history = History(plan(LADDER))
    history.ran("a")
    history.add(e.RollbackStarted(scope="run", node="", steps=("a",)))
    began = now(history)
    assert alarms(history.state, began + 59) == ()
    (alarm,) = alarms(history.state, began + 61)
    assert (alarm.kind, alarm.since) == ("stage", began + 60)
    history.add(e.CheckTicked(node="first"))
    assert alarms(history.state, began + 61) == ()


def test_a_breach_is_told_once_until_it_is_clear_seen_to_or_overridden() -> None:
    watches = tuple(
        Watch(id=id_, title=id_, probe=Probe(run="x"), below=99.0, severity="critical",
              notify=id_ != "calm")
        for id_ in ("rate", "early", "calm", "known")
    )  # fmt: skip
    book = dataclasses.replace(plan(LADDER), watches=watches)
    history = History(book)
    for id_ in ("rate", "calm", "known"):
        history.add(e.WatchBreached(watch=id_, value=98.0, limit="below 99"))
    history.add(e.WatchBreached(watch="early", before_start=True))
    history.ask(r.OverrideWatch(watch="known", reason="a known wave"))
    (alarm,) = alarms(history.state, now(history))
    assert (alarm.kind, alarm.node, alarm.since) == ("breach", "rate", START + 2)
    assert alarm.words == "critical: “rate” is breached (98), below 99"
    assert [rung.who for rung in alarm.due(alarm.since + 61)] == ["Lead", "Director"]
    # A rollback does not end it: it is over when the numbers are well, or somebody sees to it.
    history.add(e.RollbackStarted(scope="run", node="", steps=()))
    assert [one.id for one in alarms(history.state, now(history))] == [alarm.id]
    history.ask(r.Acknowledge(alarm=alarm.id), GRACE)
    (seen,) = alarms(history.state, now(history) + 30)
    assert seen.due(now(history) + 1000) == ()
    history.add(e.WatchCleared(watch="rate", value=99.5))
    assert alarms(history.state, now(history)) == ()
    history.add(e.WatchBreached(watch="rate", value=97.0))
    (again,) = alarms(history.state, now(history))
    assert again.id != alarm.id
    assert not again.acknowledged


def test_a_ladder_is_for_what_it_says_and_the_first_where_none_says_anything() -> None:
    late = Escalation(topic="late", ladder=("Boss",), on=("gate", "stage"))
    assert ladder_for((LADDER, late), "gate") is late
    assert ladder_for((LADDER, late), "overrun") is None
    assert ladder_for((LADDER,), "overrun") is LADDER
    # Without one somebody hears of it all the same, once; without a time nobody after the first.
    history = History(plan())
    history.add(e.StepStarted(attempt=1), "a")
    (alarm,) = alarms(history.state, now(history) + 500)
    assert [rung.who for rung in alarm.rungs] == [""]
    slow = Escalation(topic="x", ladder=("A", "B"))
    history = History(plan(slow))
    history.add(e.StepStarted(attempt=1), "a")
    (alarm,) = alarms(history.state, now(history) + 500)
    assert [rung.who for rung in alarm.rungs] == ["A"]


def test_what_was_told_is_recorded_once() -> None:
    history = History(plan(LADDER))
    told = e.Told(alarm="x", rung=1, channel="command", result="sent")
    history.ask(r.RecordTold(told=told))
    assert history.state.told == {("x", 1, "command")}
    assert isinstance(history.ask(r.RecordTold(told=told)), Refusal)


def test_a_rehearsal_alarms_nobody() -> None:
    history = History(plan(LADDER), rehearse=True)
    history.add(e.StepStarted(attempt=1), "a")
    assert alarms(history.state, now(history) + 500) == ()
