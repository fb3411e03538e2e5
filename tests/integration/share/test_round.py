"""A run between two machines: what one sees the other has recorded, and votes come back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbook_tui.book.model import Change, Gate, Step
from runbook_tui.run import requests as r
from runbook_tui.run.events import NoteAdded, PullSeen, SignoffGiven, StepFinished
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Status
from runbook_tui.run.void_votes import void
from runbook_tui.run.votes import TellShare
from runbook_tui.session.answering import Accepted
from runbook_tui.session.proofs import proofs
from runbook_tui.share import overtaken
from tests.integration.session.scene import ask, run_step
from tests.integration.share.remotes import Daemon
from tests.integration.share.world import PLAN, Reviewer, World, git
from tests.sshd import HOST, Sshd
from tests.waiting import until


@pytest.fixture(params=["path", "daemon", "ssh"])
def over(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Makes a world whose remote is reached in one of the ways that people have."""
    worlds = request.getfixturevalue("worlds")
    origin = tmp_path / "team.git"
    git(tmp_path, "init", "-q", "--bare", str(origin))
    if request.param == "path":
        yield worlds
    elif request.param == "ssh":
        far: Sshd = request.getfixturevalue("sshd")
        yield lambda: worlds(remote=f"{HOST}:{origin}", environment={"RUNBOOK_SSH": far.ssh})
    else:
        daemon = Daemon(tmp_path)
        yield lambda: worlds(remote=f"{daemon.address}/team.git")
        daemon.close()


def test_a_gate_is_opened_from_another_machine(over: Callable[..., World]) -> None:
    world = over()
    world.begin()
    grace = world.reviewer()
    assert not gate_open(grace.session.state, "core")
    signing = grace.sign()
    world.settle(signing.done, "the sign-off comes back")
    assert isinstance(signing.result(), Accepted)
    for state in (world.session.state, grace.session.state):
        assert gate_open(state, "core")
    given = next(e for e in world.events() if isinstance(e.payload, SignoffGiven))
    # An ordinary sign-off: in Grace's name, with a signature that anybody can check.
    assert given.actor == grace.actor
    assert given.actor.host != world.session.actor.host
    assert given.id == f"{world.run}/by/{grace.who}/1"
    assert not proofs(world.events(), world.signatures)[given.seq].problem
    assert grace.record.verify(world.run).problems == ()
    assert grace.session.state.head == world.session.state.head


def test_what_goes_on_is_seen_there(world: World) -> None:
    grace = world.reviewer()
    run_step(world.session, "look")
    world.settle(lambda: grace.session.state.step("look").status is Status.DONE, "it is seen")
    assert grace.session.state == world.session.state


def test_ticks_and_notes_enter_in_the_name_of_whoever_made_them(world: World) -> None:
    ask(world.session, r.StartStep(step="hand"))
    world.round()
    grace = world.reviewer()
    tick = grace.ask(r.TickNode(node="hand"))
    note = grace.ask(r.AddNote(text="seen it", node="look"))
    world.settle(lambda: tick.done() and note.done(), "both are answered")
    assert isinstance(tick.result(), Accepted)
    assert isinstance(note.result(), Accepted)
    done = [e for e in world.events() if isinstance(e.payload, StepFinished) and e.step == "hand"]
    said = [e for e in world.events() if isinstance(e.payload, NoteAdded)]
    assert [e.actor for e in (*done, *said)] == [grace.actor, grace.actor]
    assert grace.session.state.step("hand").status is Status.DONE


def test_output_and_secrets_stay_at_home(world: World) -> None:
    run_step(world.session, "look")
    world.round()
    grace = world.reviewer()
    log = world.scene.place / "commands" / "look.1-run"
    assert "what-it-put-out" in "".join(p.read_text() for p in log.rglob("log*") if p.is_file())
    everything = git(world.origin, "log", "--format=%B", world.log)
    assert '"digest"' in everything
    assert "\nwhat-it-put-out" not in everything
    assert list(grace.home.rglob("commands")) == []
    # What somebody writes into a note by mistake is held back, and said.
    world.session.give_secret("token", "hunter2-hunter2")
    before = world.there()[world.log]
    ask(world.session, r.AddNote(text="it is hunter2-hunter2"))
    ask(world.session, r.AddNote(text="later"))
    for _ in range(2):
        world.round()
    assert world.there()[world.log] == before
    assert "holds the value of a secret" in world.mirror.standing().alarm
    assert "hunter2" not in world.mirror.standing().alarm
    assert grace.session.state.notes == ()


def test_what_cannot_be_done_from_another_machine_says_so(world: World) -> None:
    grace = world.reviewer()
    for request in (
        r.StartStep(step="look"), r.StartRollback(scope="run"), r.StopCommands(),
        r.OverrideGate(node="core", reason="x"), r.SkipStep(step="look", reason="x"),
        r.FinishRun(), r.GiveValue(name="x", value="y"),
    ):  # fmt: skip
        answer = grace.ask(request).result(1)
        assert isinstance(answer, Refusal), request
        assert "cannot be done from here" in answer.reason
        assert "call Ada" in answer.hint
    assert isinstance(grace.ask(r.OpenRollback()).result(1), Accepted)
    assert len(world.there()) == 1


def test_the_plans_rules_are_told_at_once_where_they_are_known(world: World) -> None:
    grace = world.reviewer()
    answer = grace.ask(r.SignNode(node="look", role="cto")).result(1)
    assert isinstance(answer, Refusal)
    assert "asks for no sign-off" in answer.reason


def test_a_decision_on_what_has_changed_since_does_not_count(world: World) -> None:
    grace = world.reviewer()
    tick = grace.ask(r.TickNode(node="fine"))
    grace.follower.round()
    ask(world.session, r.TickNode(node="fine"))
    signing = grace.ask(r.SignNode(node="end", role="qa", comment="of what I saw"))
    grace.follower.round()
    world.settle(lambda: tick.done() and signing.done(), "both are answered")
    refused = tick.result()
    assert isinstance(refused, Refusal)
    assert "is not what was shown to Grace any more" in refused.reason
    # The other one is about something that has not changed, whatever else was recorded.
    assert isinstance(signing.result(), Accepted)
    assert world.alarms() == []


def test_a_vote_that_comes_after_the_time_to_decide_is_denied(
    worlds: Callable[..., World],
) -> None:
    hurry = dataclasses.replace(PLAN.phases[2], gate=Gate(roles=("qa",), within=0.001))
    world = worlds(plan=dataclasses.replace(PLAN, phases=(*PLAN.phases[:2], hurry)))
    world.begin()
    grace = world.reviewer()
    late = grace.ask(r.SignNode(node="end", role="qa"))
    world.settle(late.done, "it is answered")
    refused = late.result()
    assert isinstance(refused, Refusal)
    assert "denied" in refused.reason
    assert not gate_open(world.session.state, "end")


def test_a_hand_is_raised_and_lowered_from_another_machine(world: World) -> None:
    grace = world.reviewer()
    raised = grace.ask(r.RaiseHand(text="look at the disk"))
    world.settle(raised.done, "it is up")
    assert isinstance(raised.result(), Accepted)
    assert [hand.by for hand in world.session.state.hands_up] == [grace.actor]
    lowered = grace.ask(r.LowerHand())
    world.settle(lowered.done, "it is down")
    assert not grace.session.state.hands_up


def test_a_signature_that_was_overtaken_is_made_anew(world: World) -> None:
    grace = world.reviewer()
    signing = grace.sign()
    until(lambda: grace.follower._votes.asked, what="it is asked")
    grace.follower.round()
    ask(world.session, r.AddNote(text="meanwhile"))
    world.settle(signing.done, "the sign-off comes back")
    assert isinstance(signing.result(), Accepted)
    assert gate_open(world.session.state, "core")
    # The first was never refused: it could only not be entered any more.
    assert git(world.origin, "rev-list", "--count", world.by(grace.who)) == "2"
    assert world.session.state.refused_votes == ()


def late_vote(world: World) -> Reviewer:
    """A signed approval of Grace's that is on the remote, and what took its place in the record."""
    grace = world.reviewer()
    grace.sign()
    until(lambda: grace.follower._votes.asked, what="it is asked")
    grace.follower.round()
    ask(world.session, r.AddNote(text="meanwhile"))
    return grace


@pytest.mark.parametrize("how", ["this program says it", "another start says it"])
def test_a_signature_that_came_too_late_from_a_program_that_has_ended_is_void(
    world: World, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = late_vote(world)
    grace.close()
    world.reviewers.clear()
    world.mirror.round()
    assert not world.session.state.refused_votes
    if how == "another start says it":
        world.again()
    else:
        monkeypatch.setattr(overtaken, "AT_ONCE", 0.0)
    world.mirror.round()
    world.mirror.round()
    (told,) = world.session.state.refused_votes
    assert (told.name, told.node, told.decision) == ("Grace", "core", "approved")
    assert void(world.session.state) == (told,)
    assert world.alarms() == []
    assert not gate_open(world.session.state, "core")
    # She comes back, is told, and signs again.
    grace = world.reviewer()
    assert void(grace.session.state, grace.actor) == (told,)
    signing = grace.sign()
    world.settle(signing.done, "the sign-off comes back")
    assert isinstance(signing.result(), Accepted)
    assert gate_open(world.session.state, "core")
    assert void(world.session.state) == ()
    assert len(world.session.state.signoffs) == len(world.session.state.refused_votes) == 1


def test_who_is_slow_to_sign_anew_still_can(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it is void is said there, while the program that gave it is open after all."""
    late_vote(world)
    monkeypatch.setattr(overtaken, "AT_ONCE", 0.0)
    world.mirror.round()
    assert len(void(world.session.state)) == 1
    world.settle(lambda: gate_open(world.session.state, "core"), "she signs anew")
    assert void(world.session.state) == ()


def test_a_key_pressed_twice_is_one_vote_and_no_alarm(world: World) -> None:
    """The same key gives the same signature in the same place: another vote would be a replay."""
    grace = world.reviewer()
    first, second = grace.sign(), grace.sign()
    until(lambda: grace.follower._votes.asked == 2, what="both are asked")
    world.settle(lambda: first.done() and second.done(), "both are answered")
    assert isinstance(first.result(), Accepted)
    assert isinstance(second.result(), Accepted)
    assert world.alarms() == []
    assert git(world.origin, "rev-list", "--count", world.by(grace.who)) == "1"


def test_several_programs_of_one_person_vote_beside_one_another(world: World) -> None:
    one, other = world.reviewer(), world.reviewer()
    assert one.who != other.who
    notes = [x.ask(r.AddNote(text="mine")) for x in (one, other)]
    world.settle(lambda: all(note.done() for note in notes), "both are answered")
    assert len(world.session.state.notes) == 2


def test_a_signed_vote_on_a_pull_request_binds_its_head(worlds: Callable[..., World]) -> None:
    """What is signed has the head in it, so the vote has to say which."""
    ship = Step(id="ship", title="Ship", run="true", undo="true")
    change = Change(id="pr", title="PR", pull_request=12, steps=(ship,))
    core = dataclasses.replace(PLAN.phases[1], steps=(), changes=(change,))
    world = worlds(plan=dataclasses.replace(PLAN, phases=(core,)))
    world.session.ask(TellShare(payload=PullSeen(number=12, head="a" * 40), id="")).result(60)
    world.begin()
    grace = world.reviewer()
    signing = grace.sign()
    world.settle(signing.done, "the sign-off comes back")
    assert isinstance(signing.result(), Accepted)
    (given,) = world.session.state.signoffs
    assert given.heads == {"12": "a" * 40}
    assert gate_open(world.session.state, "core")
    assert world.alarms() == []
