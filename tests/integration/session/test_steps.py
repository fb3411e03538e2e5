"""Steps carried out by the session, on real supervisors and a real journal."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from runbook_tui.book.model import Check, Expect, Parameter, Secret, Step
from runbook_tui.command import folder as kept
from runbook_tui.command.kept_files import EvidenceFiles
from runbook_tui.command.runner import HelperRunner
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.signatures import SshSignatures
from runbook_tui.report.building import build
from runbook_tui.run import requests as r
from runbook_tui.run.events import CommandStarted, RunFinished
from runbook_tui.run.several import status_of
from runbook_tui.run.state import Status
from runbook_tui.run.times import epoch
from runbook_tui.session import stepping
from runbook_tui.session.opening import open_run
from runbook_tui.session.session import Session
from runbook_tui.session.undo_file import read
from runbook_tui.wiring import surroundings
from tests.fakes.history import GRACE
from tests.integration.session.scene import Scene, ask, book, refused, run_step
from tests.on_disk import files_holding
from tests.waiting import until

Make = Callable[..., Scene]


def test_before_runs_first_and_completes_the_undo_before_the_effect(scene: Make) -> None:
    step = Step(
        id="a", title="A", outputs=("old",), before='echo old=41 >> "$RUNBOOK_OUTPUT"',
        run='test "$old" = 41', undo="echo back to ${{ old }}",
    )  # fmt: skip
    place = scene(book(step))
    session = place.open()
    run_step(session, "a")
    undo = session.state.step("a").undo
    assert undo is not None
    assert (undo.text, undo.missing) == ("echo back to 41", ())
    types = place.types()
    last_armed = len(types) - 1 - types[::-1].index("undo.armed")
    starts = [n for n, t in enumerate(types) if t == "command.started"]
    assert last_armed < starts[1]


def test_a_start_is_recorded_before_the_command_starts(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="true")))
    session = place.open()
    run_step(session, "a")
    until(lambda: session.state.finished is not None)
    assert place.types() == [
        "run.started", "step.started", "undo.armed", "command.started", "command.finished",
        "step.finished", "run.finished",
    ]  # fmt: skip
    assert (place.place / "undo.json").stat().st_mode & 0o077 == 0


def test_what_is_done_by_hand_is_written_down_too(scene: Make) -> None:
    place = scene(book(Step(id="a", title="Call the harbour")))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    kept = read(place.place / "undo.json")
    assert [(item.step, item.kind) for item in kept.items] == [("a", "manual")]
    assert "Call the harbour" in (place.place / "rollback.sh").read_text(encoding="utf-8")


def test_a_step_of_steps_done_by_hand_is_written_down_before_it_is_begun_itself(
    scene: Make,
) -> None:
    inside = (Step(id="page", title="The page opens"), Step(id="log", title="No errors"))
    place = scene(book(Step(id="look", title="Look at it", steps=inside)))
    session = place.open()
    ask(session, r.StartStep(step="page"))
    ask(session, r.FinishStep(step="page"))
    assert "look" not in session.state.steps
    kept = read(place.place / "undo.json")
    assert [(item.step, item.kind) for item in kept.items] == [("look", "manual")]


def test_a_failing_command_fails_its_step_with_its_status(scene: Make) -> None:
    session = scene(book(Step(id="a", title="A", run="exit 3", undo="true"))).open()
    run_step(session, "a", Status.FAILED)
    assert session.state.step("a").reason == "its command ended with exit status 3"


def test_what_a_plan_expects_counts_as_done(scene: Make) -> None:
    steps = (
        Step(id="a", title="A", run="exit 3", expect=Expect(exits=(0, 3)), effect=False),
        Step(id="b", title="B", run="echo all good", expect=Expect(output="go+d$"), effect=False),
        Step(id="c", title="C", run="echo bad", expect=Expect(output="go+d"), effect=False),
    )
    session = scene(book(*steps)).open()
    run_step(session, "a")
    run_step(session, "b")
    run_step(session, "c", Status.FAILED)


def test_retries_try_again_and_each_attempt_is_its_own_record(scene: Make) -> None:
    text = 'echo x >> tries; test "$(wc -l < tries)" -ge 3'
    session = scene(book(Step(id="a", title="A", run=text, retries=3, effect=False))).open()
    run_step(session, "a")
    runs = [c for c in session.state.step("a").commands if c.kind == "run"]
    assert [c.exit for c in runs] == [1, 1, 0]
    assert len({c.folder for c in runs}) == 3


def test_between_attempts_there_is_a_pause_that_grows(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "PAUSE", 0.1)
    text = 'date +%s.%N >> tries; test "$(wc -l < tries)" -ge 4'
    place = scene(book(Step(id="a", title="A", run=text, retries=3, effect=False)))
    run_step(place.open(), "a")
    times = [float(line) for line in (place.work / "tries").read_text().split()]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert all(pause >= least for pause, least in zip(pauses, (0.1, 0.2, 0.4), strict=True)), pauses


def test_the_pause_never_gets_longer_than_a_minute() -> None:
    assert [stepping.pause(failed) for failed in (1, 2, 3, 7, 100)] == [1.0, 2.0, 4.0, 60.0, 60.0]


def test_who_stops_between_two_attempts_stops_the_step(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "PAUSE", 60.0)
    session = scene(book(Step(id="a", title="A", run="exit 1", retries=3, effect=False))).open()
    ask(session, r.StartStep(step="a"))
    until(lambda: [c.exit for c in session.state.step("a").commands] == [1])
    assert session.state.step("a").status is Status.RUNNING
    ask(session, r.StopCommands())
    until(lambda: session.state.step("a").status is Status.FAILED)
    assert refused(session, r.StopCommands()).reason == "nothing runs"


def test_another_process_stops_it_between_two_attempts(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "PAUSE", 60.0)
    place = scene(book(Step(id="a", title="A", run="exit 1", retries=3, effect=False)))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    until(lambda: [c.exit for c in session.state.step("a").commands] == [1])
    other = place.open(leads=False)
    ask(other, r.StopCommands())
    until(lambda: session.state.step("a").status is Status.FAILED)
    assert "it is not tried again" in session.state.step("a").reason
    monkeypatch.setattr(stepping, "PAUSE", 0.0)
    assert refused(other, r.StopCommands()).reason == "nothing runs"
    assert refused(session, r.StopCommands()).reason == "nothing runs"


def test_outputs_become_parameters_only_if_declared(scene: Make) -> None:
    text = 'printf "sha=abc\\nstray=1\\n" >> "$RUNBOOK_OUTPUT"'
    session = scene(book(Step(id="a", title="A", run=text, outputs=("sha",), effect=False))).open()
    run_step(session, "a")
    assert dict(session.state.values) == {"sha": "abc"}


def test_a_missing_value_is_asked_for_and_never_an_empty_string(scene: Make) -> None:
    marks = (Parameter(name="PR", placeholder="<PR>", declared=False),)
    step = Step(id="a", title="A", run="echo closing <PR> > out", effect=False)
    place = scene(book(step, parameters=marks, format="markdown"))
    session = place.open()
    answer = refused(session, r.StartStep(step="a"))
    assert isinstance(answer, r.ValuesMissing)
    assert answer.names == ("PR",)
    ask(session, r.GiveValue(name="PR", value="7 ; rm x"))
    run_step(session, "a")
    assert (place.work / "out").read_text() == "closing 7 ; rm x\n"


def test_a_probe_ticks_its_check_and_a_failing_one_does_not(scene: Make) -> None:
    checks = (
        Check(id="yes", title="There", probe="test -e made"),
        Check(id="no", title="Not there", probe="test -e other"),
    )
    session = scene(
        book(Step(id="a", title="A", run="touch made", checks=checks, undo="true"))
    ).open()
    ask(session, r.StartStep(step="a"))
    until(lambda: len([c for c in session.state.step("a").commands
                       if c.kind == "probe" and not c.running]) == 2)  # fmt: skip
    until(lambda: session.state.step("a").status is Status.WAITING)
    assert set(session.state.ticks) == {"yes"}
    ask(session, r.TickNode(node="no", override=True, reason="known"))
    until(lambda: session.state.step("a").status is Status.DONE)


def test_a_background_step_is_done_when_its_probe_holds_and_runs_on(scene: Make) -> None:
    server = Step(id="a", title="Serve", run="echo up > up; sleep 60", ready="test -e up",
                  background=True, effect=False)  # fmt: skip
    session = scene(book(server, Step(id="b", title="B", run="true", undo="true"))).open()
    run_step(session, "a")
    assert session.state.step("a").running_command() is not None
    assert status_of(session.state, "b") is Status.READY
    ask(session, r.StopCommands())
    until(lambda: session.state.step("a").running_command() is None)
    assert session.state.step("a").status is Status.DONE


def test_a_stopped_command_makes_its_step_stopped(scene: Make) -> None:
    session = scene(book(Step(id="a", title="A", run="sleep 60", undo="true"))).open()
    ask(session, r.StartStep(step="a"))
    until(lambda: session.state.step("a").running_command() is not None)
    ask(session, r.StopCommands(step="a"))
    until(lambda: session.state.step("a").status is Status.STOPPED)


def test_who_opens_the_run_next_goes_on_with_what_runs(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="read x < go; echo $x > got", undo="true")))
    import os

    os.mkfifo(place.work / "go")
    first = place.open()
    ask(first, r.StartStep(step="a"))
    until(lambda: first.state.step("a").running_command() is not None)
    first.close()
    second = place.open()
    assert second.state.step("a").status is Status.RUNNING
    (place.work / "go").write_text("on\n")
    until(lambda: second.state.step("a").status is Status.DONE)
    assert (place.work / "got").read_text() == "on\n"


def test_nothing_starts_by_itself_when_a_run_is_opened_again(scene: Make) -> None:
    from runbook_tui.run import events as e

    place = scene(book(Step(id="a", title="A", run="touch ran", undo="true")))
    place.journal.append(place.run, [e.Draft(payload=e.StepStarted(), step="a")], GRACE)
    session = place.open()
    until(lambda: session.state.step("a").status is Status.FAILED)
    assert "interrupted" in session.state.step("a").reason
    assert not (place.work / "ran").exists()


def test_a_secret_reaches_the_command_and_nothing_else(
    scene: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VAULT", "s3cr3t-value-42")
    secret = Parameter(name="token", secret=Secret(env="VAULT"))
    step = Step(id="a", title="A", run='test ${{ token }} = "$VAULT"; echo ${{ token }}',
                effect=False)  # fmt: skip
    place = scene(book(step, parameters=(secret,)))
    session = place.open()
    run_step(session, "a")
    session.close()
    assert files_holding(tmp_path, "s3cr3t-value-42") == []


def test_a_secret_that_nobody_gives_is_asked_for_and_never_empty(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VAULT", raising=False)
    secret = Parameter(name="token", secret=Secret(env="VAULT"))
    step = Step(id="a", title="A", run='test -n "$token"', effect=False)
    place = scene(book(step, parameters=(secret,)))
    session = place.open()
    answer = refused(session, r.StartStep(step="a"))
    assert isinstance(answer, r.ValuesMissing)
    assert answer.names == ("token",)
    session.give_secret("token", "typed-in")
    run_step(session, "a")
    assert "typed-in" not in str(place.journal.events(place.run))


def test_two_leads_of_one_run_are_not(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="true")))
    first = place.open()
    with pytest.raises(AssertionError):
        place.open()
    assert "Ada" in first.lead.lock.holder()


def test_the_end_of_the_run_ends_what_runs_in_the_background_and_says_so(scene: Make) -> None:
    place = scene(book(
        Step(id="serve", title="Serve", run="sleep 600", effect=False, background=True),
        Step(id="b", title="B", run="true", effect=False),
    ))  # fmt: skip
    session = place.open()
    run_step(session, "serve")
    run_step(session, "b")
    until(lambda: session.state.finished is not None, what="the end of the run")
    assert not any(c.running for c in session.state.step("serve").commands)
    last = place.journal.events(place.run)[-1].payload
    assert isinstance(last, RunFinished)
    assert last.stopped == ("Serve",)


def test_a_hand_over_is_recorded_only_by_the_one_who_has_the_lead(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A")))
    place.open()
    place.place.mkdir(parents=True, exist_ok=True)
    state = open_run(place.journal, place.run, lambda text, name, load: place.runbook, place.around)
    other = Session(
        state=state, actor=GRACE, journal=place.journal, commands=place.commands,
        surroundings=place.around, clock=SystemClock(), runner=HelperRunner(),
        signatures=SshSignatures(HelperRunner()), files=EvidenceFiles(),
        folder=place.place, leads=True,
    )  # fmt: skip
    assert not other.open(resume=True)
    assert "lead.handed_over" not in place.types()


def test_steps_that_need_nothing_of_one_another_run_at_the_same_time(scene: Make) -> None:
    """Each ends only once it has seen the other one run."""
    meet = "touch {0}; until test -e {1}; do sleep 0.02; done"
    steps = [
        Step(id=one, title=one, run=meet.format(one, other), needs=(), effect=False, timeout=600.0)
        for one, other in (("a", "b"), ("b", "a"))
    ]
    session = scene(book(*steps)).open()
    ask(session, r.StartStep(step="a"))
    ask(session, r.StartStep(step="b"))
    until(lambda: all(session.state.step(id_).status is Status.DONE for id_ in ("a", "b")))


def test_one_that_needs_another_does_not_run_beside_it(scene: Make) -> None:
    steps = (
        Step(id="a", title="A", run="sleep 60", needs=(), effect=False),
        Step(id="b", title="B", run="true", effect=False),
    )
    session = scene(book(*steps)).open()
    ask(session, r.StartStep(step="a"))
    assert refused(session, r.StartStep(step="b")).exit_code == 4


@pytest.mark.parametrize("interactive", [True, False])
def test_editors_and_pagers_are_the_person_s_own_only_where_a_person_types(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: Make, interactive: bool
) -> None:
    for name in ("GIT_EDITOR", "PAGER", "GIT_PAGER", "TERM"):
        monkeypatch.setenv(name, f"my-{name}")
    monkeypatch.delenv("GIT_TERMINAL_PROMPT", raising=False)
    text = 'echo "$GIT_EDITOR $PAGER $GIT_PAGER ${GIT_TERMINAL_PROMPT-unset} $TERM" > got'
    step = Step(id="a", title="A", run=text, before="echo $PAGER > before", effect=False,
                interactive=interactive)  # fmt: skip
    place = scene(book(step))
    place.around = surroundings()  # type: ignore[assignment]
    session = place.open()
    run_step(session, "a")
    own = "my-GIT_EDITOR my-PAGER my-GIT_PAGER unset xterm-256color\n"
    calm = "true cat cat 0 xterm-256color\n"
    assert (place.work / "got").read_text() == (own if interactive else calm)
    # Nobody types into what prepares a step.
    assert (place.work / "before").read_text() == "cat\n"
    started = [e.payload for e in place.journal.events(place.run) if e.type == "command.started"]
    [recorded] = [
        p.environment for p in started if isinstance(p, CommandStarted) and p.kind == "run"
    ]
    assert recorded["GIT_EDITOR"] == ("my-GIT_EDITOR" if interactive else "true")


def test_a_step_that_ended_while_nobody_looked_has_its_own_end(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="while ! test -e go; do sleep 0.02; done",
                            undo="true")))  # fmt: skip
    session = place.open()
    ask(session, r.StartStep(step="a"))
    until(lambda: session.state.step("a").running_command(), what="its command")
    record = session.state.step("a").running_command()
    assert record
    folder = Path(record.folder)
    until(lambda: kept.supervisor(folder), what="its supervisor")
    session.close()
    (place.work / "go").touch()
    until(lambda: place.commands.status(folder).phase == "finished", what="its end")
    ended = time.time()
    until(lambda: time.time() > ended + 1.0, what="some time in which nobody looks")
    again = place.open()
    until(lambda: again.state.step("a").status is Status.DONE)
    step = again.state.step("a")
    assert step.finished
    assert step.finished <= ended
    finished = {ev.type: ev for ev in place.journal.events(place.run)}["step.finished"]
    assert epoch(finished.at) > ended + 0.9
    told = build(place.run, place.runbook, place.journal.events(place.run), now=time.time())
    (part,) = told.steps
    assert part.attempts[0].ended == pytest.approx(step.finished, abs=1e-4)
