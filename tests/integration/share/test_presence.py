"""Who is here on other machines: seen by everybody, believed by nobody, gone after a while."""

from __future__ import annotations

import pytest

from runbook_tui.session.presence import Here
from runbook_tui.session.session import Session
from runbook_tui.session.sharing import everybody
from runbook_tui.share import far_people
from tests.fakes.history import LINUS
from tests.integration.share.world import World, git


@pytest.fixture(autouse=True)
def seen_by_the_lead(world: World) -> None:
    world.session.sharing = world.mirror


def here(session: Session) -> tuple[Here, ...]:
    return everybody(session.presence, session.sharing)


def far(people: tuple[Here, ...]) -> list[tuple[str, str]]:
    return sorted((one.name, one.way) for one in people if one.way.endswith("elsewhere"))


def tell(world: World) -> None:
    """Everybody says that they are here, and hears of the others."""
    world.session.presence.look()
    world.mirror.tell_people()
    for reviewer in world.reviewers:
        reviewer.follower.tell_people()
    world.round()


def test_those_on_other_machines_are_seen_here_and_there(world: World) -> None:
    world.session.presence.enter(world.session.actor, "leads")
    grace, linus = world.reviewer(), world.reviewer("linus", LINUS)
    tell(world)
    assert far(here(world.session)) == [
        ("Grace", "looks on elsewhere"), ("Linus", "looks on elsewhere"),
    ]  # fmt: skip
    assert ("Ada", "leads elsewhere") in far(here(grace.session))
    assert ("Linus", "looks on elsewhere") in far(here(grace.session))
    pushes = grace.line.pushes
    tell(world)
    assert grace.line.pushes == pushes
    linus.follower._far.leave(linus.follower._layout)
    world.round()
    assert far(here(world.session)) == [("Grace", "looks on elsewhere")]
    assert not world.alarms()


def test_what_others_write_there_is_text_and_who_is_silent_is_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = len(world.events())
    tree = git(world.origin, "hash-object", "-t", "tree", "-w", "--stdin")
    one = '{"name":"\\u001b[2JM","email":"","user":"","host":"","way":"leads"}'
    texts = {
        "evil": f'x\n\n{{"v":1,"n":1,"here":[{one}]}}\n',
        "deep": "x\n\n" + "[" * 9000,
        "large": 'x\n\n{"v":1,"here":[' + ",".join([one] * 3000) + "]}",
        "other": 'x\n\n{"v":1,"here":[3]}',
        "empty": "x",
    }
    for name, text in texts.items():
        made = git(world.origin, "commit-tree", tree, stdin=text)
        git(world.origin, "update-ref", f"refs/runbook/{world.run}/here/{name}", made)
    blob = git(world.origin, "hash-object", "-w", "--stdin", stdin="x")
    git(world.origin, "update-ref", f"refs/runbook/{world.run}/here/blob", blob)
    world.round()
    (mallory,) = here(world.session)
    assert mallory.way == "leads elsewhere"
    assert mallory.name.isprintable()
    assert not world.alarms()
    assert len(world.events()) == seen
    monkeypatch.setattr(far_people, "GONE", 0.0)
    world.round()
    assert here(world.session) == ()


def test_a_remote_that_takes_no_such_refs_keeps_nothing_else_from_going_on(world: World) -> None:
    hook = world.origin / "hooks" / "update"
    hook.write_text('#!/bin/sh\ncase "$1" in */here/*) exit 1;; esac\n')
    hook.chmod(0o755)
    grace = world.reviewer()
    tell(world)
    assert far(here(world.session)) == []
    answer = grace.sign()
    world.settle(answer.done)
    assert not world.mirror.standing().away
    assert not grace.follower.standing().away
    assert not [name for name in world.there() if "/here/" in name]
