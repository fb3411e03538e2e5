"""Whoever may push to the remote may try anything: no gate opens by it, and the run says so."""

from __future__ import annotations

import dataclasses
import json
import shlex
from pathlib import Path

import pytest

from runbook_tui.run import requests as r
from runbook_tui.run.canonical import canonical
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import Refusal
from runbook_tui.run.tampering import named, unseen
from runbook_tui.run.votes import Vote, read_vote
from runbook_tui.session.answering import Accepted
from runbook_tui.share import ballots
from runbook_tui.share.commits import EMPTY_TREE, Author, Batch, Commit, read_commit, written
from runbook_tui.share.refs import CUSTOM, Layout
from tests.integration.session.scene import ask
from tests.integration.share.world import GATE, World, git
from tests.waiting import until

MALLORY = Author(name="Mallory", mail="m@example.com")


def push(world: World, ref: str, data: bytes, *, force: bool = True) -> str:
    """Put a commit on the remote, as somebody with the right to push."""
    oid = git(world.origin, "hash-object", "-t", "commit", "-w", "--stdin", stdin=data.decode())
    git(world.origin, "hash-object", "-t", "tree", "-w", "--stdin")
    git(world.origin, "update-ref", ref, oid)
    return oid


def votes_of(world: World, who: str) -> list[Vote]:
    """The votes in somebody's ref."""
    found = []
    ref = world.by(who)
    for oid in git(world.origin, "rev-list", "--reverse", ref).split():
        parents = tuple(git(world.origin, "rev-list", "--parents", "-n1", oid).split()[1:])
        data = git(world.origin, "cat-file", "commit", oid).encode() + b"\n"
        batch = read_commit(Commit(oid=oid, parents=parents, data=data))
        found += [read_vote(line.decode()) for line in batch.lines]
    return found


def put(world: World, who: str, *lines: str, first: int = 1, parent: str = "") -> str:
    """Write votes into a ref, whatever they say."""
    batch = Batch(run=world.run, first=first, who=who, lines=tuple(x.encode() for x in lines))
    layout = Layout(prefix=CUSTOM, run=world.run)
    return push(world, world.by(who), written(batch, layout, parent, MALLORY, 1))


def given_vote(world: World) -> tuple[Vote, str]:
    """A vote of Grace's that was entered, and the ref that it is in."""
    grace = world.reviewer()
    signing = grace.sign()
    world.settle(signing.done, "the sign-off comes back")
    assert isinstance(signing.result(), Accepted)
    return votes_of(world, grace.who)[-1], grace.who


def unopened(world: World, said: str) -> None:
    """Nothing has come of it but an alarm in the run."""
    until(lambda: world.mirror.round() and world.alarms(), what="the alarm")
    assert said in world.alarms()[-1]
    assert not gate_open(world.session.state, "core")
    assert world.session.state.signoffs == ()
    assert world.scene.journal.verify(world.run).problems == ()


def test_a_key_of_somebody_else_counts_nothing(world: World) -> None:
    """Linus may sign himself, and not as Grace."""
    grace = world.reviewer()
    signing = grace.sign(key="linus")
    world.settle(signing.done, "it is refused")
    refusal = signing.result()
    assert isinstance(refusal, Refusal)
    assert "the key" in refusal.reason
    unopened(world, "wrongly signed")
    assert "is that of linus@example.com, not of grace@example.com" in world.alarms()[-1]
    told = world.session.state.refused_votes[-1]
    assert (told.name, told.node) == ("Grace", "core")


def test_a_key_that_nobody_knows_counts_nothing(world: World) -> None:
    grace = world.reviewer()
    signing = grace.sign(key="stranger")
    world.settle(signing.done, "it is refused")
    unopened(world, "is not among the allowed signers for grace@example.com")


def test_a_vote_that_is_copied_into_another_ref_is_a_replay(world: World) -> None:
    vote, who = given_vote(world)
    before = len(world.session.state.signoffs)
    put(world, "mallory-1", vote.encode())
    until(lambda: world.mirror.round() and world.alarms(), what="the alarm")
    assert f"was given in the ref of {who}" in world.alarms()[-1]
    assert len(world.session.state.signoffs) == before


@pytest.mark.parametrize("change", [
    {"node": "end", "role": "qa", "number": 2}, {"number": 2}, {"seq": 1, "number": 2},
    {"approve": False, "comment": "no", "number": 2}, {"run": "20260101-beef", "number": 2},
])  # fmt: skip
def test_a_signature_that_is_moved_or_used_again_counts_nothing(
    world: World, change: dict[str, object]
) -> None:
    vote, who = given_vote(world)
    before = len(world.session.state.signoffs)
    moved = dataclasses.replace(vote, **change)  # type: ignore[arg-type]
    put(world, who, moved.encode(), first=2, parent=world.there()[world.by(who)])
    until(lambda: world.mirror.round() and world.alarms(), what="the alarm")
    assert len(world.session.state.signoffs) == before
    assert not gate_open(world.session.state, "end")
    # Once is enough: nothing more is said of it, however often it is looked at.
    world.mirror.round()
    assert len(world.alarms()) == 1


def test_a_vote_without_the_signature_that_the_plan_asks_for_counts_nothing(world: World) -> None:
    grace = world.reviewer()
    ballot = grace.follower._votes._asked
    grace.ask(dataclasses.replace(GATE, node="end", role="qa"))
    vote = ballot.popleft()[0].vote("mallory-1", 1)
    put(world, "mallory-1", dataclasses.replace(vote, node="core", role="cto").encode())
    unopened_or_refused(world)
    assert not gate_open(world.session.state, "core")


def unopened_or_refused(world: World) -> None:
    def refused() -> bool:
        world.mirror.round()
        return bool(world.session.state.refused_votes)

    until(refused, what="it is refused")
    assert world.session.state.signoffs == ()


@pytest.mark.parametrize("line", [
    "", "{}", "[]", "x" * 70_000, '{"v":2}',
    canonical({"v": 1, "run": "r", "by": "mallory-1", "n": 1, "actor": {}, "seq": 1, "head": "",
               "do": "open the gate", "node": "core"}),
])  # fmt: skip
def test_what_is_no_vote_is_said_to_be_none(world: World, line: str) -> None:
    put(world, "mallory-1", line or "-")
    unopened(world, "it is no vote")


def test_a_ref_with_something_else_in_it_is_read_no_more(world: World) -> None:
    tree = git(world.origin, "hash-object", "-t", "tree", "-w", "--stdin")
    assert tree == EMPTY_TREE
    oid = git(world.origin, "commit-tree", tree, "-m", "hello")
    git(world.origin, "update-ref", world.by("mallory-1"), oid)
    unopened(world, "nothing is taken from there any more")
    world.mirror.round()
    assert len(world.alarms()) == 1


def test_a_ref_that_cannot_be_read_keeps_nobody_else_from_voting(world: World) -> None:
    tag = f"object {world.there()[world.log]}\ntype commit\ntag x\ntagger M <m@x> 1 +0000\n\nx\n"
    oid = git(world.origin, "hash-object", "-t", "tag", "-w", "--stdin", stdin=tag)
    git(world.origin, "update-ref", world.by("aaa-1"), oid)
    grace = world.reviewer()
    note = grace.ask(r.AddNote(text="heard"))
    world.settle(note.done, "it is answered")
    world.settle(world.alarms, "it is said")
    assert "the votes of aaa-1 cannot be read" in world.alarms()[0]
    assert not world.mirror.standing().away


def test_votes_that_are_rewritten_are_not_followed(world: World) -> None:
    _, who = given_vote(world)
    signed = len(world.session.state.signoffs)
    put(world, who, json.dumps({"v": 1}))
    until(lambda: world.mirror.round() and world.alarms(), what="the alarm")
    assert f"the votes of {who} are not what they were" in world.alarms()[0]
    assert len(world.session.state.signoffs) == signed
    assert gate_open(world.session.state, "core")
    # Another start of the program remembers it.
    world.again()
    put(world, who, json.dumps({"v": 1}), json.dumps({"v": 1}))
    world.mirror.round()
    assert len(world.alarms()) == 1


def test_a_log_that_is_rewritten_is_followed_by_nobody(world: World) -> None:
    grace = world.reviewer()
    ask(world.session, r.AddNote(text="true"))
    world.round()
    seen = len(grace.record.events(world.run))
    body = world.scene.journal.records(world.run)[0].body
    batch = Batch(run=world.run, first=1, lines=(body.replace(b"Shared", b"Shaped"),),
                  genesis=world.scene.journal.genesis(world.run))  # fmt: skip
    layout = Layout(prefix=CUSTOM, run=world.run)
    forged = push(world, world.log, written(batch, layout, "", MALLORY, 1))
    for reviewer in world.reviewers:
        reviewer.round()
    assert "its history is another" in grace.follower.standing().alarm
    assert "is not followed" in grace.follower.standing().news
    assert len(grace.record.events(world.run)) == seen
    with pytest.raises(Exception, match="its history is not the one that was sent from here"):
        world.mirror.round()
    # Nothing is pushed over it, and the run says so.
    assert world.there()[world.log] == forged
    assert "nothing is sent any more" in world.alarms()[-1]
    # What it says to do can be typed as it stands.
    again = f"runbook resume {world.run} --share {shlex.quote(world.mirror.remote)}"
    assert world.alarms()[-1].endswith(again)


def test_forged_events_on_top_of_the_log_open_nothing(world: World) -> None:
    """A reviewer may be shown them, until the lead's machine looks; nothing comes of that."""
    grace = world.reviewer()
    signing = grace.sign()
    until(lambda: grace.follower._votes.asked or signing.done(), what="it is signed")
    note = canonical({**json.loads(world.scene.journal.records(world.run)[-1].body),
                      "seq": world.session.state.seq + 1, "id": "forged"})  # fmt: skip
    batch = Batch(run=world.run, first=world.session.state.seq + 1, lines=(note.encode(),))
    layout = Layout(prefix=CUSTOM, run=world.run)
    push(world, world.log, written(batch, layout, world.there()[world.log], MALLORY, 1))
    with pytest.raises(Exception, match="nothing is sent any more"):
        world.mirror.round()
    assert world.session.state.signoffs == ()
    assert "forged" not in {event.id for event in world.events()}


def test_a_log_that_was_set_back_or_deleted_is_sent_again(world: World) -> None:
    grace = world.reviewer()
    first = world.there()[world.log]
    ask(world.session, r.AddNote(text="later"))
    world.round()
    last = world.there()[world.log]
    git(world.origin, "update-ref", world.log, first)
    grace.round()
    assert "set back" in grace.follower.standing().alarm
    world.mirror.round()
    assert "was set back to an earlier state; it is sent again" in world.alarms()[-1]
    git(world.origin, "update-ref", "-d", world.log)
    world.mirror.round()
    assert "was deleted; it is sent again" in world.alarms()[-1]
    world.settle(lambda: grace.session.state.seq == world.session.state.seq, "all is there again")
    assert git(world.origin, "merge-base", "--is-ancestor", last, world.log) == ""
    assert not grace.follower.standing().away
    # All is as it should be again; what has been is seen until somebody acknowledges it.
    assert grace.follower.standing().alarm == world.mirror.standing().alarm == ""
    for one in list(unseen(world.session.state)):
        ask(world.session, r.Acknowledge(alarm=one))
    world.settle(lambda: not unseen(grace.session.state), "it is acknowledged there, too")
    assert len(world.alarms()) == 2


def test_votes_that_were_taken_away_alarm_until_they_are_there_again(world: World) -> None:
    _, who = given_vote(world)
    (grace,) = world.reviewers
    git(world.origin, "update-ref", "-d", world.by(who))
    grace.round()
    assert "are not what was sent from here" in grace.follower.standing().alarm
    world.settle(lambda: not grace.follower.standing().alarm, "they are there again")
    assert world.by(who) in world.there()


def test_a_crowd_of_refs_takes_the_place_of_nobody_who_was_heard(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, who = given_vote(world)
    (grace,) = world.reviewers
    monkeypatch.setattr(ballots, "MOST_VOICES", 3)
    for number in range(4):
        put(world, f"aaa-{number}", json.dumps({"v": 1}))
    note = grace.ask(r.AddNote(text="still heard"))
    world.settle(note.done, "it is answered")
    assert isinstance(note.result(), Accepted)
    assert not [one for one in world.alarms() if who in one]
    # All that was refused is seen at once, and what is refused later is not among it.
    many = named(world.session.state, "")
    assert len(many) == len(world.alarms()) > 3
    assert list(named(world.session.state, "remote 2")) == ["remote 2"]


def test_whose_votes_are_shut_out_is_told_and_votes_another_way(world: World) -> None:
    """Whoever may push can have somebody shut out; that must not silence them."""
    _, who = given_vote(world)
    (grace,) = world.reviewers
    waits = grace.ask(r.AddNote(text="on its way"))
    until(lambda: grace.follower._votes.asked, what="it is asked")
    put(world, who, json.dumps({"v": 1}))
    world.settle(waits.done, "it is answered")
    for answer in (waits, grace.ask(r.AddNote(text="and after"))):
        world.settle(answer.done, "it is answered")
        refusal = answer.result()
        assert isinstance(refusal, Refusal)
        assert "takes no votes from here any more" in refusal.reason
        assert "join again" in refusal.hint
    grace.close()
    world.reviewers.clear()
    again = world.reviewer()
    assert again.who != who
    assert "has to be given again" in again.said
    note = again.ask(r.AddNote(text="heard again"))
    world.settle(note.done, "it is answered")
    assert [n.text for n in world.session.state.notes] == ["heard again"]


def test_another_run_of_the_same_name_is_not_written_over(world: World, tmp_path: Path) -> None:
    kept = world.there()[world.log]
    world.repository.forget()
    git(world.origin, "update-ref", "-d", world.log)
    genesis = canonical({"run": world.run})
    batch = Batch(run=world.run, first=1, lines=(b"{}",), genesis=genesis)
    other = push(
        world, world.log, written(batch, Layout(prefix=CUSTOM, run=world.run), "", MALLORY, 1)
    )
    world.again()
    with pytest.raises(Exception, match="it is another run of that name"):
        world.mirror.round()
    assert world.there()[world.log] == other != kept


def test_a_crowd_of_bad_votes_does_not_fill_the_run(world: World) -> None:
    put(world, "mallory-1", *("{}" for _ in range(500)))
    until(lambda: world.mirror.round() and world.alarms(), what="the alarm")
    assert len(world.alarms()) < 50
    assert "too many votes" in world.alarms()[-1]
