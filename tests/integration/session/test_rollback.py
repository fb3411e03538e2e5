"""Two key presses bring it back: the rollback on real parts."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from runbook_tui.book.model import Parameter, Phase, Runbook, Secret, Step
from runbook_tui.command.folder import supervisor as supervisor_of
from runbook_tui.command.host import CommandHost
from runbook_tui.journal.clock import SystemClock
from runbook_tui.run import requests as r
from runbook_tui.run.events import (
    CommandStarted,
    Draft,
    RollbackStarted,
    UndoFinished,
    UndoStarted,
)
from runbook_tui.run.requests import Refusal
from runbook_tui.run.rollback import plan
from runbook_tui.run.state import Status
from runbook_tui.session import account, emergency, spare, stepping, undo_file
from tests.fakes.history import GRACE
from tests.integration.session.scene import Scene, ask, book, rolled_back, run_step
from tests.waiting import until

Make = Callable[..., Scene]


class Told:
    """Keeps what an emergency rollback tells."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.followed: set[Path] = set()

    def tell(self, text: str) -> None:
        self.lines.append(text)

    def follow(self, folder: Path, *, ended: bool) -> None:
        if ended:
            self.followed.add(folder)


def emergency_of(
    place: Scene,
    told: Told,
    begun: Mapping[tuple[str, str], account.Begun] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> emergency.EmergencyRollback:
    """The rollback from the scene's undo file, as a process without the journal does it."""
    return emergency.EmergencyRollback(
        undo_file.read(place.place / undo_file.NAME),
        commands=CommandHost(),
        environment=place.around.environment,
        folder=place.folder / "emergency",
        account=account.Account(spare.Places(place.place, place.run), GRACE),
        begun=begun or {},
        secrets=lambda _: secrets or {},
        clock=SystemClock(),
        teller=told,
    )


def touching(name: str, **fields: object) -> Step:
    return Step(
        id=name, title=name.upper(), run=f"touch {name}; echo {name} >> order",
        undo=f"rm {name}; echo -{name} >> order", verify_undo=f"test ! -e {name}",
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def test_everything_that_ran_is_undone_newest_first_and_verified(scene: Make) -> None:
    place = scene(book(touching("a"), touching("b"), touching("c")))
    session = place.open()
    run_step(session, "a")
    run_step(session, "b")
    assert rolled_back(session) == "complete"
    assert (place.work / "order").read_text().split() == ["a", "b", "-b", "-a"]
    assert session.state.step("a").status is Status.PENDING


def test_a_step_that_failed_half_way_is_undone_too(scene: Make) -> None:
    half = Step(id="h", title="Half", run="touch half; false", undo="rm -f half")
    place = scene(book(touching("a"), half))
    session = place.open()
    run_step(session, "a")
    run_step(session, "h", Status.FAILED)
    assert rolled_back(session) == "complete"
    assert not (place.work / "half").exists()


def test_running_commands_of_the_scope_are_stopped_first(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="touch x; sleep 60", undo="rm x")))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    until((place.work / "x").exists)
    assert rolled_back(session) == "complete"
    types = place.types()
    assert types.index("command.finished") < types.index("undo.started")


def test_one_failing_undo_hides_nothing_and_stops_no_other(scene: Make) -> None:
    bad = Step(id="bad", title="Bad", run="true", undo="exit 9")
    place = scene(book(touching("a"), bad, touching("c")))
    session = place.open()
    for step in ("a", "bad", "c"):
        run_step(session, step)
    assert rolled_back(session) == "incomplete"
    rollback = session.state.rollback
    assert rollback is not None
    assert rollback.remaining == ("Bad",)
    assert dict(rollback.results) == {"c": "done", "bad": "failed", "a": "done"}
    assert session.state.step("bad").status is Status.UNDO_FAILED


def test_what_a_failed_undo_was_needed_for_is_not_tried(scene: Make) -> None:
    bad = Step(id="bad", title="Bad", run="true", undo="exit 9", needs=("a",))
    session = scene(book(touching("a"), bad)).open()
    run_step(session, "a")
    run_step(session, "bad")
    assert rolled_back(session) == "incomplete"
    assert session.state.rollback is not None
    assert set(session.state.rollback.remaining) == {"A", "Bad"}


def test_an_undo_that_does_not_verify_is_no_undo(scene: Make) -> None:
    liar = Step(id="a", title="A", run="touch x", undo="true", verify_undo="test ! -e x")
    session = scene(book(liar)).open()
    run_step(session, "a")
    assert rolled_back(session) == "incomplete"
    assert "check after it" in session.state.step("a").undo_reason


def test_steps_done_by_hand_are_asked_for_and_remain_without_a_person(scene: Make) -> None:
    place = scene(book(touching("a"), Step(id="hand", title="Hand"), touching("c")))
    session = place.open()
    run_step(session, "a")
    ask(session, r.TickNode(node="hand"))
    run_step(session, "c")
    ask(session, r.StartRollback(scope="run"))
    until(lambda: bool(session.state.rollback and len(session.state.rollback.results) == 2))
    assert session.state.rolling_back
    ask(session, r.AnswerByHand(step="hand", taken_back=True))
    until(lambda: bool(session.state.rollback and session.state.rollback.finished))
    assert session.state.rollback is not None
    assert session.state.rollback.result == "complete"


def test_what_lies_below_a_floor_stays_unless_a_person_says_so(scene: Make) -> None:
    def steps() -> tuple[Step, ...]:
        floor = Step(id="f", title="Floor", run="true", irreversible="the schema")
        return touching("a"), floor, touching("c")

    place = scene(book(*steps()))
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartStep(step="f", confirmed=True))
    until(lambda: session.state.step("f").status is Status.DONE)
    run_step(session, "c")
    assert rolled_back(session) == "incomplete"
    assert (place.work / "a").exists()
    assert not (place.work / "c").exists()
    ask(session, r.StartRollback(scope="run", past_floor=True, attended=False))
    until(lambda: not (place.work / "a").exists())
    until(lambda: not session.state.rolling_back)


def test_an_undo_acts_where_its_step_acted(scene: Make, tmp_path: Path) -> None:
    step = Step(id="a", title="A", run='pwd > here; echo "$STAGE" >> here', cwd="sub",
                env={"STAGE": "blue"}, undo='test "$STAGE" = blue; rm here')  # fmt: skip
    place = scene(book(step))
    (place.work / "sub").mkdir()
    session = place.open()
    run_step(session, "a")
    assert (place.work / "sub" / "here").read_text().split()[1] == "blue"
    assert rolled_back(session) == "complete"
    assert not (place.work / "sub" / "here").exists()


def test_another_terminal_rolls_back_while_the_lead_is_dead(scene: Make) -> None:
    place = scene(book(touching("a")))
    first = place.open()
    run_step(first, "a")
    first.close()
    second = place.open(leads=False, actor=GRACE, unattended=True)
    assert rolled_back(second) == "complete"
    assert not (place.work / "a").exists()


def test_another_terminal_takes_a_half_done_rollback_over(scene: Make) -> None:
    slow = Step(id="slow", title="Slow", run="true", undo="read x < go; touch undone")
    place = scene(book(touching("a"), slow))
    import os

    os.mkfifo(place.work / "go")
    first = place.open()
    run_step(first, "a")
    run_step(first, "slow")
    ask(first, r.StartRollback(scope="run", attended=False))
    until(lambda: first.state.step("slow").running_command() is not None)
    first.close()
    second = place.open(leads=False, actor=GRACE, unattended=True)
    (place.work / "go").write_text("on\n")
    until(lambda: bool(second.state.rollback and second.state.rollback.finished))
    assert second.state.rollback is not None
    assert second.state.rollback.result == "complete"
    assert not (place.work / "a").exists()


def test_without_a_journal_the_undo_file_brings_it_back(scene: Make, tmp_path: Path) -> None:
    place = scene(book(touching("a"), touching("b")))
    session = place.open()
    run_step(session, "a")
    run_step(session, "b")
    session.close()
    files = emergency.find(tmp_path / "home" / "runs")
    assert [f.run for f in files] == [place.run]
    told = Told()
    assert emergency_of(place, told).run() == (True, ())
    assert any("A: done" in line for line in told.lines)
    assert (place.work / "order").read_text().split() == ["a", "b", "-b", "-a"]
    account.enter_left_behind(place.journal, place.run, place.place / spare.NAME, GRACE)
    assert "rollback.finished" in place.types()
    again = place.open()
    assert again.state.step("a").status is Status.PENDING


def test_a_running_command_that_only_looks_is_stopped_too(scene: Make) -> None:
    place = scene(book(
        Step(id="a", title="A", run="touch made", undo="rm made"),
        Step(id="look", title="Look", run="sleep 600", effect=False, background=True),
    ))  # fmt: skip
    session = place.open()
    run_step(session, "a")
    run_step(session, "look")
    assert rolled_back(session) == "complete"
    assert not any(c.running for c in session.state.step("look").commands)


def test_the_steps_own_time_limit_does_not_end_its_undo(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Also a quick command may need more than its limit on a busy machine: then once more.
    monkeypatch.setattr(stepping, "PAUSE", 0.0)
    step = Step(id="a", title="A", run="touch made", undo="sleep 1.2; rm -f made", timeout=1.0,
                retries=20)  # fmt: skip
    place = scene(book(step))
    session = place.open()
    run_step(session, "a")
    assert rolled_back(session) == "complete"
    assert not (place.work / "made").exists()


def test_a_command_that_cannot_be_ended_does_not_hold_the_rollback(
    scene: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its supervisor is stopped: nobody can end the command, and nobody can say how it ended."""
    monkeypatch.setattr("runbook_tui.session.undoing.PATIENCE", 0.5)
    place = scene(book(Step(id="a", title="A", run="touch made; sleep 600", undo="rm made")))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    until((place.work / "made").exists)
    folder = Path(session.state.step("a").commands[0].folder)
    until(lambda: supervisor_of(folder) is not None)
    found = supervisor_of(folder) or 0
    os.kill(found, signal.SIGSTOP)
    try:
        assert rolled_back(session) == "complete"
    finally:
        os.kill(found, signal.SIGCONT)
    assert not (place.work / "made").exists()


def test_without_a_journal_too_the_narrowest_scope_is_the_default(scene: Make) -> None:
    runbook = Runbook(title="Two", phases=(
        Phase(id="one", title="One", steps=(touching("a"),)),
        Phase(id="two", title="Two", steps=(touching("b"), touching("c"))),
    ))  # fmt: skip
    place = scene(runbook)
    session = place.open()
    for step in ("a", "b"):
        run_step(session, step)
    session.close()
    whole = undo_file.read(place.place / undo_file.NAME)
    assert [i.step for i in whole.limited(None, past_floor=False).items] == ["b"]
    assert [i.step for i in whole.limited("run", past_floor=False).items] == ["b", "a"]
    assert [i.step for i in whole.limited("phase", past_floor=False).items] == ["b"]


def test_without_a_journal_too_a_floor_holds_until_a_person_says_so(scene: Make) -> None:
    floor = Step(id="f", title="F", run="true", irreversible="mails are sent")
    place = scene(book(touching("a"), floor))
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartStep(step="f", confirmed=True))
    until(lambda: session.state.step("f").status is Status.DONE)
    session.close()
    whole = undo_file.read(place.place / undo_file.NAME)
    assert [i.held for i in whole.limited("run", past_floor=False).items] == [False, True]
    assert [i.held for i in whole.limited("run", past_floor=True).items] == [False, False]


def test_an_undo_that_a_dead_emergency_began_is_taken_up_not_run_twice(scene: Make) -> None:
    waits = Step(id="a", title="A", run="true", undo="echo x >> undone; read line < go")
    place = scene(book(waits))
    session = place.open()
    run_step(session, "a")
    session.close()
    os.mkfifo(place.work / "go")
    first = subprocess.Popen([sys.executable, "-c", DYING, str(place.folder)])
    until((place.work / "undone").exists)
    first.kill()
    first.wait()
    begun = account.undos(account.left_behind(place.place / spare.NAME)).begun
    [((step, _), taken_up)] = begun.items()
    assert step == "a"
    (place.work / "go").write_text("on\n")
    told = Told()
    assert emergency_of(place, told, begun).run() == (True, ())
    assert (place.work / "undone").read_text() == "x\n"
    assert taken_up.folder in told.followed
    assert account.undone(account.left_behind(place.place / spare.NAME)) == {"a"}


DYING = """
import sys
from pathlib import Path
from runbook_tui.command.host import CommandHost
from runbook_tui.command.shells import base_environment
from runbook_tui.journal.clock import SystemClock
from runbook_tui.session import account, emergency, spare, undo_file
from tests.fakes.history import GRACE
import os

class Silent:
    def tell(self, text): pass
    def follow(self, folder, *, ended): pass

folder = Path(sys.argv[1])
place = next((folder / "home" / "runs").iterdir())
emergency.EmergencyRollback(
    undo_file.read(place / undo_file.NAME), commands=CommandHost(),
    environment=base_environment(dict(os.environ)), folder=folder / "emergency",
    account=account.Account(spare.Places(place, place.name), GRACE), begun={}, secrets=lambda _: {},
    clock=SystemClock(), teller=Silent(),
).run()
"""


@pytest.mark.parametrize("worked", [True, False], ids=["worked", "did nothing"])
def test_a_lost_undo_is_verified_and_run_once_more_if_it_did_nothing(
    scene: Make, worked: bool
) -> None:
    """Its supervisor is killed; what it runs ends with it, and nobody knows how."""
    undo = (
        "rm -f made; " if worked else ""
    ) + "test -e once || { touch once; sleep 600; }; rm -f made"
    place = scene(book(Step(
        id="a", title="A", run="touch made", undo=undo, verify_undo="test ! -e made",
    )))  # fmt: skip
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartRollback(scope="run", node="", attended=False))
    until((place.work / "once").exists)
    until(lambda: session.state.step("a").commands[-1].kind == "undo")
    folder = Path(session.state.step("a").commands[-1].folder)
    until(lambda: supervisor_of(folder) is not None)
    os.kill(supervisor_of(folder) or 0, signal.SIGKILL)
    until(lambda: bool(session.state.rollback and session.state.rollback.finished))
    assert session.state.rollback is not None
    assert session.state.rollback.result == "complete"
    kinds = [c.kind for c in session.state.step("a").commands if c.kind != "run"]
    again = ["undo", "verify_undo"]
    assert kinds == ["undo", "verify_undo"] + ([] if worked else again)


def test_an_account_kept_elsewhere_is_found_and_only_if_it_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    places = spare.Places(tmp_path / "not-there", "r1")
    elsewhere = places.writable()
    kept = account.Account(places, GRACE)
    kept.keep(UndoFinished(result="done"), "a", 0.0)
    open_to_all = tmp_path / f"{elsewhere.name}-planted"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    (open_to_all / spare.NAME).write_text(json.dumps({"type": "undo.finished"}) + "\n")
    found = spare.accounts(tmp_path / "not-there", "r1")
    assert found == [elsewhere / spare.NAME]
    assert account.undone(account.left_behind(found[0])) == {"a"}


def test_what_another_home_s_run_of_the_same_id_took_back_is_not_taken_back_here(
    scene: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids of runs are drawn in each home by itself, and accounts may lie in one place for all."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    place = scene(book(Step(id="a", title="A", run="true", undo="touch undone")))
    session = place.open()
    run_step(session, "a")
    theirs = account.Account(spare.Places(tmp_path / "other" / place.run, place.run), GRACE)
    theirs.keep(RollbackStarted(scope="run", steps=("a",)), None, 0.0)
    theirs.keep(UndoStarted(), "a", 0.0)
    theirs.keep(UndoFinished(result="done", exit=0), "a", 0.0)
    ask(session, r.OpenRollback())
    assert [item.step for item in plan(session.state, "run", "").items] == ["a"]
    assert rolled_back(session) == "complete"
    assert (place.work / "undone").exists()


def test_without_a_journal_a_secret_is_fetched_again_and_never_empty(scene: Make) -> None:
    step = Step(id="a", title="A", run="touch made", undo='test "$token" = "$(cat word)"; rm made')
    token = Parameter(name="token", secret=Secret(env="TOKEN_OF_TEST"))
    place = scene(book(step, parameters=(token,)))
    session = place.open()
    (place.work / "word").write_text("sesame\n")
    session.give_secret("token", "sesame")
    run_step(session, "a")
    session.close()
    kept = (place.place / undo_file.NAME).read_text()
    assert "sesame" not in kept
    assert undo_file.read(place.place / undo_file.NAME).sources == {"token": token.secret}
    assert emergency_of(place, Told()).run() == (False, ("A",))
    assert (place.work / "made").exists()
    assert emergency_of(place, Told(), secrets={"token": "sesame"}).run() == (True, ())
    assert not (place.work / "made").exists()


def test_what_stays_by_a_person_s_word_stays_as_it_was_and_makes_it_incomplete(
    scene: Make,
) -> None:
    place = scene(book(Step(id="h", title="Flip"), touching("a")))
    session = place.open()
    ask(session, r.FinishStep(step="h"))
    run_step(session, "a")
    ask(session, r.StartRollback(scope="run", node=""))
    until(lambda: bool(session.state.rollback and "a" in session.state.rollback.results))
    ask(session, r.AnswerByHand(step="h", taken_back=False, reason="it is harmless"))
    until(lambda: bool(session.state.rollback and session.state.rollback.finished))
    assert session.state.rollback is not None
    assert session.state.rollback.results["h"] == "stays"
    assert session.state.rollback.remaining == ("Flip",)
    assert session.state.step("h").status is Status.DONE


def test_trying_again_keeps_the_old_state_that_the_first_attempt_found(scene: Make) -> None:
    step = Step(
        id="a", title="A", before='echo "old=$(cat live)" >> "$RUNBOOK_OUTPUT"', outputs=("old",),
        run="echo new > live; test -e fixed", undo="echo ${{ old }} > live",
        verify_undo="grep -qx ${{ old }} live",
    )  # fmt: skip
    place = scene(book(step))
    (place.work / "live").write_text("first\n")
    session = place.open()
    run_step(session, "a", Status.FAILED)
    (place.work / "fixed").touch()
    run_step(session, "a")
    assert session.state.step("a").attempt == 2
    assert rolled_back(session) == "complete"
    assert (place.work / "live").read_text() == "first\n"
    # After a rollback the old state is looked at anew.
    (place.work / "live").write_text("second\n")
    run_step(session, "a")
    assert rolled_back(session) == "complete"
    assert (place.work / "live").read_text() == "second\n"


def test_every_attempt_that_made_something_of_its_own_is_undone(scene: Make) -> None:
    step = Step(
        id="a", title="A", outputs=("made",), undo="rm ${{ made }}; echo ${{ made }} >> undone",
        run='n=$(ls | grep -c thing || true); touch "thing$n"; echo "made=thing$n" >> '
        '"$RUNBOOK_OUTPUT"; test -e fixed',
    )  # fmt: skip
    place = scene(book(step))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    (place.work / "fixed").touch()
    run_step(session, "a")
    assert sorted(p.name for p in place.work.glob("thing*")) == ["thing0", "thing1"]
    whole = undo_file.read(place.place / undo_file.NAME)
    assert whole.items[0].earlier == ("rm thing0; echo thing0 >> undone",)
    assert rolled_back(session) == "complete"
    assert (place.work / "undone").read_text().split() == ["thing1", "thing0"]
    assert list(place.work.glob("thing*")) == []


def test_the_undo_of_an_earlier_attempt_is_tried_though_that_of_the_last_fails(
    scene: Make,
) -> None:
    step = Step(
        id="a",
        title="A",
        outputs=("n",),
        undo="echo ${{ n }} >> undone; test ${{ n }} = 1",
        run='echo x >> tries; echo "n=$(wc -l < tries)" >> "$RUNBOOK_OUTPUT"; test -e fixed',
    )
    place = scene(book(step))
    session = place.open()
    run_step(session, "a", Status.FAILED)
    (place.work / "fixed").touch()
    run_step(session, "a")
    assert rolled_back(session) == "incomplete"
    assert (place.work / "undone").read_text().split() == ["2", "1"]


def test_an_undo_that_lives_on_without_its_supervisor_is_not_started_beside_itself(
    scene: Make,
) -> None:
    waits = "until test -e go; do sleep 0.02; done"
    undo = f"trap '' HUP; echo begin >> order; {waits}; echo end >> order"
    step = Step(id="a", title="A", run="true", undo=undo, verify_undo="grep -q end order")
    place = scene(book(step))
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartRollback(scope="run", node="", attended=False))
    until((place.work / "order").exists)
    until(lambda: session.state.step("a").commands[-1].kind == "undo")
    folder = Path(session.state.step("a").commands[-1].folder)
    until(lambda: supervisor_of(folder) is not None)
    os.kill(supervisor_of(folder) or 0, signal.SIGKILL)
    until(lambda: CommandHost().status(folder).reason == "its supervisor is gone")
    (place.work / "go").touch()
    until(lambda: bool(session.state.rollback and session.state.rollback.finished))
    assert session.state.rollback is not None
    assert session.state.rollback.result == "complete"
    assert (place.work / "order").read_text().split() == ["begin", "end"]


def test_a_command_that_lives_on_without_its_supervisor_is_ended_by_the_rollback(
    scene: Make,
) -> None:
    run = "trap '' HUP TERM; touch made; while :; do sleep 0.05; done"
    place = scene(book(Step(id="a", title="A", run=run, undo="rm made")))
    session = place.open()
    ask(session, r.StartStep(step="a"))
    until((place.work / "made").exists)
    folder = Path(session.state.step("a").commands[0].folder)
    until(lambda: supervisor_of(folder) is not None)
    os.kill(supervisor_of(folder) or 0, signal.SIGKILL)
    assert rolled_back(session) == "complete"
    until(lambda: CommandHost().status(folder).phase == "lost")


def test_a_live_session_learns_what_an_emergency_rollback_did(scene: Make) -> None:
    place = scene(book(touching("a"), touching("b")))
    session = place.open()
    run_step(session, "a")
    run_step(session, "b")
    assert emergency_of(place, Told()).run() == (True, ())
    assert session.state.step("a").status is Status.DONE
    ask(session, r.OpenRollback(scope="run"))
    assert session.state.step("a").status is Status.PENDING
    assert spare.accounts(place.place, place.run) == []
    refusal = session.ask(r.StartRollback(scope="run", node="")).result(60)
    assert isinstance(refusal, Refusal)
    assert "nothing to roll back" in refusal.reason


def test_long_ids_that_differ_only_at_their_end_have_folders_of_their_own(scene: Make) -> None:
    long = "deploy-the-new-checkout-service-version-to-the-production-cluster-in-eu-west"
    place = scene(book(*(
        Step(id=f"{long}-{n}", title="T", run=f"touch made{n}", undo=f"rm made{n}")
        for n in (1, 2)
    )))  # fmt: skip
    session = place.open()
    for n in (1, 2):
        run_step(session, f"{long}-{n}")
    assert rolled_back(session) == "complete"
    assert not list(place.work.glob("made*"))


def test_an_undo_that_was_recorded_and_never_begun_is_begun(scene: Make) -> None:
    """Whoever rolled back died between the record of an undo and its start."""
    place = scene(book(Step(id="a", title="A", run="touch made", undo="rm made")))
    session = place.open()
    run_step(session, "a")
    session.close()
    begun = CommandStarted(
        attempt=1, kind="undo", text="rm made", cwd=str(place.work), shell=("sh", "-c"),
        folder=str(place.place / "commands" / "a.2-undo"),
    )  # fmt: skip
    place.journal.append(place.run, [
        Draft(payload=RollbackStarted(scope="run", steps=("a",))),
        Draft(payload=UndoStarted(), step="a"), Draft(payload=begun, step="a"),
    ], GRACE)  # fmt: skip
    again = place.open(leads=False, actor=GRACE, unattended=True)
    until(lambda: bool(again.state.rollback and again.state.rollback.finished))
    assert again.state.rollback is not None
    assert again.state.rollback.result == "complete"
    assert not (place.work / "made").exists()


def test_undos_that_the_plan_lets_run_at_once_do(scene: Make) -> None:
    """Each ends only when the other has begun."""
    steps = (
        Step(id="left", title="Left", run="mkfifo one two", undo="echo x > one; read y < two"),
        Step(id="right", title="Right", run="true", undo="read y < one; echo x > two", needs=()),
    )
    runbook = dataclasses.replace(book(*steps), undos_at_once=2)
    session = scene(runbook).open()
    for step in ("left", "right"):
        run_step(session, step)
    assert rolled_back(session) == "complete"


def test_what_is_taken_back_leaves_the_undo_file_before_a_person_is_waited_for(scene: Make) -> None:
    place = scene(book(Step(id="hand", title="By hand"), touching("a"), touching("b")))
    session = place.open()
    ask(session, r.StartStep(step="hand"))
    ask(session, r.FinishStep(step="hand"))
    run_step(session, "a")
    run_step(session, "b")
    file = place.place / undo_file.NAME

    def filed() -> list[str]:
        return [item.step for item in undo_file.read(file).items]

    assert filed() == ["b", "a", "hand"]
    ask(session, r.StartRollback(scope="run"))
    until(lambda: filed() == ["hand"], what="only what waits for a person is left in the file")
    assert session.state.rolling_back
    ask(session, r.AnswerByHand(step="hand", taken_back=True))
    until(lambda: filed() == [], what="nothing is left in the file")
