"""What it costs to share a run: a sign-off there and back, pushes that are refused, and bytes.

Each beside its baseline on the same remote in the same run.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.command.runner import HelperRunner
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.session.answering import Accepted
from runbook_tui.session.ports.runner import Outcome
from runbook_tui.share.pace import Pace
from tests.integration.session.scene import ask, run_step
from tests.integration.share.remotes import Daemon
from tests.integration.share.world import World, git
from tests.keys import Keys

ROUNDS = 12
REVIEWERS, VOTES = 8, 6
STEPS = 40
POLL = Pace().waiting


class Counting(HelperRunner):
    """Counts pushes, and those that the remote has refused."""

    def __init__(self) -> None:
        super().__init__()
        self.pushes = self.refused = 0

    def run(
        self, argv: Sequence[str], *, cwd: str | None = None,
        environment: Mapping[str, str] | None = None, stdin: str = "", timeout: float = 10.0,
    ) -> Outcome:  # fmt: skip
        done = super().run(argv, cwd=cwd, environment=environment, stdin=stdin, timeout=timeout)
        if "push" in argv:
            self.pushes += 1
            self.refused += "rejected]" in done.stdout or "lock" in done.stderr
        return done


def gated(many: int) -> Runbook:
    """A plan of nothing but gates, each to be signed with a key."""
    gate = Gate(roles=("cto",), signed=True)
    phases = tuple(
        Phase(id=f"p{n}", title=f"Phase {n}", gate=gate, needs=(),
              steps=(Step(id=f"s{n}", title="Step", run="true", undo="true"),))
        for n in range(many)
    )  # fmt: skip
    return Runbook(title="Gates", roles={"cto": ("*",)}, phases=phases, allowed_signers="s")


def timed(deed: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def sign_off(folder: Path, remote: str) -> tuple[float, float, float, float]:
    """Medians in ms: a sign-off there and back, a push, a no-op fetch, and their sum with polls."""
    world = World(folder, Keys(folder / "keys"), plan=gated(ROUNDS + 1), remote=remote)
    try:
        world.begin()
        grace = world.reviewer()
        world.mirror.start()
        grace.follower.start(lambda: grace.session.state)
        rounds, pushes, fetches = [], [], []
        chance = random.Random(7)
        own = world.folder / "own.git"
        git(world.folder, "init", "-q", "--bare", str(own))
        tree = git(own, "hash-object", "-t", "tree", "-w", "--stdin")
        log = f"+{world.log}:refs/x"
        for number in range(ROUNDS):
            oid = git(own, "commit-tree", tree, "-m", f"{'x' * 300} {number}")
            words = ("push", "-q", world.remote, f"{oid}:refs/y/{oid}")
            pushes.append(timed(partial(git, own, *words)))
            git(own, "fetch", "-q", world.remote, log)
            fetches.append(timed(partial(git, own, "fetch", "-q", world.remote, log)))
            request = r.SignNode(node=f"p{number}", role="cto")
            # People do not sign in step with the polls.
            time.sleep(chance.uniform(0, 2 * POLL))
            began = time.perf_counter()
            answer = grace.sign(request).result(60)
            assert isinstance(answer, Accepted), answer
            rounds.append((time.perf_counter() - began) * 1000)
        world.mirror.close()
    finally:
        world.close()
    push, fetch = statistics.median(pushes), statistics.median(fetches)
    floor = 2 * push + 2 * fetch + POLL * 1000
    return statistics.median(rounds), push, fetch, floor


def crowd(folder: Path, remote: str) -> tuple[int, int, float]:
    """Pushes of eight reviewers and a lead, how many of them were refused, and seconds."""
    world = World(folder, Keys(folder / "keys"), plan=gated(1), remote=remote)
    counting = world.line = Counting()  # type: ignore[assignment]
    try:
        world.repository._git._runner = counting
        world.begin()
        people = [
            world.reviewer(f"r{n}", Actor(name=f"R{n}", email=f"r{n}@example.com"))
            for n in range(REVIEWERS)
        ]
        for one in people:
            one.repository._git._runner = counting
        began = time.perf_counter()
        world.mirror.start()
        for one in people:
            one.follower.start(lambda s=one.session: s.state)  # type: ignore[misc]

        def vote(session: object) -> None:
            for n in range(VOTES):
                session.ask(r.AddNote(text=f"note {n}")).result(120)  # type: ignore[attr-defined]

        threads = [threading.Thread(target=vote, args=(one.session,)) for one in people]
        for thread in threads:
            thread.start()
        for number in range(VOTES):
            ask(world.session, r.AddNote(text=f"own {number}"))
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
        assert len(world.session.state.notes) == (REVIEWERS + 1) * VOTES
        world.mirror.close()
    finally:
        world.close()
    return counting.pushes, counting.refused, seconds


def weight(folder: Path) -> None:
    """Bytes on the remote an event: one event a push, and a run of forty steps with commands."""
    for what, record in (("a note a push", _notes), ("a run of commands", _commands)):
        place = folder / what.replace(" ", "-")
        place.mkdir()
        steps = tuple(Step(id=f"s{n}", title=f"Step {n}", run="true", undo="true")
                      for n in range(STEPS))  # fmt: skip
        plan = Runbook(title="Long", phases=(Phase(id="p", title="P", steps=steps),))
        world = World(place, Keys(place / "keys"), plan=plan)
        try:
            world.begin()
            git(world.origin, "gc", "-q")
            first, before = len(world.events()), _packed(world)
            record(world)
            git(world.origin, "gc", "-q")
            events = len(world.events()) - first
            raw = sum(len(k.body) for k in world.scene.journal.records(world.run, first))
            packed = (_packed(world) - before) / events
            print(f"{what}: {events} events, {packed:.0f} B each on the remote,"
                  f" {raw / events:.0f} B in the journal")  # fmt: skip
        finally:
            world.close()


def _packed(world: World) -> int:
    return sum(p.stat().st_size for p in (world.origin / "objects" / "pack").glob("*.pack"))


def _notes(world: World) -> None:
    for number in range(200):
        ask(world.session, r.AddNote(text=f"the load is {number * 7919 % 997} now"))
        world.mirror.round()


def _commands(world: World) -> None:
    for number in range(STEPS):
        run_step(world.session, f"s{number}")
        world.mirror.round()


def main(ways: tuple[str, ...] = ("path", "daemon", "ssh")) -> None:
    """Print all of it."""
    with tempfile.TemporaryDirectory() as name:
        for way in ways:
            folder = Path(name) / way
            folder.mkdir()
            git(folder, "init", "-q", "--bare", str(folder / "team.git"))
            remote, close = _remote(way, folder)
            try:
                took, push, fetch, floor = sign_off(folder, remote)
                told = f"push {push:.0f}, no-op fetch {fetch:.0f}, with the polls {floor:.0f}"
                print(f"sign-off over {way}: {took:.0f} ms; {told}: {took / floor:.2f}", flush=True)
            finally:
                close()
        for way in ways[:2]:
            folder = Path(name) / f"{way}-crowd"
            folder.mkdir()
            git(folder, "init", "-q", "--bare", str(folder / "team.git"))
            remote, close = _remote(way, folder)
            try:
                pushes, refused, seconds = crowd(folder, remote)
                print(f"{REVIEWERS} reviewers over {way}: {pushes} pushes, {refused} refused,"
                      f" {REVIEWERS * VOTES} votes in {seconds:.1f} s", flush=True)  # fmt: skip
            finally:
                close()
        weight(Path(name))


def _remote(way: str, folder: Path) -> tuple[str, Callable[[], object]]:
    if way == "daemon":
        daemon = Daemon(folder)
        return f"{daemon.address}/team.git", daemon.close
    if way == "ssh":
        import os

        from tests.sshd import HOST, Sshd

        far = Sshd(folder / "sshd")
        os.environ["RUNBOOK_SSH"] = os.environ["GIT_SSH_COMMAND"] = far.ssh
        return f"{HOST}:{folder}/team.git", far.close
    return "", lambda: None


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or ("path", "daemon", "ssh"))
