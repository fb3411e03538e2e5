"""Rounds of sharing: pushes are killed at random moments, on both sides, and the way is cut."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from runbook_tui.run import requests as r
from runbook_tui.run.events import NoteAdded, SignoffGiven
from runbook_tui.run.order import gate_open
from runbook_tui.session.answering import Answer
from runbook_tui.session.ports.runner import Outcome
from runbook_tui.session.proofs import proofs
from tests.integration.session.scene import ask
from tests.integration.share.remotes import Daemon
from tests.integration.share.world import Line, Reviewer, World, git
from tests.keys import Keys

KILLS = 12
PATIENCE = 60.0


class Murderous(Line):
    """Kills what pushes a random moment after it began, as often as it is told to."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.kills = 0
        self.killed = 0

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = 10.0,
    ) -> Outcome:
        """A push that is killed is said to have given no answer, whatever has become of it."""
        kill = "push" in argv and self.kills > 0
        limit = self._chance.uniform(0.001, 0.08) if kill else timeout
        done = super().run(argv, cwd=cwd, environment=environment, stdin=stdin, timeout=limit)
        if kill and done.exit is None and not self.cut:
            self.kills -= 1
            self.killed += 1
        return done


def pushes_die(place: Path, seed: int) -> tuple[str, list[str]]:
    """Kill twelve pushes of a lead and a reviewer, cut the way now and then, and see what is left.

    Every third time the remote is a folder, so that the other side of a push dies with it.
    """
    chance = random.Random(seed)
    folder = place / str(seed)
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "--bare", str(folder / "team.git"))
    daemon = Daemon(folder) if seed % 3 else None
    world = World(folder, Keys(folder / "keys"), remote=f"{daemon.address}/team.git" if daemon
                  else "")  # fmt: skip
    try:
        return _killed(world, chance)
    finally:
        world.close()
        if daemon is not None:
            daemon.close()


def _killed(world: World, chance: random.Random) -> tuple[str, list[str]]:
    world.begin()
    grace = world.reviewer()
    lines = [Murderous(chance), Murderous(chance)]
    world.line = world.repository._git._runner = lines[0]
    grace.line = grace.repository._git._runner = lines[1]
    written = 0
    signing = None
    faults: list[str] = []
    locks = 0
    began = time.monotonic()
    while sum(line.killed for line in lines) < KILLS:
        if time.monotonic() - began > PATIENCE:
            break
        lines[chance.randrange(2)].kills = 1
        lines[chance.randrange(2)].cut = chance.random() < 0.2
        written += 2
        ask(world.session, r.AddNote(text=f"lead {written}"))
        grace.ask(r.AddNote(text=f"grace {written}"))
        if signing is None and chance.random() < 0.3:
            signing = grace.sign()
        if chance.random() < 0.15:
            world.again()
        for side in chance.sample([world.mirror.round, grace.round], 2):
            side()
        locks += _unlock(world)
        faults += _opened_by_nothing(world, grace)
    for line in lines:
        line.kills, line.cut = 0, False
    faults += _left(world, grace, written, signing)
    killed = sum(line.killed for line in lines)
    return f"rounds of {killed} kills" + (", with locks left" if locks else ""), faults


def _unlock(world: World) -> int:
    """Do what the message says: take a lock away that a killed push has left."""
    found = list((world.origin / "refs").rglob("*.lock"))
    for lock in found:
        lock.unlink(missing_ok=True)
    return len(found)


def _opened_by_nothing(world: World, grace: Reviewer) -> list[str]:
    """A gate may be open only where the lead's own journal has a good signature for it."""
    events = world.events()
    given = [e.seq for e in events if isinstance(e.payload, SignoffGiven)]
    opened = any(gate_open(s.state, "core") for s in (world.session, grace.session))
    good = proofs(events, world.signatures) if opened else {}
    signed = any(seq in good and not good[seq].problem for seq in given)
    return [] if signed or not opened else ["a gate is open without a signature"]


def _left(world: World, grace: Reviewer, written: int, signing: Future[Answer] | None) -> list[str]:
    """What is not as it would be had nothing been killed."""

    def whole() -> bool:
        nonlocal signing
        if not gate_open(world.session.state, "core") and (signing is None or signing.done()):
            # While so much was written, something else may have been in its place each time.
            signing = grace.sign()
        notes = [e for e in world.events() if isinstance(e.payload, NoteAdded)]
        same = [k.body for k in world.scene.journal.records(world.run)] == [
            k.body for k in grace.record.records(world.run)
        ]
        return signing is not None and signing.done() and len(notes) >= written and same

    faults = []
    try:
        world.settle(whole, "all has arrived")
    except AssertionError as error:
        faults.append(f"{error}; {world.mirror.standing().news}; {grace.follower.standing().news}")
    texts = [e.payload.text for e in world.events() if isinstance(e.payload, NoteAdded)]
    lost = written - len(set(texts))
    faults += [f"{lost} notes are lost"] if lost else []
    faults += ["a note is there twice"] if len(texts) != len(set(texts)) else []
    faults += [] if gate_open(world.session.state, "core") else ["the gate stayed shut"]
    faults += [f"an alarm: {told}" for told in world.alarms()]
    faults += list(world.scene.journal.verify(world.run).problems)
    faults += list(grace.record.verify(world.run).problems)
    fsck = git(world.origin, "fsck", "--strict", "--no-dangling")
    faults += [fsck] if fsck else []
    return faults
