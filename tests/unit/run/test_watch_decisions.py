"""What a turn of a watch becomes in a run: events, gates held shut, rollbacks proposed."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from runbook_tui.book.model import Check, Gate, Phase, Probe, Runbook, Step, Watch
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.closed_loop import answered, begun_with
from runbook_tui.run.order import blockers, closed
from runbook_tui.run.state import Status
from runbook_tui.run.watch_deciding import due, proposing, resumed, turned
from runbook_tui.run.watch_scope import cadence, looping, mattering, patience
from runbook_tui.run.watched import POINTS, Point, thinned
from runbook_tui.run.watching import Sample, Standing, Track, judge
from runbook_tui.tui.views.card import card
from runbook_tui.tui.views.news import news
from tests.fakes.history import ADA, GRACE, START, History


def watch(id_: str = "w", **keys: Any) -> Watch:
    return Watch(id=id_, title=id_.upper(), probe=Probe(run="x"), **{"below": 99.0, **keys})


def step(id_: str, **keys: Any) -> Step:
    return Step(id=id_, title=id_.upper(), run="true", undo="true", **keys)


def two_phases(*watches: Watch, **keys: Any) -> Runbook:
    first = Phase(id="one", title="One", steps=(step("a"),), cadence=60.0,
                  criteria=(Check(id="calm", title="It is calm"),))  # fmt: skip
    second = Phase(id="two", title="Two", steps=(step("b"),), gate=Gate(roles=("cto",)))
    return Runbook(title="T", phases=(first, second), watches=watches, roles={"cto": ("*",)},
                   **keys)  # fmt: skip


def measure(history: History, one: Watch, *values: float | None) -> Track:
    """What a session does with samples, from where the watch stands."""
    track = resumed(history.state, one)
    for value in values:
        after = judge(one, track, Sample(at=START + 50, value=value, trouble="refused"))
        for payload, node in turned(history.state, one, track, after):
            history.add(payload, node)
        track = after
    return track


def ids(watches: tuple[Watch, ...]) -> list[str]:
    return [w.id for w in watches]


def test_a_breach_is_an_event_with_its_evidence_and_its_end_another() -> None:
    one = watch(samples=2, severity="critical", respond_within=60.0)
    history = History(two_phases(one))
    history.ran("a")
    measure(history, one, 99.5, 98.0, 97.0)
    breach = history.events[-1].payload
    assert isinstance(breach, e.WatchBreached)
    assert (breach.value, breach.limit, breach.samples) == (
        97.0, "below 99, 2 in a row", (99.5, 98.0, 97.0),
    )  # fmt: skip
    assert (breach.severity, breach.respond_within, breach.before_start) == ("critical", 60.0, None)
    assert history.state.breached == {"w"}
    assert history.state.watches["w"].decide_by == history.state.alarm + 60.0  # type: ignore[operator]
    measure(history, one, 99.5, 99.5)
    assert isinstance(history.events[-1].payload, e.WatchCleared)
    assert (history.state.breached, history.state.alarm) == (frozenset(), None)


def test_nobody_records_again_what_is_recorded() -> None:
    one = watch()
    history = History(two_phases(one))
    measure(history, one, 98.0)
    count = len(history.events)
    measure(history, one, 97.0, 96.0)
    assert len(history.events) == count
    measure(history, one, 99.5)
    assert len(history.events) == count + 1


def test_what_was_red_before_the_start_proposes_nothing() -> None:
    one = watch(on_breach="propose-rollback")
    history = History(two_phases(one))
    measure(history, one, 98.0)
    assert history.state.watches["w"].before_start
    history.ran("a")
    assert proposing(history.state) == ()
    measure(history, one, 99.5, 98.0)
    assert ids(proposing(history.state)) == ["w"]


def test_unknown_is_told_and_never_clears_a_breach() -> None:
    one = watch(error_limit=2)
    history = History(two_phases(one))
    measure(history, one, None, None)
    assert history.state.watches["w"].standing is Standing.UNKNOWN
    assert history.state.watches["w"].reason == "refused"
    measure(history, one, 98.0)
    measure(history, one, None, None, None)
    assert history.state.breached == {"w"}
    assert [event.type for event in history.events if event.type.startswith("watch")] == [
        "watch.unknown", "watch.breached",
    ]  # fmt: skip


@pytest.mark.parametrize("values", [(98.0,), (None, None, None)])
def test_a_block_holds_gates_and_criteria_shut_until_it_is_clear(
    values: tuple[float | None, ...],
) -> None:
    one = watch(on_breach="block")
    history = History(two_phases(one))
    history.ran("a")
    measure(history, one, *values)
    refused = history.ask(r.TickNode(node="calm"))
    assert isinstance(refused, r.OverrideNeeded)
    assert "the watch “W”" in refused.reason
    history.ask(r.TickNode(node="calm", override=True, reason="a known wave"))
    assert closed(history.state, "one")
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    (why,) = blockers(history.state, "b")
    assert "is held shut: the watch “W”" in why
    measure(history, one, 99.5)
    assert blockers(history.state, "b") == ()


def test_an_override_with_a_reason_lets_go_on_until_the_next_breach() -> None:
    one = watch(on_breach="block")
    history = History(two_phases(one))
    history.ran("a")
    measure(history, one, 98.0)
    for bad, who, status in (("", ADA, 2), ("why not", GRACE, 4)):
        refused = history.ask(r.OverrideWatch(watch="w", reason=bad), who)
        assert isinstance(refused, r.Refusal)
        assert refused.exit_code == status
    history.ask(r.OverrideGate(node="w", reason="a known wave"))
    assert history.state.watches["w"].overridden == "a known wave"
    assert not isinstance(history.ask(r.TickNode(node="calm")), r.Refusal)
    history.ask(r.TickNode(node="calm", off=True))
    measure(history, one, 99.5, 98.0)
    assert isinstance(history.ask(r.TickNode(node="calm")), r.OverrideNeeded)


def test_a_block_of_one_phase_leaves_what_does_not_come_after_it_alone() -> None:
    one = watch(on_breach="block", applies_to=("two",))
    history = History(two_phases(one))
    history.ran("a")
    history.ask(r.TickNode(node="calm"))
    history.add(e.WatchBreached(watch="w", value=98.0))
    history.ask(r.TickNode(node="calm", off=True))
    assert not isinstance(history.ask(r.TickNode(node="calm")), r.Refusal)
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    assert blockers(history.state, "b")
    earlier = History(two_phases(watch(on_breach="block", applies_to=("one",))))
    earlier.ran("a")
    earlier.ask(r.TickNode(node="calm"))
    earlier.ask(r.SignNode(node="two", role="cto"), GRACE)
    assert blockers(earlier.state, "b") == ()
    earlier.add(e.WatchBreached(watch="w", value=98.0))
    assert blockers(earlier.state, "b")


def test_only_what_matters_is_measured_as_often_as_its_phase_says() -> None:
    always, first, second = (
        watch(),
        watch("w1", applies_to=("one",)),
        watch("w2", applies_to=("two",)),
    )
    own = watch("own", every=5.0, applies_to=("one",))
    history = History(two_phases(always, first, second, own))
    assert ids(mattering(history.state)) == ["w", "w1", "own"]
    assert [cadence(history.state, w) for w in (always, first, own)] == [60.0, 60.0, 5.0]
    history.ran("a")
    history.ask(r.TickNode(node="calm"))
    assert ids(mattering(history.state)) == ["w", "w2"]
    assert cadence(history.state, always) == 30.0
    history.add(e.WatchBreached(watch="w1", value=1.0))
    assert ids(mattering(history.state)) == ["w", "w1", "w2"]
    history.add(e.RunFinished())
    assert mattering(history.state) == ()


def test_nothing_is_measured_in_a_rehearsal() -> None:
    history = History(two_phases(watch()), rehearse=True)
    assert mattering(history.state) == ()


def allowed(on_breach: str, **keys: Any) -> tuple[History, Watch]:
    one = watch(on_breach=on_breach, **keys)
    history = History(two_phases(one))
    begun = e.RunStarted(title="T", source="p", format="toml", plan="", digest="d", folder="/",
                         automatic_rollback=True)  # fmt: skip
    history.add(begun)
    history.ran("a")
    return history, one


def test_a_rollback_starts_by_itself_only_with_both_leaves_and_not_before_its_time() -> None:
    history, one = allowed("rollback", respond_within=60.0)
    measure(history, one, 98.0)
    since = history.state.watches["w"].since or 0.0
    assert due(history.state, since + 59.0) is None
    assert due(history.state, since + 60.0) == one
    history.ask(r.OverrideWatch(watch="w", reason="it is the test load"))
    assert due(history.state, since + 3600.0) is None
    proposed, two = allowed("propose-rollback", respond_within=60.0)
    measure(proposed, two, 98.0)
    assert due(proposed.state, since + 3600.0) is None
    without = History(two_phases(one))
    without.ran("a")
    measure(without, one, 98.0)
    assert due(without.state, since + 3600.0) is None
    assert ids(proposing(without.state)) == ["w"]


def test_one_breach_starts_one_rollback() -> None:
    history, one = allowed("rollback")
    measure(history, one, 98.0)
    history.ask(r.StartRollback(scope="run"))
    history.add(e.UndoStarted(), "a")
    history.add(e.UndoFinished(result="done", exit=0), "a")
    history.add(e.RollbackFinished(result="complete"))
    assert history.state.breached == {"w"}
    assert due(history.state, START + 10_000.0) is None


# -- boxes that tick themselves --------------------------------------------------------------------


def looped() -> History:
    probed = (Check(id="calm", title="It is calm", probe="./calm"),)
    up = Check(id="up", title="Up", probe="./up")
    first = Phase(id="one", title="One", steps=(step("a", checks=(up,)),), criteria=probed)
    second = Phase(id="two", title="Two", steps=(step("b"),))
    return History(Runbook(title="T", phases=(first, second)))


def say(history: History, node: str, holds: bool | None, reason: str = "exit status 1") -> int:
    pairs = answered(history.state, node, holds, reason)
    for payload, owner in pairs:
        history.add(payload, owner)
    return len(pairs)


def test_a_criterion_ticks_and_unticks_itself_while_its_phase_is_open() -> None:
    history = looped()
    assert [c.id for c, _ in looping(history.state)] == ["calm"]
    assert say(history, "calm", True) == 2
    assert history.state.ticks["calm"].probe
    assert say(history, "calm", True) == 0
    say(history, "calm", False)
    assert "calm" not in history.state.ticks
    say(history, "calm", True)
    say(history, "calm", None, "no answer")
    assert "calm" not in history.state.ticks
    say(history, "calm", True)
    history.ran("a")
    assert closed(history.state, "one")
    assert say(history, "calm", False) == 0
    assert "calm" in history.state.ticks


def test_a_tick_against_a_red_probe_is_an_override_and_stays() -> None:
    history = looped()
    say(history, "calm", False, "exit status 1")
    refused = history.ask(r.TickNode(node="calm"))
    assert isinstance(refused, r.OverrideNeeded)
    assert refused.reason == "the probe of “It is calm” says otherwise: exit status 1"
    history.ask(r.TickNode(node="calm", override=True, reason="the probe is old"), GRACE)
    assert history.state.ticks["calm"].override == "the probe is old"
    assert say(history, "calm", None, "gone") == 1
    assert say(history, "calm", False) == 1
    assert history.state.ticks["calm"].by == GRACE


def test_once_its_phase_is_closed_the_answer_of_a_check_changes_nothing() -> None:
    history = looped()
    history.ran("a")
    history.add(e.CheckTicked(node="up", probe=True), "a")
    assert [c.id for c, _ in looping(history.state)] == ["calm", "up"]
    say(history, "calm", True)
    assert closed(history.state, "one")
    assert say(history, "up", False) == 0
    assert "up" in history.state.ticks


def looks(id_: str) -> Step:
    return Step(id=id_, title=id_.upper(), run="true", effect=False)


def two_in_one(*, required: bool = True) -> History:
    up = Check(id="up", title="Up", probe="./up", required=required)
    first = Phase(id="one", title="One", steps=(step("a", checks=(up,)), looks("b"), step("c")))
    second = Phase(id="two", title="Two", steps=(step("d"),))
    history = History(Runbook(title="T", phases=(first, second)))
    history.ran("a")
    history.add(e.CheckTicked(node="up", probe=True), "a")
    return history


def test_a_red_check_of_a_done_step_keeps_its_phase_open_until_it_holds_again() -> None:
    history = two_in_one()
    ended = history.state.step("a").finished
    say(history, "up", False)
    assert history.state.step("a").status is Status.WAITING
    assert [c.id for c, _ in looping(history.state)] == ["up"]
    (why,) = blockers(history.state, "b")
    assert why == "“A” comes first (still open in it: check “Up” of “A” is red: exit status 1)"
    assert isinstance(history.ask(r.StartStep(step="b")), r.Refusal)
    say(history, "up", True)
    assert history.state.step("a").status is Status.DONE
    assert history.state.step("a").finished == ended
    # What began meanwhile goes on, and the phase stays open when all else in it is over.
    history.add(e.StepStarted(attempt=1), "b")
    say(history, "up", None, "no answer within 10 s")
    history.ran("b")
    history.ran("c")
    assert not closed(history.state, "one")
    (why,) = blockers(history.state, "d")
    assert "check “Up” of “A” is red: no answer within 10 s" in why
    assert isinstance(history.ask(r.TickNode(node="up")), r.OverrideNeeded)
    history.ask(r.TickNode(node="up", override=True, reason="a known hole"), GRACE)
    assert closed(history.state, "one")
    assert blockers(history.state, "d") == ()
    assert len([x for x in history.events if x.type == "step.started" and x.step == "a"]) == 1
    assert history.refold().steps == history.state.steps


def test_a_check_that_a_later_step_was_meant_to_make_untrue_holds_nothing() -> None:
    """The service is down, something is done, the service is started: nobody has to override."""
    down = Check(id="down", title="It is down", probe="./down")
    steps = (step("stop", checks=(down,)), looks("look"), step("start"), looks("verify"))
    phases = (Phase(id="one", title="One", steps=steps),
              Phase(id="two", title="Two", steps=(step("d"),)))  # fmt: skip
    history = History(Runbook(title="T", phases=phases))
    history.ran("stop")
    history.add(e.CheckTicked(node="down", probe=True), "stop")
    history.ran("look")
    say(history, "down", False)
    assert history.state.step("stop").status is Status.WAITING
    say(history, "down", True)
    say(history, "down", True)
    history.ran("start")
    say(history, "down", False)
    assert "down" not in history.state.ticks
    assert history.state.step("stop").status is Status.DONE
    history.ran("verify")
    assert closed(history.state, "one")
    assert blockers(history.state, "d") == ()


def test_a_check_of_a_step_that_holds_others_ticks_itself_once_these_are_over() -> None:
    up = Check(id="up", title="Up", probe="./up")
    around = Step(id="g", title="G", checks=(up,), steps=(step("i"), step("k")))
    phase = Phase(id="p", title="P", steps=(around, step("z")))
    history = History(Runbook(title="T", phases=(phase,)))
    history.ran("i")
    assert list(looping(history.state)) == []
    history.ran("k")
    assert [c.id for c, _ in looping(history.state)] == ["up"]
    say(history, "up", True)
    assert history.state.step("g").status is Status.DONE
    say(history, "up", False)
    assert history.state.step("g").status is Status.WAITING
    assert blockers(history.state, "z")
    say(history, "up", True)
    assert blockers(history.state, "z") == ()


def test_whoever_looks_at_a_screen_is_told_of_a_red_check_and_what_to_do_about_it() -> None:
    history = two_in_one()
    before = history.state
    say(history, "up", False)
    ((told, tone),) = news(before, history.state, GRACE)
    assert told.startswith("check “Up” of “A” is red: exit status 1; nothing behind it starts")
    assert tone == "bad"
    shown = ["".join(text for text, _ in line)
             for line in card(history.state, "a", START + 60, 70, 20)]  # fmt: skip
    assert any("waits for 1 check" in line for line in shown)
    assert any(line.startswith("☐ Up") and "its probe says no" in line for line in shown)
    before = history.state
    say(history, "up", True)
    assert news(before, history.state, GRACE) == []


def test_a_red_check_that_is_not_required_and_one_of_an_older_journal_hold_nothing() -> None:
    history = two_in_one(required=False)
    say(history, "up", False)
    assert "up" not in history.state.ticks
    older = two_in_one()
    older.add(e.CheckUnticked(node="up", probe=True), "a")
    for found in (history, older):
        assert found.state.step("a").status is Status.DONE
        assert blockers(found.state, "b") == ()


def test_while_a_rollback_runs_no_answer_of_a_check_opens_or_ends_a_step() -> None:
    history = two_in_one()
    history.add(e.RollbackStarted(scope="run", node="", steps=("a",)))
    say(history, "up", False)
    assert (history.state.step("a").status, "up" in history.state.ticks) == (Status.DONE, True)


def test_the_probe_of_a_box_that_was_red_goes_on_as_red_whoever_leads_next() -> None:
    history = two_in_one()
    assert begun_with(history.state, "up") == Track()
    say(history, "up", False)
    assert begun_with(history.state, "up").standing is Standing.BREACHED
    history.ask(r.TickNode(node="up", override=True, reason="known"))
    assert begun_with(history.state, "up") == Track()


def test_many_checks_are_asked_more_seldom_and_not_all() -> None:
    steps = tuple(step(f"s{n}", checks=(Check(id=f"c{n}", title="C", probe="x"),))
                  for n in range(300))  # fmt: skip
    last = step("last")
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=(*steps, last)),)))
    for one in steps:
        history.ran(one.id)
    found = list(looping(history.state))
    assert [c.id for c, _ in found] == [f"c{n}" for n in range(100, 300)]
    assert {every for _, every in found} == {100.0}


def test_a_check_whose_answer_takes_long_is_asked_seldom_and_may_take_as_long_again() -> None:
    history = looped()
    history.ran("a")
    (box,) = (check for check, _ in looping(history.state) if check.id == "up")
    assert {c.id: every for c, every in looping(history.state)}["up"] == 30.0
    assert patience(history.state, box) == 10.0
    history.add(e.CommandStarted(attempt=1, kind="probe", text="x", cwd="/", shell=("sh",),
                                 folder="/f", node="up"), "a")  # fmt: skip
    ended = e.CommandFinished(attempt=1, kind="probe", folder="/f", exit=0, seconds=200.0)
    history.add(ended, "a")
    assert {c.id: every for c, every in looping(history.state)}["up"] == 2000.0
    assert patience(history.state, box) == 600.0


def test_a_block_keeps_a_criterion_from_ticking_itself() -> None:
    one = watch(on_breach="block")
    first = Phase(id="one", title="One", steps=(step("a"),),
                  criteria=(Check(id="calm", title="Calm", probe="x"),))  # fmt: skip
    history = History(Runbook(title="T", phases=(first,), watches=(one,)))
    measure(history, one, 98.0)
    say(history, "calm", True)
    assert history.state.ticks == {}
    measure(history, one, 99.5)
    say(history, "calm", True)
    assert set(history.state.ticks) == {"calm"}


# -- samples ---------------------------------------------------------------------------------------


def test_samples_are_kept_thin_with_every_change_and_move_nothing_else() -> None:
    one = watch()
    history = History(two_phases(one))
    touched = history.state.last_at
    history.add(e.WatchSampled(samples={"w": [[-2.0, 99.5, "g"], [-1.0, None, "u"]]}))
    found = history.state.watches["w"]
    assert found.points == (
        Point(START, 99.5, Standing.GOOD), Point(START + 1, None, Standing.UNKNOWN),
    )  # fmt: skip
    assert history.state.last_at == touched
    for _ in range(POINTS):
        history.add(e.WatchSampled(samples={"w": [[-0.5, 99.5, "g"], [0, 99.7, "g"]]}))
    found = history.state.watches["w"]
    assert len(found.points) <= POINTS
    assert [p.standing for p in found.points].count(Standing.UNKNOWN) == 1
    assert (found.standing, found.value) == (Standing.GOOD, 99.7)


@pytest.mark.parametrize("samples", [{"w": [7]}, {"w": [["a", 1, "g"]]}, {"w": [[1, "x", "g"]]},
                                     {"w": [[1, 2]]}, {"w": [[0, 1, 5]]}])  # fmt: skip
def test_what_is_no_sample_is_passed_over(samples: Any) -> None:
    history = History(two_phases(watch()))
    history.add(e.WatchSampled(samples=samples))
    assert history.state.watches["w"].points == ()


def test_thinning_keeps_the_ends_the_extremes_and_the_changes() -> None:
    points = [Point(float(n), float(n % 50), Standing.GOOD) for n in range(1000)]
    points[500] = Point(500.0, -7.0, Standing.BREACHED)
    kept = thinned(points, 100)
    assert len(kept) <= 100
    assert kept[0] is points[0]
    assert kept[-1] is points[-1]
    assert points[500] in kept
    assert {0.0, 49.0} <= {p.value for p in kept}
    flapping = [Point(float(n), 1.0, (Standing.GOOD, Standing.BREACHED)[n % 2]) for n in range(300)]
    assert len(thinned(flapping, 10)) == 300


def without_gates(*watches: Watch) -> Runbook:
    phases = (
        Phase(id="one", title="One", steps=(step("a"), step("b", needs=()),
                                            Step(id="hand", title="Hand", needs=()))),
        Phase(id="two", title="Two", steps=(step("c"),), needs=()),
    )  # fmt: skip
    return Runbook(title="T", phases=phases, watches=watches)


@pytest.mark.parametrize("value", [98.0, None])
def test_a_block_holds_the_next_step_also_where_there_is_no_gate(value: float | None) -> None:
    one = watch(on_breach="block", applies_to=("one",), error_limit=1)
    history = History(without_gates(one))
    history.add(e.StepStarted(attempt=1), "hand")
    history.ran("a", exit_=1)
    measure(history, one, value)
    for id_ in ("a", "b"):  # Not the next attempt either.
        answer = history.ask(r.StartStep(step=id_))
        assert isinstance(answer, r.Refusal)
        assert answer.exit_code == 4
        assert "nothing starts in “One” now: the watch “W”" in answer.reason
        assert answer.hint.endswith("override 20260101-cafe w")
    for by_hand in (r.FinishStep(step="b"), r.TickNode(node="b")):
        assert isinstance(history.ask(by_hand), r.Refusal)
    # What is under way may end, and another phase is not what it is about.
    assert not isinstance(history.ask(r.FinishStep(step="hand")), r.Refusal)
    assert blockers(history.state, "c") == ()
    for nothing in (" ", "\u200b"):
        assert isinstance(history.ask(r.OverrideWatch(watch="w", reason=nothing)), r.Refusal)
    unknown = history.ask(r.OverrideGate(node="nosuch", reason="late"))
    assert isinstance(unknown, r.Refusal)
    assert unknown.reason == "there is nothing called “nosuch”, neither a watch nor what has a gate"
    history.ask(r.OverrideWatch(watch="w", reason="a known wave"))
    assert not isinstance(history.ask(r.StartStep(step="b")), r.Refusal)


def test_an_alert_alone_holds_nothing_and_a_clear_watch_neither() -> None:
    one, other = watch(), watch("v", on_breach="block")
    history = History(without_gates(one, other))
    measure(history, one, 98.0)
    measure(history, other, 98.0)
    assert blockers(history.state, "a")
    measure(history, other, 99.5)
    assert blockers(history.state, "a") == ()


@pytest.mark.parametrize(("on_breach", "allowed", "more", "starts"), [
    ("rollback", True, {}, True),
    ("rollback", False, {}, False),  # The plan alone is not enough …
    ("propose-rollback", True, {}, False),  # … nor is the leave alone.
    ("block", True, {}, False),
    ("rollback", True, {"before_start": True}, False),
    ("rollback", True, {"respond_within": 1e6}, False),
])  # fmt: skip
def test_a_rollback_starts_by_itself_only_where_all_agree(
    on_breach: str, allowed: bool, more: dict[str, Any], starts: bool
) -> None:
    watches = (watch(on_breach=on_breach), watch("v", on_breach=on_breach))
    history = History(without_gates(*watches))
    assert history.state.begun is not None
    begun = dataclasses.replace(history.state.begun, automatic_rollback=allowed)
    history.state = dataclasses.replace(history.state, begun=begun)
    history.ran("a")
    for one in watches:
        history.add(e.WatchBreached(watch=one.id, value=98.0, **more))
    at = START + 100
    assert (due(history.state, at) is not None) is starts
    if not starts:
        return
    # Two at once start one rollback, and neither starts another while it runs or behind it.
    history.ask(r.StartRollback(scope="run", watch="w"))
    assert due(history.state, at) is None
    history.add(e.RollbackFinished(result="complete"))
    assert due(history.state, at) is None
    assert proposing(history.state) == ()


def test_nothing_is_measured_more_often_than_is_a_measurement() -> None:
    history = History(two_phases(watch(every=0.001)))
    assert cadence(history.state, history.state.runbook.watches[0]) == 0.05


def test_a_breach_that_comes_while_a_rollback_runs_proposes_another_and_starts_none() -> None:
    one = watch(on_breach="rollback")
    history = History(without_gates(one))
    assert history.state.begun is not None
    begun = dataclasses.replace(history.state.begun, automatic_rollback=True)
    history.state = dataclasses.replace(history.state, begun=begun)
    history.ran("a")
    history.ran("b")
    history.add(e.RollbackStarted(scope="step", node="b", steps=("b",)))
    history.add(e.WatchBreached(watch="w", value=98.0))
    assert due(history.state, START + 100) is None
    history.add(e.UndoStarted(), "b")
    history.add(e.UndoFinished(result="done"), "b")
    history.add(e.RollbackFinished(result="complete"))
    # What is brought back shakes what is measured: that must not bring back more by itself.
    assert due(history.state, START + 100) is None
    assert ids(proposing(history.state)) == ["w"]
    history.add(e.WatchCleared(watch="w", value=99.5))
    history.add(e.WatchBreached(watch="w", value=98.0))
    assert due(history.state, START + 100) == one


def test_whoever_looks_at_the_rollback_again_does_not_start_a_second_for_the_same_breach() -> None:
    one = watch(on_breach="rollback")
    history = History(without_gates(one))
    assert history.state.begun is not None
    begun = dataclasses.replace(history.state.begun, automatic_rollback=True)
    history.state = dataclasses.replace(history.state, begun=begun)
    history.ran("a")
    history.ran("b")
    history.add(e.WatchBreached(watch="w", value=98.0))
    history.add(e.RollbackStarted(scope="step", node="b", steps=("b",), watch="w"))
    history.add(e.UndoStarted(), "b")
    history.add(e.UndoFinished(result="done"), "b")
    history.add(e.RollbackFinished(result="complete"))
    for looks in (e.RollbackOpened(scope="run"), e.RollbackClosed()):
        history.add(looks)
        assert proposing(history.state) == ()
        assert due(history.state, START + 100) is None
