"""The log on the remote is signed by the lead's key, where there is one that counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_tui.command.runner import HelperRunner
from runbook_tui.journal.signatures import SshSignatures
from runbook_tui.run import requests as r
from runbook_tui.run.canonical import canonical
from runbook_tui.session.ports.signatures import Key
from runbook_tui.share.commits import Batch, sealed, unsealed, written
from runbook_tui.share.refs import CUSTOM, Layout
from runbook_tui.share.sealing import LOG, text_of
from tests.fakes.history import LINUS
from tests.integration.session.scene import ask
from tests.integration.share.test_attacks import MALLORY, push
from tests.integration.share.world import World, git
from tests.keys import Keys


@pytest.fixture
def signed(worlds: Callable[..., World], keys: Keys, monkeypatch: pytest.MonkeyPatch) -> World:
    """A run whose lead has a key that counts, and one that is at hand."""
    monkeypatch.setenv("RUNBOOK_KEY", keys.file("ada"))
    made = worlds(signers=("ada", "grace", "linus"))
    made.begin()
    return made


def forged(world: World, key: str = "") -> bytes:
    """Another event on top of the log, in the lead's name, signed with somebody's key or none."""
    last = json.loads(world.scene.journal.records(world.run)[-1].body)
    seq = world.session.state.seq + 1
    note = canonical({**last, "seq": seq, "id": "forged"})
    batch = Batch(run=world.run, first=seq, lines=(note.encode(),))
    layout = Layout(prefix=CUSTOM, run=world.run)
    data = written(batch, layout, world.there()[world.log], MALLORY, 1_900_000_000)
    if not key:
        return data
    file = world.keys.file(key)
    made = SshSignatures(HelperRunner()).sign(text_of(data), LOG, Key(name=file, path=file))
    return sealed(data, made)


def test_the_log_is_signed_and_the_newest_signature_holds_for_all_of_it(signed: World) -> None:
    grace = signed.reviewer()
    assert grace.follower.standing().news.endswith(", signed by ada@example.com")
    assert signed.mirror.standing().news.endswith(", signed by ada@example.com")
    for text in ("one", "two"):
        ask(signed.session, r.AddNote(text=text))
        signed.round()
    assert [note.text for note in grace.session.state.notes] == ["one", "two"]
    tip = git(signed.origin, "cat-file", "commit", signed.log)
    data, signature = unsealed(tip.encode() + b"\n")
    assert "BEGIN SSH SIGNATURE" in signature
    assert b"BEGIN SSH SIGNATURE" not in data
    assert git(signed.origin, "fsck", "--strict") == ""
    # Another start of the program there knows it again.
    grace.close()
    signed.reviewers.clear()
    assert signed.reviewer().follower.standing().news.endswith(", signed by ada@example.com")
    assert not signed.alarms()


@pytest.mark.parametrize("key", ["grace", "stranger"])
def test_what_somebody_else_has_signed_is_not_followed(signed: World, key: str) -> None:
    grace = signed.reviewer()
    seen = len(grace.record.events(signed.run))
    push(signed, signed.log, forged(signed, key))
    grace.follower.round()
    assert "is not signed by whoever leads" in grace.follower.standing().alarm
    assert len(grace.record.events(signed.run)) == seen


def test_a_signature_is_that_of_one_commit(signed: World) -> None:
    grace = signed.reviewer()
    seen = len(grace.record.events(signed.run))
    tip = git(signed.origin, "cat-file", "commit", signed.log)
    _, signature = unsealed(tip.encode() + b"\n")
    push(signed, signed.log, sealed(forged(signed), signature))
    grace.follower.round()
    assert "has signed something else" in grace.follower.standing().alarm
    assert len(grace.record.events(signed.run)) == seen


def test_what_is_not_signed_any_more_alarms(signed: World) -> None:
    grace = signed.reviewer()
    first = signed.there()[signed.log]
    push(signed, signed.log, forged(signed))
    grace.follower.round()
    assert "is not signed by the lead, and what came before was" in grace.follower.standing().alarm
    assert ", not signed" in grace.follower.standing().news
    git(signed.origin, "update-ref", signed.log, first)


def test_whoever_takes_the_lead_over_signs_from_then_on(
    signed: World, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = signed.reviewer()
    ask(signed.session, r.HandOver(to=LINUS.identity, note="night"))
    signed.mirror._safely(signed.mirror._send)
    grace.round()
    assert grace.follower.standing().news.endswith(", signed by ada@example.com")
    monkeypatch.setenv("RUNBOOK_KEY", keys.file("linus"))
    signed.session = signed.scene.open(actor=LINUS)
    signed.again()
    ask(signed.session, r.AddNote(text="mine now"))
    signed.round()
    assert grace.follower.standing().news.endswith(", signed by linus@example.com")
    assert not grace.follower.standing().alarm


def test_without_a_key_that_counts_it_says_not_signed(
    worlds: Callable[..., World], keys: Keys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RUNBOOK_KEY", keys.file("stranger"))
    world = worlds(signers=("ada", "grace"))
    world.begin()
    assert ", not signed: the key" in world.mirror.standing().news
    assert world.reviewer().follower.standing().news.endswith(", not signed")
