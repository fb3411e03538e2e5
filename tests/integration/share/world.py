"""Two machines and a team's git remote: homes of their own, real git, real keys.

The lead's mirror and each reviewer's follower are driven round by round, so that a test decides
what happens before what.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from runbook_tui.book.files import Load
from runbook_tui.book.model import Check, Gate, Phase, Runbook, Step
from runbook_tui.book.plain_text import printable
from runbook_tui.command.host import CommandHost
from runbook_tui.command.kept_files import EvidenceFiles
from runbook_tui.command.runner import HelperRunner
from runbook_tui.command.shells import base_environment
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.replica import ReplicaJournal
from runbook_tui.journal.signatures import SshSignatures
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor, Event, VoteRefused
from runbook_tui.session.answering import Answer
from runbook_tui.session.locks import LeadLock
from runbook_tui.session.opening import open_run
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.runner import Outcome
from runbook_tui.session.proving import proved
from runbook_tui.session.session import Session
from runbook_tui.share.far import FarClock
from runbook_tui.share.follower import Follower
from runbook_tui.share.mirror import Mirror
from runbook_tui.share.places import Place, heard_place
from runbook_tui.share.repository import Repository
from tests.fakes.history import ADA, GRACE
from tests.integration.session.scene import Around, Scene
from tests.keys import Keys
from tests.waiting import PATIENCE, until

PLAN = Runbook(
    title="Shared",
    roles={"cto": ("Grace <grace@example.com>", "Linus <linus@example.com>"), "qa": ("*",)},
    phases=(
        Phase(id="prep", title="Prepare", criteria=(Check(id="fine", title="Fine"),), steps=(
            Step(id="look", title="Look", run="echo what-it-put-out"),
            Step(id="hand", title="By hand", needs=()),)),
        Phase(id="core", title="Core", gate=Gate(roles=("cto",), four_eyes=True, signed=True),
              needs=(), steps=(Step(id="ship", title="Ship", run="true", undo="true"),)),
        Phase(id="end", title="End", gate=Gate(roles=("qa",)), needs=(), steps=(
            Step(id="close", title="Close", run="true", undo="true"),)),
    ),
    allowed_signers="signers",
)  # fmt: skip
GATE = r.SignNode(node="core", role="cto")


def git(folder: Path | str, *words: str, stdin: str = "") -> str:
    """git, as somebody else at the remote would call it."""
    own = {"GIT_AUTHOR_NAME": "M", "GIT_AUTHOR_EMAIL": "m@example.com",
           "GIT_COMMITTER_NAME": "M", "GIT_COMMITTER_EMAIL": "m@example.com"}  # fmt: skip
    done = subprocess.run(
        ["git", "-C", str(folder), *words], check=True, capture_output=True, text=True,
        input=stdin, env={**os.environ, **own}, timeout=60,
    )  # fmt: skip
    return done.stdout.strip()


class Line(HelperRunner):
    """A way to the remote that a test can cut.

    ``cut``: nothing gets through. ``late``: what is pushed arrives, and nobody here hears of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cut = False
        self.late = False
        self.pushes = 0
        self.before: Callable[[Sequence[str]], None] = lambda argv: None

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = 10.0,
    ) -> Outcome:
        far = {"push", "fetch", "ls-remote"} & set(argv)
        if far and self.cut:
            return Outcome(exit=None, stdout="", stderr=f"no answer within {timeout:g} s")
        self.pushes += "push" in argv
        if far:
            self.before(argv)
        done = super().run(argv, cwd=cwd, environment=environment, stdin=stdin, timeout=timeout)
        if "push" in argv and self.late:
            return Outcome(exit=None, stdout="", stderr=f"no answer within {timeout:g} s")
        return done


class Reviewer:
    """Somebody on a machine of their own, who follows the run and votes."""

    def __init__(
        self, world: World, name: str, actor: Actor, clock: Clock | None = None,
        remote: str | None = None,
    ) -> None:  # fmt: skip
        self.world = world
        self.actor = actor = dataclasses.replace(actor, host=f"{name}.example.com")
        self.home = world.folder / name / "shared" / world.run
        self.line = Line()
        here = clock or SystemClock()
        self.clock = FarClock(here)
        self.record = ReplicaJournal(self.home / "journal.db", here, "the remote")

        def begun(place: Place) -> Follower:
            self.repository = Repository(
                self.line, self.home / f"{place.number}.git", remote or world.remote,
                world.environment,
            )  # fmt: skip
            self.repository.prepare()
            made = Follower(
                layout=self.repository.shared()[world.run], repository=self.repository,
                replica=self.record, journal=self.record, clock=self.clock, here=here,
                author=actor, who=place.who, lock=place.lock, signatures=world.signatures,
            )  # fmt: skip
            made.begin()
            return made

        self.place, self.follower, self.said = heard_place(self.home, actor, begun)
        around = Around(environment=base_environment(dict(os.environ)))
        state = open_run(self.record, world.run, world.read, around)
        self.session = Session(
            state=state, actor=actor, journal=self.record, commands=CommandHost(),
            surroundings=around, clock=self.clock, runner=HelperRunner(),
            signatures=world.signatures, files=EvidenceFiles(), folder=self.home / "runs",
            leads=False, elsewhere=self.follower,
        )  # fmt: skip
        assert self.session.open()
        self.follower.attach(lambda: self.session.state)
        world.reviewers.append(self)

    @property
    def who(self) -> str:
        return self.place.who

    def round(self) -> None:
        """Look at the remote once; the session hears of what came."""
        self.follower.round()
        until(lambda: self.session.state.seq == len(self.record.events(self.world.run)))

    def ask(self, request: r.Request) -> Future[Answer]:
        return self.session.ask(request)

    def sign(self, request: r.SignNode = GATE, key: str = "") -> Future[Answer]:
        """Sign with a key, as the screen does: beside everything else."""
        future: Future[Answer] = Future()
        file = self.world.keys.file(key or self.actor.name.lower())

        def go() -> None:
            try:
                future.set_result(proved(self.session, request, self.actor, file))
            except Exception as error:  # noqa: BLE001
                future.set_exception(error)

        threading.Thread(target=go, daemon=True).start()
        return future

    def close(self) -> None:
        self.follower.close()
        self.session.close()
        self.record.close()


class World:
    """A run, its lead's machine, the remote, and the reviewers."""

    def __init__(
        self, folder: Path, keys: Keys, *, plan: Runbook = PLAN, remote: str = "",
        environment: Mapping[str, str] | None = None, clock: Clock | None = None,
        signers: tuple[str, ...] = ("grace", "linus"),
    ) -> None:  # fmt: skip
        self.folder = folder
        self.keys = keys
        self.plan = plan
        self.origin = folder / "team.git"
        if not self.origin.exists():
            git(folder, "init", "-q", "--bare", str(self.origin))
        self.remote = remote or str(self.origin)
        self.environment = base_environment({**os.environ, **(environment or {})})
        self.signatures = SshSignatures(HelperRunner())
        self.clock = clock or SystemClock()
        self.line = Line()
        self.reviewers: list[Reviewer] = []
        (folder / "ada").mkdir()
        self.scene = Scene(folder / "ada", plan, signers=keys.allowed(*signers))
        self.run = self.scene.run
        self.session = self.scene.open(actor=ADA)
        self.mirror = self.mirrored()

    def begin(self) -> None:
        """Share the run, and that it is shared."""
        self.round()
        self.round()

    def again(self) -> None:
        """Share it anew, as another start of the program does once this one has ended."""
        self.mirror._lock.release()
        self.mirror = self.mirrored()

    def mirrored(self, folder: Path | None = None) -> Mirror:
        """The mirror, as another program makes it; ``folder`` is that of another user."""
        lock = LeadLock(self.scene.place / "share.lock")
        self.repository = Repository(
            self.line, folder or self.scene.place / "share.git", self.remote, self.environment
        )
        return Mirror(
            session=self.session, journal=self.scene.journal, bodies=self.scene.journal,
            repository=self.repository, clock=self.clock, author=self.session.actor, lock=lock,
        )  # fmt: skip

    def read(self, text: str, name: str, load: Load) -> Runbook:
        return self.plan

    def reviewer(self, name: str = "grace", actor: Actor = GRACE, **more: Any) -> Reviewer:
        return Reviewer(self, name, actor, **more)

    def round(self) -> None:
        """The lead's machine looks once, then everybody else."""
        self.mirror.round()
        for reviewer in self.reviewers:
            reviewer.round()

    def settle(self, holds: Callable[[], object], what: str = "") -> None:
        """Go round until it holds."""

        def look() -> object:
            self.round()
            return holds()

        until(look, 2 * PATIENCE, what)

    def events(self) -> list[Event]:
        return self.scene.journal.events(self.run)

    def alarms(self) -> list[str]:
        """What was refused in the run as tampered with."""
        said = (event.payload for event in self.events())
        return [printable(p.reason) for p in said if isinstance(p, VoteRefused) and p.alarm]

    def there(self) -> dict[str, str]:
        """The refs on the remote."""
        rows = git(self.origin, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return {row.split()[0]: row.split()[1] for row in rows}

    @property
    def log(self) -> str:
        return f"refs/runbook/{self.run}/log"

    def by(self, who: str) -> str:
        return f"refs/runbook/{self.run}/by/{who}"

    def close(self) -> None:
        for reviewer in self.reviewers:
            reviewer.close()
        self.scene.close()
