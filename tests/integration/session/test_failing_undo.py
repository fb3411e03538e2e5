"""An undo that fails: what a person may do about it, and who takes it over, on real parts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.book.model import Parameter, Secret, Step
from runbook_tui.run import requests as r
from runbook_tui.run.events import (
    CommandFinished,
    CommandStarted,
    RollbackFinished,
    UndoAmended,
    UndoArmed,
    UndoFinished,
    UndoStarted,
)
from runbook_tui.run.rollback import awaited, plan
from runbook_tui.run.state import Status
from runbook_tui.session import undo_file
from runbook_tui.session.session import Session
from runbook_tui.session.undo_writing import write
from tests.fakes.history import GRACE, History
from tests.integration.session.scene import Scene, ask, book, refused, rolled_back, run_step
from tests.integration.session.test_rollback import Told, emergency_of
from tests.waiting import until

Make = Callable[..., Scene]

BAD = Step(id="bad", title="Bad", run="touch bad", undo="test -e cure; rm bad")


TWICE = Step(
    id="a", title="A", before='echo >> tries; echo "n=$(wc -l < tries)" >> "$RUNBOOK_OUTPUT"',
    run="false", outputs=("n",),
    undo="echo ${{ n }} >> ../order; test ${{ n }} = 2 || test -e cure",
)  # fmt: skip
"""Each attempt of it has an undo of its own; that of the first one fails until there is a cure."""


def order(place: Scene) -> list[str]:
    return (place.folder / "order").read_text().split()


def touching(id_: str, **fields: Any) -> Step:
    return Step(
        id=id_, title=id_.upper(), run=f"touch {id_}", undo=f"rm {id_}; echo {id_} >> ../order",
        **fields,
    )  # fmt: skip


def failed(scene: Make, *steps: Step) -> tuple[Scene, Session]:
    """A rollback with a person, at rest because of an undo that failed."""
    place = scene(book(*steps))
    session = place.open()
    for step in steps:
        run_step(session, step.id)
    ask(session, r.StartRollback(scope="run"))
    until(lambda: awaited(session.state))
    return place, session


def results(session: Session) -> dict[str, str]:
    assert session.state.rollback is not None
    return dict(session.state.rollback.results)


def over(session: Session) -> str:
    until(lambda: session.state.rollback and session.state.rollback.finished)
    assert session.state.rollback is not None
    return session.state.rollback.result


def test_it_waits_for_a_person_while_all_others_go_on(scene: Make) -> None:
    place, session = failed(scene, touching("a"), BAD, touching("c"))
    assert results(session) == {"c": "done", "bad": "failed", "a": "done"}
    assert [item.step for item in awaited(session.state)] == ["bad"]
    assert session.state.rolling_back
    (place.work / "cure").touch()
    ask(session, r.RetryUndo(step="bad"))
    assert over(session) == "complete"
    assert not (place.work / "bad").exists()
    attempts = [
        e.payload.attempt
        for e in place.journal.events(place.run)
        if isinstance(e.payload, UndoStarted) and e.step == "bad"
    ]
    assert attempts == [1, 2]


def test_what_it_needed_waits_with_it_and_goes_on_once_it_is_mended(scene: Make) -> None:
    needing = Step(id="bad", title="Bad", run="true", undo="exit 3", needs=("a",))
    place, session = failed(scene, touching("a"), touching("b"), needing)
    assert (place.work / "a").exists()
    assert not (place.work / "b").exists()
    ask(session, r.AmendUndo(step="bad", text="true", reason="it had gone already"))
    assert over(session) == "complete"
    assert (place.folder / "order").read_text().split() == ["b", "a"]


def test_what_it_needed_is_not_tried_once_it_is_left(scene: Make) -> None:
    needing = Step(id="bad", title="Bad", run="true", undo="exit 3", needs=("a",))
    place, session = failed(scene, touching("a"), needing)
    assert refused(session, r.LeaveUndo(step="bad", reason=" ")).exit_code == 2
    ask(session, r.LeaveUndo(step="bad", reason="the vendor does it"))
    assert over(session) == "incomplete"
    assert results(session) == {"bad": "stays", "a": "not tried"}
    assert session.state.step("bad").undo_reason == "the vendor does it"
    assert session.state.step("a").status is Status.DONE
    assert session.state.rollback is not None
    assert set(session.state.rollback.remaining) == {"A", "Bad"}
    assert (place.work / "a").exists()


def test_an_edited_undo_runs_where_its_step_acted_and_is_marked(scene: Make) -> None:
    step = Step(id="a", title="A", run="true", undo="exit 7", env={"WHERE": "there"}, cwd="..")
    place, session = failed(scene, step)
    text = 'echo "$WHERE" > found\npwd >> found'
    assert refused(session, r.AmendUndo(step="a", text=text, reason="")).exit_code == 2
    assert refused(session, r.AmendUndo(step="a", text=" \n", reason="why")).exit_code == 2
    hole = refused(session, r.AmendUndo(step="a", text="rm ${{ it }}", reason="why"))
    assert "${{ it }}" in hole.reason
    ask(session, r.AmendUndo(step="a", text=text, reason="the old one is gone"))
    assert over(session) == "complete"
    assert (place.folder / "found").read_text().split() == ["there", str(place.folder)]
    amended = next(e for e in place.journal.events(place.run) if isinstance(e.payload, UndoAmended))
    assert amended.payload == UndoAmended(text=text, was="exit 7", reason="the old one is gone")


def test_a_secret_is_not_recorded_in_an_edited_undo(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", "hunter2")
    runbook = book(
        Step(id="a", title="A", run="true", undo="exit 1"),
        parameters=(Parameter(name="token", secret=Secret(env="SOURCE")),),
    )
    place = scene(runbook)
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartRollback(scope="run"))
    until(lambda: awaited(session.state))
    said = refused(session, r.AmendUndo(step="a", text="login hunter2", reason="x"))
    assert "token" in said.reason
    assert "hunter2" not in said.reason + said.hint
    ask(session, r.AmendUndo(step="a", text='test "$token" = hunter"2"', reason="by its name"))
    assert over(session) == "complete"
    assert "hunter2" not in json.dumps([str(e.payload) for e in place.journal.events(place.run)])


def test_a_block_goes_on_from_a_line_and_repeats_nothing(scene: Make) -> None:
    undo = "echo one >> ../order\necho two >> ../order\ntest -e cure\necho four >> ../order"
    place, session = failed(scene, Step(id="a", title="A", run="true", undo=undo))
    assert refused(session, r.ContinueUndo(step="a", line=1)).reason
    assert refused(session, r.ContinueUndo(step="a", line=9)).reason
    ask(session, r.ContinueUndo(step="a", line=4))
    assert over(session) == "complete"
    assert (place.folder / "order").read_text().split() == ["one", "two", "four"]


def test_a_block_whose_rest_is_not_certain_is_not_gone_on_with(scene: Make) -> None:
    undo = "cd ..\ntest -e cure\nrm -r order"
    _, session = failed(scene, Step(id="a", title="A", run="true", undo=undo))
    said = refused(session, r.ContinueUndo(step="a", line=3))
    assert "line 1 may set" in said.reason
    assert "edit" in said.hint


def test_where_only_the_check_failed_nothing_but_the_check_is_repeated(scene: Make) -> None:
    step = Step(
        id="a", title="A", run="true", undo="echo undone >> ../order", verify_undo="test -e cure"
    )
    place, session = failed(scene, step)
    (place.work / "cure").touch()
    ask(session, r.RetryUndo(step="a"))
    assert over(session) == "complete"
    assert (place.folder / "order").read_text().split() == ["undone"]


def test_where_only_the_check_failed_the_undo_can_be_run_again_by_editing_it(scene: Make) -> None:
    step = Step(
        id="a",
        title="A",
        run="true",
        undo="echo x >> count",
        verify_undo="grep -c x count | grep 2",
    )
    place, session = failed(scene, step)
    ask(session, r.AmendUndo(step="a", text="echo x >> count", reason="once more"))
    assert over(session) == "complete"
    assert (place.work / "count").read_text() == "x\nx\n"


def test_of_several_attempts_only_the_failed_undo_is_tried_again(scene: Make) -> None:
    place = scene(book(TWICE))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    run_step(session, "a", Status.FAILED)
    ask(session, r.StartRollback(scope="run"))
    until(lambda: awaited(session.state))
    before = order(place)
    (place.work / "cure").touch()
    ask(session, r.RetryUndo(step="a"))
    assert over(session) == "complete"
    assert sorted(before) == ["1", "2"]
    assert order(place)[len(before) :] == ["1"]


def test_two_are_never_undone_at_once_though_one_is_tried_again_meanwhile(scene: Make) -> None:
    slow = Step(
        id="slow", title="Slow", run="true",
        undo='echo begun > begun; until test -e go; do sleep 0.02; done; echo slow >> ../order',
    )  # fmt: skip
    bad = Step(id="bad", title="Bad", run="true", undo="test -e go; echo bad >> ../order")
    place = scene(book(slow, bad))
    session = place.open()
    run_step(session, "slow")
    run_step(session, "bad")
    ask(session, r.StartRollback(scope="run"))
    until((place.work / "begun").exists)
    ask(session, r.RetryUndo(step="bad"))
    assert session.state.step("bad").status is Status.UNDOING
    (place.work / "go").touch()
    assert over(session) == "complete"
    assert (place.folder / "order").read_text().split() == ["slow", "bad"]


@pytest.mark.parametrize("policy", ["continue", "stop"])
def test_on_failure_says_what_happens_with_a_person_too(scene: Make, policy: str) -> None:
    bad = Step(id="bad", title="Bad", run="true", undo="exit 2", on_failure=policy)
    place = scene(book(touching("a"), bad, touching("c")))
    session = place.open()
    for id_ in ("a", "bad", "c"):
        run_step(session, id_)
    ask(session, r.StartRollback(scope="run"))
    assert over(session) == "incomplete"
    assert (place.work / "a").exists() is (policy == "stop")
    assert not (place.work / "c").exists()
    assert session.state.rollback is not None
    assert session.state.rollback.remaining == (("Bad",) if policy == "continue" else ("Bad", "A"))


def test_another_without_a_person_takes_it_over_and_ends_it(scene: Make) -> None:
    needing = Step(id="bad", title="Bad", run="true", undo="exit 3", needs=("a",))
    place, session = failed(scene, touching("a"), touching("b"), needing)
    session.close()
    other = place.open(leads=False, actor=GRACE, unattended=True)
    assert over(other) == "incomplete"
    assert results(other) == {"bad": "failed", "b": "done", "a": "not tried"}


def test_another_person_takes_it_over_and_sees_the_same(scene: Make) -> None:
    undo = "echo one >> ../order\ntest -e cure\necho three >> ../order"
    place, session = failed(scene, Step(id="a", title="A", run="true", undo=undo))
    ask(session, r.ContinueUndo(step="a", line=2))
    until(lambda: awaited(session.state))
    session.close()
    other = place.open(leads=False, actor=GRACE)
    item = awaited(other.state)[0]
    assert item.asks
    assert item.text == "test -e cure\necho three >> ../order"
    assert item.edited == ("goes on from line 2, by Ada",)
    filed = undo_file.read(place.place / undo_file.NAME)
    assert filed.items[0].text == item.text
    other.help_roll_back()
    (place.work / "cure").touch()
    ask(other, r.RetryUndo(step="a"))
    assert over(other) == "complete"
    assert (place.folder / "order").read_text().split() == ["one", "three"]


def test_what_was_edited_is_what_a_later_rollback_runs(scene: Make) -> None:
    place, session = failed(scene, Step(id="a", title="A", run="true", undo="exit 1"))
    ask(session, r.AmendUndo(step="a", text="test -e cure", reason="better"))
    until(lambda: awaited(session.state))
    ask(session, r.StopRollback())
    assert over(session) == "incomplete"
    assert plan(session.state, "run", "").items[0].text == "test -e cure"
    Path(place.work / "cure").touch()
    ask(session, r.StartRollback(scope="run"))
    assert over(session) == "complete"


def test_nothing_of_this_is_possible_where_no_undo_has_failed(scene: Make) -> None:
    place = scene(book(touching("a")))
    session = place.open()
    run_step(session, "a")
    for request in (
        r.RetryUndo(step="a"), r.LeaveUndo(step="a", reason="x"), r.ContinueUndo(step="a", line=2),
        r.AmendUndo(step="a", text="true", reason="x"), r.RetryUndo(step="none"),
    ):  # fmt: skip
        assert "no rollback" in refused(session, request).reason


def test_nothing_is_tried_again_with_a_secret_that_nobody_can_give(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE", "hunter2")
    runbook = book(
        Step(id="a", title="A", run="true", undo='echo "<$token>" >> ../seen; test -e cure'),
        parameters=(Parameter(name="token", secret=Secret(env="SOURCE")),),
    )
    place = scene(runbook)
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartRollback(scope="run"))
    until(lambda: awaited(session.state))
    session.close()
    monkeypatch.delenv("SOURCE")
    (place.work / "cure").touch()
    other = place.open(leads=False, actor=GRACE)
    other.help_roll_back()
    ask(other, r.RetryUndo(step="a"))
    until(lambda: other.state.step("a").undo_reason == "needs token")
    assert (place.folder / "seen").read_text() == "<hunter2>\n"
    other.give_secret("token", "hunter2")
    ask(other, r.RetryUndo(step="a"))
    assert over(other) == "complete"


@pytest.mark.parametrize("policy", ["ask", "stop"])
def test_without_the_journal_needs_and_on_failure_hold_too(scene: Make, policy: str) -> None:
    needing = Step(
        id="bad", title="Bad", run="true", undo="exit 3", needs=("b",), on_failure=policy
    )
    place = scene(book(touching("a"), touching("b", needs=()), needing))
    session = place.open()
    for id_ in ("a", "b", "bad"):
        run_step(session, id_)
    session.close()
    told = Told()
    complete, remaining = emergency_of(place, told).run()
    assert not complete
    assert set(remaining) == ({"B", "Bad"} if policy == "ask" else {"A", "B", "Bad"})
    assert (place.work / "b").exists()
    assert (place.work / "a").exists() is (policy == "stop")
    assert any(line.startswith("B: not tried") for line in told.lines)


def test_an_undo_is_ended_at_its_own_time_limit_and_may_be_mended(scene: Make) -> None:
    slow = Step(id="a", title="A", run="true", undo="sleep 600", undo_timeout=0.3)
    place, session = failed(scene, slow)
    assert "ran out of time" in session.state.step("a").undo_reason
    assert undo_file.read(place.place / undo_file.NAME).items[0].timeout == 0.3
    ask(session, r.AmendUndo(step="a", text="true", reason="it waits in vain"))
    assert over(session) == "complete"


def tried_twice(scene: Make) -> tuple[Scene, Session]:
    """Two attempts, and a rollback that ended incomplete: it took back the second one alone."""
    place = scene(book(TWICE))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    run_step(session, "a", Status.FAILED)
    assert rolled_back(session) == "incomplete"
    assert order(place) == ["2", "1"]
    return place, session


def test_what_went_well_is_not_run_again_by_the_next_rollback(scene: Make) -> None:
    place, session = tried_twice(scene)
    item = plan(session.state, "run", "").items[0]
    assert item.went == (item.text,)
    (place.work / "cure").touch()
    assert rolled_back(session) == "complete"
    assert order(place) == ["2", "1", "1"]


def test_it_is_run_again_once_the_step_has_acted_again(scene: Make) -> None:
    place, session = tried_twice(scene)
    (place.work / "tries").write_text("\n")
    (place.work / "cure").touch()
    run_step(session, "a", Status.FAILED)
    assert rolled_back(session) == "complete"
    assert sorted(order(place)[2:]) == ["1", "2"]


def test_nor_by_one_without_the_journal(scene: Make) -> None:
    place, _ = tried_twice(scene)
    (place.work / "cure").touch()
    told = Told()
    assert emergency_of(place, told).run() == (True, ())
    assert order(place) == ["2", "1", "1"]


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_nor_by_the_script_whose_own_account_counts_too(scene: Make, shell: str) -> None:
    place, _ = tried_twice(scene)
    path = str(place.place / "rollback.sh")

    def script(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([shell, path, *options], capture_output=True, text=True, check=False)

    shown = script("-n").stdout
    assert "echo 1 >>" in shown
    assert "went well before" in shown[: shown.index("echo 1 >>")]
    assert script().returncode == 6
    (place.work / "cure").touch()
    assert script().returncode == 5
    assert order(place) == ["2", "1", "1", "1"]


def test_where_only_the_check_failed_the_next_rollback_only_checks(scene: Make) -> None:
    step = Step(id="a", title="A", run="true", undo="echo a >> ../order", verify_undo="test -e ok")
    place = scene(book(step))
    session = place.open()
    run_step(session, "a")
    assert rolled_back(session) == "incomplete"
    assert rolled_back(session) == "incomplete"
    assert "went well before" in session.state.step("a").undo_reason
    (place.work / "ok").touch()
    assert rolled_back(session) == "complete"
    assert order(place) == ["a"]


def test_an_undo_that_was_lost_is_not_run_again_by_who_goes_on_without_the_journal(
    tmp_path: Path,
) -> None:
    history = History(book(Step(id="a", title="A", run="true")))
    history.ran("a", UndoArmed(kind="command", text="undo a", shell=("sh", "-c"), cwd="/"))
    history.ask(r.StartRollback(scope="run"))
    history.add(UndoStarted(), "a")
    history.add(
        CommandStarted(attempt=1, kind="undo", text="undo a", cwd="/", shell=("sh",), folder="/f"),
        "a",
    )
    history.add(CommandFinished(attempt=1, kind="undo", folder="/f", lost=True), "a")
    history.add(UndoFinished(result="failed", reason="the undo was lost"), "a")

    def begun() -> str:
        write(tmp_path, history.state, 0.0)
        return undo_file.read(tmp_path / undo_file.NAME).items[0].begun

    assert begun() == "/f"
    # Once that rollback is over, another one tries it.
    history.add(RollbackFinished(result="incomplete", remaining=("A",)))
    assert begun() == ""
