"""What a report says of a run, folded from its events."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import pytest

from runbook_tui.book.model import Estimate, Phase, Probe, Runbook, Step, Team, Watch
from runbook_tui.report.building import build
from runbook_tui.report.html import to_html
from runbook_tui.report.markdown import to_markdown
from runbook_tui.report.model import Report
from runbook_tui.report.people import length
from runbook_tui.report.values import to_json
from runbook_tui.report.words import Clock, became, due
from runbook_tui.run import events as e
from tests.fakes.history import ADA, GRACE, START, History
from tests.fakes.plans import chain, two_phases
from tests.fakes.reported import report as reported


def of(history: History) -> Report:
    return build(history.state.run, history.state.runbook, history.events, now=START + 900)


def rolled_back(history: History, *steps: str, by: e.Actor = ADA) -> None:
    history.add(e.RollbackOpened(scope="run"), actor=by)
    history.add(e.RollbackStarted(scope="run", steps=steps), actor=by)
    for step in steps:
        history.add(e.UndoStarted(), step)
        history.add(e.UndoFinished(result="done"), step)
    history.add(e.RollbackFinished(result="complete", seconds=4.5))


def test_a_rollback_names_the_failure_that_opened_it_and_its_times() -> None:
    history = History(chain(2))
    history.ran("s0")
    history.ran("s1", exit_=3)
    failed = START + len(history.events)
    history.add(e.NoteAdded(text="we think about it"))
    rolled_back(history, "s1", "s0", by=GRACE)
    (back,) = of(history).rollbacks
    assert (back.trigger.kind, back.trigger.at) == ("failure", failed)
    assert "Step 1" in back.trigger.words
    assert (back.by, back.decision, back.restored, back.away) == (GRACE, 3.0, 4.5, 7.5)
    assert [(u.title, u.result, u.seconds) for u in back.undos] == [
        ("Step 1", "done", 1.0),
        ("Step 0", "done", 1.0),
    ]
    assert back.remaining == ()


def test_a_failure_that_was_mended_opens_no_rollback() -> None:
    history = History(chain(1))
    history.ran("s0", exit_=3)
    history.ran("s0")
    opened = START + len(history.events) + 1
    rolled_back(history, "s0", by=GRACE)
    (back,) = of(history).rollbacks
    assert (back.trigger.kind, back.trigger.at, back.decision) == ("person", opened, 1.0)
    assert "Grace decided it" in back.trigger.words


def test_a_breach_and_a_rejection_open_a_rollback_and_older_trouble_is_named_too() -> None:
    watch = Watch(id="golden", title="Golden path", probe=Probe(run="x"), below=99)
    steps = (Step(id="a", title="A", run="true"), Step(id="b", title="B", run="true"))
    history = History(
        Runbook(title="W", phases=(Phase(id="p", title="P", steps=steps),), watches=(watch,))
    )
    history.ran("a", exit_=1)
    history.add(e.WatchBreached(watch="golden", value=98.1))
    rolled_back(history, "a")
    history.ran("b")
    history.add(e.SignoffGiven(node="b", role="qa", decision="rejected", comment="too slow"))
    rolled_back(history, "b")
    first, second = of(history).rollbacks
    assert first.trigger.kind == "breach"
    assert "Golden path" in first.trigger.words
    assert any("“A” failed" in words for words in first.trigger.also)
    assert second.trigger.kind == "rejection"
    assert "too slow" in second.trigger.words
    # The failure was taken back; the breach was never cleared.
    assert [w for w in second.trigger.also if "A" in w] == []
    assert any("Golden path" in words for words in second.trigger.also)


def test_what_was_taken_back_is_told_though_the_state_has_forgotten_it() -> None:
    history = History(two_phases())
    history.ran("merge")
    history.add(e.CheckTicked(node="calm"), actor=GRACE)
    history.add(e.SignoffGiven(node="tag", role="qa", decision="approved", kind="sign-off"))
    rolled_back(history, "merge")
    found = of(history)
    (merge,) = [p for p in found.parts if p.id == "merge"]
    assert history.state.step("merge").started is None
    assert merge.status == "taken back"
    assert merge.attempts[0].undone is not None
    assert found.result == "rolled back"
    assert found.good
    (box,) = [b for p in found.parts for b in p.boxes if b.node == "calm"]
    assert (box.by, box.standing) == (GRACE, "calm" in history.state.ticks)


def test_what_only_looks_is_open_again_after_a_rollback_and_how_it_ended_is_told() -> None:
    history = History(two_phases())
    history.add(e.GateOverridden(node="two", reason="now"))
    history.ran("deploy")
    history.ran("watch", e.UndoArmed(kind="nothing"), exit_=1)
    history.add(e.RollbackStarted(scope="phase", node="two", steps=("deploy",)))
    history.add(e.UndoStarted(), "deploy")
    history.add(e.UndoFinished(result="done"), "deploy")
    history.add(e.RollbackFinished(result="complete", seconds=1))
    parts = {p.id: p for p in of(history).parts}
    assert (parts["watch"].status, became(parts["watch"])) == ("open again", "failed, open again")
    assert parts["migrate"].status == "not begun"
    first, last = parts["deploy"].attempts[0].started, parts["watch"].attempts[0].ended
    assert parts["two"].span == (first, last)


def test_only_a_phase_that_is_over_is_held_against_its_estimate() -> None:
    steps = tuple(
        Step(id=i, title=i, run="true", estimate=Estimate(minimum=5, maximum=10)) for i in "ab"
    )
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=steps),)))
    history.ran("a")
    assert of(history).parts[0].over_by is None
    history.ran("b")
    assert (of(history).parts[0].took, of(history).parts[0].over_by) == (9.0, -11.0)


def test_a_procedure_and_what_was_run_of_it_belong_to_their_rollback() -> None:
    history = History(two_phases())
    history.add(e.GateOverridden(node="two", reason="now"))
    history.ran("deploy")
    history.add(e.RollbackOpened(scope="phase"))
    history.add(e.CheckTicked(node="back-1"), actor=GRACE)
    history.add(e.RollbackStarted(scope="phase", node="two", steps=("deploy",)))
    history.add(
        e.CommandStarted(attempt=1, kind="stage", text="./tell-support", cwd="/",
                         shell=("sh", "-c"), folder="/runs/tell"), "offer-1",
    )  # fmt: skip
    history.add(e.CommandFinished(attempt=1, kind="stage", folder="/runs/tell", exit=0), "offer-1")
    history.add(e.RollbackFinished(result="incomplete", remaining=("Deploy",), seconds=1))
    found = of(history)
    (back,) = found.rollbacks
    assert [(b.title, b.by) for b in back.boxes] == [("Emergency", GRACE)]
    assert [c.text for c in back.offered] == ["./tell-support"]
    assert "offer-1" not in {p.id for p in found.parts}
    text = to_markdown(found, UTC)
    assert "☑ Emergency: ticked by Grace" in text
    assert "./tell-support" in text


def test_a_plan_that_cannot_be_read_any_more_hides_nothing_of_what_was_done() -> None:
    history = History(chain(2))
    history.ran("s0")
    history.ran("s1", exit_=4)
    history.add(e.RollbackStarted(scope="run", steps=("s1", "s0")))
    history.add(e.UndoStarted(), "s1")
    history.add(e.UndoFinished(result="done"), "s1")
    found = build(history.state.run, Runbook(title="Chain"), history.events, now=START + 99)
    assert [(p.id, p.kind, len(p.attempts)) for p in found.parts] == [
        ("s0", "step", 1),
        ("s1", "step", 1),
    ]
    assert "exit status 4" in to_markdown(found, UTC)
    assert [u.step for u in found.rollbacks[0].undos] == ["s1", "s0"]


def test_a_run_that_goes_on_after_its_rollback_is_open() -> None:
    history = History(chain(1))
    history.ran("s0")
    rolled_back(history, "s0")
    assert of(history).result == "rolled back"
    history.ran("s0")
    found = of(history)
    assert (found.result, found.ended) == ("open", None)
    history.add(e.RunFinished())
    assert of(history).result == "done"


def test_every_override_is_told_in_words() -> None:
    text = to_markdown(reported("Ship"), UTC)
    section = text.partition("## AGAINST THE PLAN")[2].partition("##")[0]
    lines = [line for line in section.splitlines() if line.startswith("- ")]
    assert len(lines) == 2
    assert all("🔴 **AGAINST THE PLAN**" in line for line in lines)
    assert "opened without its sign-offs" in lines[0]
    assert "left out though the plan requires it" in lines[1]


def test_a_sign_off_is_claimed_unless_something_proves_it() -> None:
    history = History(two_phases())
    for by in (GRACE, ADA):
        history.add(
            e.SignoffGiven(node="two", role="cto", decision="approved", kind="gate"), actor=by
        )
    run, plan = history.state.run, history.state.runbook
    found = build(run, plan, history.events, now=START, proofs={3: "key SHA256:x"})
    assert [bool(d.proof) for d in found.decisions] == [False, True]
    text = to_markdown(found, UTC).replace("\\", "")
    assert "| claimed, account grace@here |" in text
    assert "| proven: key SHA256:x, account ada@here |" in text


def test_hands_on_time_counts_what_overlaps_once_and_no_pause() -> None:
    assert length([(0, 10), (5, 20), (30, 40)], [(8, 12), (35, 50)]) == 30 - 4 - 5
    assert length([]) == 0


def test_hours_and_cost_stand_against_the_plan() -> None:
    team = Team(id="backend", people=("Ada <ada@example.com>",), effort="10h", rate=200.0)
    steps = (Step(id="a", title="A", run="true"),)
    plan = Runbook(title="C", phases=(Phase(id="p", title="P", steps=steps),), teams=(team,))
    history = History(plan)
    history.ran("a")
    (line,) = of(history).effort
    assert line.worked * 3600 == 4.0
    assert line.planned_cost == 2000
    assert line.cost is not None
    assert abs(line.cost - 200 * 4 / 3600) < 1e-9


def test_the_report_as_json_has_times_in_utc_and_what_is_worked_out() -> None:
    body = json.loads(to_json(reported()))
    assert body["format"] == 1
    assert body["started"] == "2023-11-14T22:13:21.000Z"
    (back,) = body["rollbacks"]
    assert back["result"] == "incomplete"
    assert back["restored"] == 10.0
    assert back["trigger"]["kind"] == "breach"
    assert body["decisions"][0]["proven"] is False
    assert body["effort"][0]["planned_cost"] == 2000.0
    assert len(body["head"]) == 64


def test_events_that_a_rollback_kept_for_itself_say_that_their_times_are_later() -> None:
    history = History(chain(1))
    history.ran("s0")
    rolled_back(history, "s0")
    text = "4 events above were kept by the rollback while the journal was away"
    history.add(e.NoteAdded(text=text))
    assert of(history).rollbacks[0].entered_later == 4
    assert "times are those of their entry" in to_markdown(of(history), UTC)


def test_output_that_is_gone_is_said_and_its_digest_stays() -> None:
    text = to_markdown(reported("Ship", lines=None), UTC)
    assert "its output is not kept any more (9 bytes; sha256 ab)" in text


def test_of_a_long_command_the_beginning_stands_in_the_report() -> None:
    history = History(chain(1))
    text = "\n".join(f"line {n}" for n in range(40))
    history.add(e.StepStarted(), "s0")
    history.add(
        e.CommandStarted(attempt=1, kind="before", text=text, cwd="/", shell=("sh", "-c"),
                         folder="/runs/a"), "s0",
    )  # fmt: skip
    found = to_markdown(of(history), UTC)
    assert "line 11\n… 28 more lines; the record has them\n```" in found
    assert "line 12" not in found


def test_commands_that_got_the_same_are_told_together_and_withheld_ones_by_name() -> None:
    history = History(chain(3))
    common = {"HOME": "/home/ada", "PATH": "/bin"}
    for step, own in (("s0", {}), ("s1", {}), ("s2", {"MODE": "dry"})):
        history.add(
            e.CommandStarted(
                attempt=1, kind="run", text="true", cwd="/srv", shell=("sh", "-c"),
                folder=f"/runs/{step}", environment={**common, **own},
                sources=dict.fromkeys(own, "env"), withheld=("A_TOKEN",),
            ),
            step,
        )  # fmt: skip
    told = of(history)
    assert [(one.commands, one.plan, one.withheld) for one in told.environments] == [
        (2, (), ("A_TOKEN",)),
        (1, ("MODE",), ("A_TOKEN",)),
    ]
    assert len({one.digest for one in told.environments}) == 1
    assert f"digest {told.environments[0].digest}" in to_markdown(told)


def test_a_clock_that_was_set_is_said_and_every_length_holds() -> None:
    history = History(chain(1))
    history.ran("s0")
    whole = of(history)
    events = [
        dataclasses.replace(event, mono=float(event.seq), boot="boot") for event in history.events
    ]
    at = START + 3600
    events[3:] = [
        dataclasses.replace(e_, at=datetime.fromtimestamp(at + e_.seq, UTC).isoformat())
        for e_ in events[3:]
    ]
    found = build(history.state.run, history.state.runbook, events, now=at + 900)
    assert [p.took for p in found.parts] == pytest.approx([p.took for p in whole.parts])
    assert found.active == pytest.approx(whole.active)
    (remark,) = found.remarks
    assert remark.startswith("the clock was set forward by 1 h before event 4")
    # What was before is told by the clock as it is since.
    assert found.started == pytest.approx(at + 1)


def test_a_phase_s_own_window_is_held_against_what_happened() -> None:
    steps = (Step(id="a", title="A"),)
    phases = (
        Phase(id="p", title="P", starts="1h", ends="2s", steps=steps),
        Phase(id="q", title="Q", ends="after lunch", steps=(Step(id="b", title="B"),)),
        Phase(id="r", title="R", steps=(Step(id="c", title="C"),)),
    )
    history = History(Runbook(title="W", phases=phases))
    history.add(e.StepStarted(), "a")
    history.add(e.StepFinished(result="done"), "a")
    history.add(e.NoteAdded(text="later"))
    found = of(history)
    first, second = found.windows
    clock = Clock(base=found.started, zone=UTC)
    assert due(first, found.until, clock) == (
        "P: starts 1h (23:13:21), ends 2s (22:13:23)", "begun 59 m 59 s early",
    )  # fmt: skip
    # It ended in time; the note came later.
    late = dataclasses.replace(first, ended=None)
    assert due(late, found.until, clock)[1] == "begun 59 m 59 s early, over by 1 s"
    assert due(second, found.until, clock) == ("Q: ends after lunch", "")
    assert "P: starts 1h" in to_markdown(found)
    assert json.loads(to_json(found))["windows"][0]["due"] == "2023-11-14T22:13:23.000Z"


def test_who_was_told_of_an_alarm_and_who_saw_to_it() -> None:
    found = History(chain(2))
    found.add(e.Told(alarm="gate s0 1", rung=1, to="Lead", channel="command", result="sent"))
    found.add(e.Told(alarm="sign-off s0 1", rung=2, to="CTO", channel="webhook x", result="failed",
                     attempts=5, reason="it answered 500"))  # fmt: skip
    found.add(e.AlarmAcknowledged(alarm="gate s0 1"), actor=GRACE)
    made = of(found)
    said = to_markdown(made, UTC)
    for line in (
        f"{found.state.outline['s0'].title}: not approved in time",
        "Lead (rung 1) | command | told",
        "CTO (rung 2) | webhook x | NOT told after 5 attempts: it answered 500",
        "sees to it",
    ):
        assert line in said.replace("\\", ""), line
    assert "Who was told" in to_html(made, UTC)
    assert [one["who"] for one in json.loads(to_json(made))["told"]][:2] == ["Lead", "CTO"]
