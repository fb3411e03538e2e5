"""The remote is away, silent, slow, full of locks, or takes half of it: nothing is lost by that."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.cli import sign
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.to_sign import by_key
from runbook_tui.journal.clock import SystemClock
from runbook_tui.run import requests as r
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Status
from runbook_tui.session.answering import Accepted
from runbook_tui.session.ports.runner import Outcome
from runbook_tui.share import git as git_calls
from runbook_tui.share import mirror
from runbook_tui.share.git import shown
from runbook_tui.share.link import Shut
from runbook_tui.share.pace import Pace
from tests.integration.session.scene import ask, run_step
from tests.integration.share.world import Line, World, git
from tests.waiting import PATIENCE, until


class Skewed(SystemClock):
    """A clock that somebody has set wrong."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self) -> float:
        return super().now() + self._seconds


def same(world: World) -> bool:
    """Whether everybody has the same events."""
    ours = [kept.body for kept in world.scene.journal.records(world.run)]
    return all([k.body for k in x.record.records(world.run)] == ours for x in world.reviewers)


def test_both_sides_go_on_while_the_remote_is_away(world: World) -> None:
    grace = world.reviewer()
    world.line.cut = grace.line.cut = True
    signing = grace.sign()
    note = grace.ask(r.AddNote(text="from over there"))
    until(lambda: grace.follower._votes.asked == 2, what="both are asked")
    run_step(world.session, "look")
    world.round()
    # What needs a vote waits, here and there; what does not goes on.
    assert not gate_open(world.session.state, "core")
    assert not gate_open(grace.session.state, "core")
    refused = world.session.ask(r.StartStep(step="ship")).result(60)
    assert isinstance(refused, Refusal)
    assert "not reached since" in world.mirror.standing().words
    assert "2 votes on the way" in grace.follower.standing().words
    assert not signing.done()
    world.line.cut = grace.line.cut = False
    world.settle(lambda: signing.done() and note.done(), "both are answered")
    assert isinstance(signing.result(), Accepted)
    world.settle(lambda: same(world), "all has arrived")
    assert grace.session.state.step("look").status is Status.DONE
    assert world.alarms() == []


def test_a_vote_outlives_the_program_that_was_to_send_it(world: World) -> None:
    grace = world.reviewer()
    grace.line.cut = True
    grace.ask(r.AddNote(text="before the lid was shut"))
    grace.round()
    assert "a note" in grace.follower.left
    grace.close()
    world.reviewers.clear()
    again = world.reviewer()
    assert again.who == grace.who
    world.settle(lambda: world.session.state.notes, "it is sent after all")
    assert [note.text for note in world.session.state.notes] == ["before the lid was shut"]
    world.settle(lambda: same(world))


@pytest.mark.parametrize("lands", ["before", "after"])
def test_a_push_that_was_given_up_and_lands_later_does_no_harm(world: World, lands: str) -> None:
    """It is not known whether it has arrived: nothing is lost, and nothing is there twice."""
    grace = world.reviewer()
    ask(world.session, r.AddNote(text="one"))
    if lands == "before":
        world.line.late = True
        world.mirror.round()
        world.line.late = False
    else:
        # The push of the first is made, and only lands when the next is on its way.
        world.line.cut = True
        world.mirror._safely(world.mirror._send)
        world.line.cut = False
        held = git(world.repository.folder, "rev-parse", "refs/mine/log")
        ask(world.session, r.AddNote(text="two"))

        def land(argv: object) -> None:
            world.line.before = lambda argv: None
            git(world.repository.folder, "push", "-q", world.remote, f"{held}:{world.log}")

        world.line.before = land
    world.settle(lambda: same(world), "all has arrived, once")
    assert world.alarms() == []
    numbers = [event.seq for event in grace.record.events(world.run)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_vote_whose_push_was_given_up_is_entered_once(world: World) -> None:
    grace = world.reviewer()
    grace.line.late = True
    note = grace.ask(r.AddNote(text="once"))
    grace.follower.round()
    assert not note.done()
    world.mirror.round()
    grace.line.late = False
    world.settle(note.done, "it is answered")
    assert [n.text for n in world.session.state.notes] == ["once"]


def test_a_lock_that_a_killed_push_has_left_is_named_with_its_age(world: World) -> None:
    lock = world.origin / f"{world.log}.lock"
    lock.touch()
    os.utime(lock, (time.time() - 180, time.time() - 180))
    ask(world.session, r.AddNote(text="x"))
    world.mirror.round()
    told = world.mirror.standing().news
    assert str(lock) in told.replace("/./", "/")
    assert "it is 3 m" in told
    assert "the file can be deleted" in told
    lock.unlink()
    world.mirror.round()
    assert not world.mirror.standing().away
    grace = world.reviewer()
    note = grace.ask(r.AddNote(text="y"))
    lock = world.origin / f"{world.by(grace.who)}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    grace.round()
    assert f"{grace.who}.lock on the remote is in the way" in grace.follower.standing().news
    lock.unlink()
    world.settle(note.done, "it is sent after all")


def test_a_silent_remote_holds_neither_the_session_nor_the_end(
    worlds: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_calls, "FETCHING", 1.0)
    monkeypatch.setattr("runbook_tui.share.repository.FETCHING", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        world = worlds(remote=f"git://127.0.0.1:{port}/team.git")
        world.mirror.start()
        run_step(world.session, "look")
        until(lambda: "no answer within 1 s" in world.mirror.standing().news, what="it is said")
        assert "not reached yet" in world.mirror.standing().words
        began = time.monotonic()
        world.mirror.close()
        assert time.monotonic() - began < PATIENCE
        assert world.mirror.left.startswith("6 events not sent to git://127.0.0.1")


def test_a_host_that_takes_branches_only_gets_branches(worlds: Callable[..., World]) -> None:
    world = worlds()
    hook = world.origin / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        '#!/bin/sh\ncase $1 in refs/heads/*) ;; *) echo "branches only"; exit 1;; esac\n'
    )
    hook.chmod(0o755)
    world.begin()
    log = f"refs/heads/runbooks/{world.run}/log"
    assert list(world.there()) == [log]
    subjects = git(world.origin, "log", "--format=%s", log).splitlines()
    assert all(subject.endswith("[skip ci]") for subject in subjects)
    grace = world.reviewer()
    signing = grace.sign()
    world.settle(signing.done, "the sign-off comes back")
    assert gate_open(world.session.state, "core")
    assert set(world.there()) == {log, f"refs/heads/runbooks/{world.run}/by/{grace.who}"}


def test_a_host_that_takes_nothing_says_why(worlds: Callable[..., World]) -> None:
    world = worlds()
    hook = world.origin / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\necho "closed for the weekend"; exit 1\n')
    hook.chmod(0o755)
    world.round()
    told = world.mirror.standing()
    assert told.away
    assert "closed for the weekend" in told.news
    run_step(world.session, "look")


def test_another_start_goes_on_where_the_last_one_was(world: World) -> None:
    grace = world.reviewer()
    note = grace.ask(r.AddNote(text="one"))
    world.settle(note.done)
    before = world.there()[world.log]
    ask(world.session, r.AddNote(text="while nobody shared it"))
    world.again()
    world.settle(lambda: same(world))
    assert git(world.origin, "merge-base", "--is-ancestor", before, world.log) == ""
    assert len(world.session.state.notes) == 2
    assert world.alarms() == []


def test_two_users_who_lead_in_turn_each_go_on_with_what_is_there(world: World) -> None:
    """Each has a repository of their own beside the run; the journal is one."""
    own = world.repository.folder
    for turn in range(4):
        ask(world.session, r.AddNote(text=f"turn {turn}"))
        world.mirror._lock.release()
        world.mirror = world.mirrored(own.with_name(f"share-{turn % 2}.git"))
        world.mirror.round()
    assert world.alarms() == []
    assert not world.mirror.standing().away
    grace = world.reviewer()
    assert len(grace.session.state.notes) == 4


def test_what_is_too_much_for_one_push_goes_in_several(world: World) -> None:
    """A way on which no push of all of it comes through in time."""
    for number in range(6):
        ask(world.session, r.AddNote(text=f"{number}"))
        world.line.cut = True
        world.mirror._safely(world.mirror._send)
        world.line.cut = False

    class Narrow(Line):
        """Lets two commits through at once, and no more."""

        def run(self, argv: Sequence[str], **more: Any) -> Outcome:
            if "push" in argv:
                what = argv[-1].partition(":")[0]
                there = world.there()[world.log]
                many = git(world.repository.folder, "rev-list", "--count", what, f"^{there}")
                if int(many) > 2:
                    return Outcome(exit=None, stdout="", stderr="no answer within 30 s")
            return super().run(argv, **more)

    world.repository._git._runner = Narrow()
    grace = world.reviewer()
    world.settle(lambda: same(world), "all has arrived")
    assert len(grace.session.state.notes) == 6


@pytest.mark.parametrize("how", ["gone", "damaged"])
def test_what_is_kept_beside_the_run_may_be_lost(world: World, how: str) -> None:
    grace = world.reviewer()
    note = grace.ask(r.AddNote(text="one"))
    world.settle(note.done)
    if how == "gone":
        shutil.rmtree(world.repository.folder)
    else:
        for path in world.repository.folder.glob("objects/??/*"):
            path.chmod(0o600)
            path.write_bytes(b"")
    ask(world.session, r.AddNote(text="two"))
    world.again()
    world.settle(lambda: same(world), "all has arrived")
    assert [n.text for n in world.session.state.notes] == ["one", "two"]
    assert world.alarms() == []


def test_a_vote_for_which_there_was_no_room_is_written_down_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = world.reviewer()

    def full(data: bytes, ref: str) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(grace.repository, "write", full)
        note = grace.ask(r.AddNote(text="one"))
        until(lambda: grace.follower._votes.asked, what="it is asked")
        grace.follower.round()
        assert os.strerror(errno.ENOSPC) in grace.follower.standing().news
    world.settle(note.done, "it goes on")
    assert isinstance(note.result(), Accepted)
    assert [n.text for n in world.session.state.notes] == ["one"]


def test_a_git_that_was_killed_leaves_nothing_in_the_way(world: World) -> None:
    (world.repository.folder / "refs" / "there" / "log.lock").touch()
    (world.repository.folder / "refs" / "mine" / "log.lock").touch()
    grace = world.reviewer()
    note = grace.ask(r.AddNote(text="one"))
    world.settle(note.done, "it goes on")
    assert [n.text for n in world.session.state.notes] == ["one"]
    world.settle(lambda: same(world), "all has arrived")
    assert world.alarms() == []


@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_clocks_that_lie_an_hour_apart_change_nothing(
    worlds: Callable[..., World], seconds: float
) -> None:
    world = worlds()
    world.begin()
    grace = world.reviewer(clock=Skewed(seconds))
    signing = grace.sign()
    world.settle(signing.done, "the sign-off comes back")
    assert isinstance(signing.result(), Accepted)
    assert gate_open(grace.session.state, "core")
    assert world.alarms() == []
    # Times are those of the lead's clock.
    assert abs(grace.session.now() - world.session.now()) < 300


def test_one_push_in_each_interval_however_much_is_recorded(world: World) -> None:
    world.mirror._pace = Pace(usual=0.4, waiting=0.4, last=10.0)
    before, began = world.line.pushes, time.monotonic()
    world.mirror.start()
    for number in range(150):
        ask(world.session, r.AddNote(text=f"note {number}"))
    until(lambda: world.mirror._log.unsent == 0)
    world.mirror.close()
    pushes = world.line.pushes - before
    assert pushes <= (time.monotonic() - began) / 0.4 + 2
    assert world.mirror.left == ""
    assert git(world.origin, "rev-list", "--count", world.log) == str(pushes + 2)


def test_one_program_alone_shares_a_run(world: World) -> None:
    """Who has lost the lead in another program writes no order any more, here neither."""
    other = world.mirrored()
    other.round()
    assert "another program on this machine" in other.standing().news
    world.session.lead.held = False
    with pytest.raises(Exception, match="led by somebody else now"):
        world.mirror.round()
    world.session.lead.held = True
    other.round()
    assert not other.standing().away
    ask(world.session, r.AddNote(text="through the other"))
    other.round()
    assert "through the other" in git(world.origin, "log", "--format=%B", world.log)


def test_a_program_that_stands_still_is_no_obstacle_and_does_no_harm_when_it_wakes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever leads now goes on sharing, though the lock is held by one that was stopped."""
    grace = world.reviewer()
    stopped = world.mirror
    world.mirror = world.mirrored()
    world.mirror.round()
    assert "another program on this machine" in world.mirror.standing().news
    monkeypatch.setattr(mirror, "LETTING_GO", 0.0)
    note = grace.ask(r.AddNote(text="from over there"))
    world.settle(note.done, "it is answered")
    before = len(world.events())
    # It may not even have heard yet that it leads no more.
    with pytest.raises(Shut, match="another program on this machine shares the run now"):
        stopped.round()
    ask(world.session, r.AddNote(text="and on"))
    world.settle(lambda: same(world), "all is there")
    assert world.alarms() == []
    assert len(world.events()) == before + 1
    assert world.log in world.there()


def test_the_end_sends_what_is_left(world: World) -> None:
    world.mirror._pace = Pace(usual=60.0, waiting=60.0, last=10.0)
    world.mirror.start()
    until(lambda: world.mirror.standing().words.startswith("shared"), what="the first look")
    note = threading.Thread(target=ask, args=(world.session, r.AddNote(text="last words")))
    note.start()
    note.join()
    world.mirror.close()
    assert world.mirror.left == ""
    assert "last words" in git(world.origin, "log", "--format=%B", world.log)


def test_no_password_of_an_address_is_shown() -> None:
    assert shown("https://ada:s3cret@host/x.git") == "https://ada:***@host/x.git"
    assert shown("ssh://ada@host/x.git") == "ssh://ada@host/x.git"


def test_no_hook_and_no_setting_of_the_persons_own_is_used(
    worlds: Callable[..., World], tmp_path: Path
) -> None:
    """What pushing runs at home, for commits of theirs, is not meant for a mirror."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction", "post-rewrite"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\n")
        (hooks / name).chmod(0o755)
    config = tmp_path / "config"
    config.write_text(
        f"[core]\n hooksPath = {hooks}\n[gc]\n auto = 1\n[push]\n gpgSign = true\n"
        "[commit]\n gpgSign = true\n[fetch]\n prune = false\n"
    )
    world = worlds(environment={"GIT_CONFIG_GLOBAL": str(config), "GIT_DIR": str(tmp_path)})
    world.begin()
    assert world.log in world.there()
    assert not list(tmp_path.glob("ran-pre*"))


def test_who_signs_by_key_while_nobody_answers_is_told_that_it_has_to_be_said_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lead who goes on records that first, and so takes the signature's place."""
    grace = world.reviewer()
    monkeypatch.setattr(sign, "ANSWER", 0.0)
    keyed = by_key(grace.session.state, "core")

    def give() -> None:
        grace.sign().result(60)

    with pytest.raises(Ended) as ended:
        sign._within(grace.session, give, keyed=keyed)
    assert ended.value.status == 7
    assert "sign again with the same words" in ended.value.hint
    assert "it counts once" not in ended.value.hint
