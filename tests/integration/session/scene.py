"""A run on real parts: SQLite, supervisors, shells; the runbook is given as a value."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path

from runbook_tui.book.files import Load
from runbook_tui.book.model import Phase, Runbook, Secret, Step
from runbook_tui.book.reader import read
from runbook_tui.command.host import CommandHost
from runbook_tui.command.kept_files import EvidenceFiles
from runbook_tui.command.runner import HelperRunner
from runbook_tui.command.shells import base_environment, ours
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.durations import PastDurations
from runbook_tui.journal.signatures import SshSignatures
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import Status
from runbook_tui.session.answering import Accepted
from runbook_tui.session.guest import Guest
from runbook_tui.session.guest_session import GuestSession
from runbook_tui.session.opening import open_run, start_run
from runbook_tui.session.ports.pulls import Pulls
from runbook_tui.session.session import Session
from runbook_tui.watch.sampler import ThreadSampler
from tests.fakes.history import ADA
from tests.waiting import until


@dataclasses.dataclass(frozen=True)
class Around:
    """The surroundings of a test: bash, a clean environment, secrets from the environment."""

    environment: Mapping[str, str]

    @property
    def interactive(self) -> Mapping[str, str]:
        return base_environment(dict(os.environ), interactive=True)

    def ours(self, *, interactive: bool) -> Collection[str]:
        return ours(interactive=interactive)

    def shell(self, shell: str | None) -> tuple[str, ...]:
        return ("bash", "-eo", "pipefail", "-c")

    def expand(self, step: Step) -> Step:
        return step

    def secret(self, source: Secret, folder: str) -> str | None:
        return os.environ.get(source.env or "")


def book(*steps: Step, **fields: object) -> Runbook:
    """A runbook of one phase."""
    return Runbook(
        title="Test",
        phases=(Phase(id="p", title="Phase", steps=steps),),
        **fields,  # type: ignore[arg-type]
    )


class Scene:
    """One run in a folder; sessions are opened on it as processes would."""

    def __init__(
        self,
        folder: Path,
        runbook: Runbook,
        values: Mapping[str, str] = {},
        *,
        sources: Mapping[str, str] = {},
        rehearse: bool = False,
        signers: str | None = None,
        text: str = "plan",
        automatic_rollback: bool = False,
    ) -> None:
        self.folder = folder
        self.work = folder / "work"
        self.work.mkdir(exist_ok=True)
        self.runbook, self.text = runbook, text
        self.journal = SqliteJournal(folder / "home" / "journal.db", SystemClock())
        self.around = Around(environment=base_environment(dict(os.environ)))
        self.commands = CommandHost()
        self.sessions: list[Session] = []
        self.pulls: Pulls | None = None
        """What the next session looks at pull requests with."""
        self.run = start_run(
            self.journal, plan=text, runbook=runbook, source="plan.toml",
            folder=str(self.work), parameters=dict(values), actor=ADA, clock=SystemClock(),
            sources=sources, rehearse=rehearse, signers=signers,
            automatic_rollback=automatic_rollback,
        )  # fmt: skip
        self.place = folder / "home" / "runs" / self.run

    def open(self, *, leads: bool = True, actor: Actor = ADA, unattended: bool = False) -> Session:
        """A session as another process would open it."""
        session = self.made(leads=leads, actor=actor, unattended=unattended)
        assert session.open()
        return session

    def made(
        self, *, leads: bool = True, actor: Actor = ADA, unattended: bool = False,
        guest: Guest | None = None,
    ) -> Session:  # fmt: skip
        """A session that is not open yet; a guest's never leads."""
        self.place.mkdir(parents=True, exist_ok=True)
        state = open_run(self.journal, self.run, self._read, self.around)
        make: Callable[..., Session] = partial(Session, actor=actor)
        if guest is not None:
            make, leads = partial(GuestSession, guest=guest), False
        session = make(
            state=state, journal=self.journal, commands=self.commands,
            surroundings=self.around, clock=SystemClock(), runner=HelperRunner(),
            signatures=SshSignatures(HelperRunner()), files=EvidenceFiles(),
            folder=self.place, unattended=unattended,
            durations=PastDurations(self.folder / "home" / "journal.db"), pulls=self.pulls,
            sampler=ThreadSampler(HelperRunner()) if leads else None,
            **({} if guest is not None else {"leads": leads}),
        )  # fmt: skip
        self.sessions.append(session)
        return session

    def _read(self, text: str, name: str, load: Load) -> Runbook:
        """The runbook of the run; a plan that was taken over is read."""
        return self.runbook if text == self.text else read(text, name, load)

    def close(self) -> None:
        """End all sessions and the journal; stop what still runs."""
        for session in self.sessions:
            for step in session.state.steps.values():
                for command in step.commands:
                    if command.running:
                        self.commands.stop(Path(command.folder), 0.2)
            session.close()
        self.journal.close()

    def types(self) -> list[str]:
        """The types of all recorded events."""
        return [event.type for event in self.journal.events(self.run)]


def ask(session: Session, request: r.Request) -> Accepted:
    """Ask and expect a yes."""
    answer = session.ask(request).result(60)
    assert not isinstance(answer, Refusal), answer
    return answer


def refused(session: Session, request: r.Request) -> Refusal:
    """Ask and expect a no."""
    answer = session.ask(request).result(60)
    assert isinstance(answer, Refusal), answer
    return answer


def run_step(session: Session, step: str, status: Status = Status.DONE) -> None:
    """Start a step and wait until it has the status."""
    ask(session, r.StartStep(step=step))
    until(lambda: session.state.step(step).status is status, what=f"{step} {status}")


def rolled_back(session: Session, scope: str = "run", node: str = "") -> str:
    """Roll back without a person and return the result."""
    ask(session, r.StartRollback(scope=scope, node=node, attended=False))
    until(lambda: bool(session.state.rollback and session.state.rollback.finished))
    assert session.state.rollback
    return session.state.rollback.result
