"""A rollback against whatever goes on, or dies, at the same moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from runbook_tui.book.model import Step
from runbook_tui.command.folder import supervisor as supervisor_of
from runbook_tui.command.host import CommandHost
from runbook_tui.command.standby import SUPERVISOR
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run import requests as r
from runbook_tui.run.events import CommandStarted, Draft, Payload, StepStarted
from runbook_tui.run.state import Status
from runbook_tui.session.ports.commands import CommandError, CommandSpec
from runbook_tui.session.session import Session
from tests.fakes.history import GRACE
from tests.integration.session.scene import Scene, ask, book, rolled_back, run_step
from tests.waiting import until

Make = Callable[..., Scene]
Deed = Callable[[], object]


class Faster:
    """The journal, before which somebody else is faster once."""

    def __init__(self, journal: SqliteJournal, before: Callable[[Draft], bool]) -> None:
        self._journal = journal
        self._before = before
        self.deed: Deed | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    def append(self, run: str, drafts: Sequence[Draft], *rest: Any, **more: Any) -> Any:
        """Append, after the deed of others if its moment has come."""
        if self.deed is not None and any(map(self._before, drafts)):
            deed, self.deed = self.deed, None
            deed()
        return self._journal.append(run, drafts, *rest, **more)


def begins(kind: type[Payload], step: str, what: str = "run") -> Callable[[Draft], bool]:
    """Whether an event begins a command, or an attempt, of a step."""
    return lambda draft: (
        isinstance(draft.payload, kind)
        and draft.step == step
        and getattr(draft.payload, "kind", what) == what
    )


def lead_against(place: Scene, before: Callable[[Draft], bool]) -> tuple[Session, Session, Faster]:
    """A lead whom others may outrun, and the other who does."""
    real = place.journal
    faster = Faster(real, before)
    place.journal = cast("SqliteJournal", faster)
    lead = place.open()
    place.journal = real
    return lead, place.open(leads=False, actor=GRACE, unattended=True), faster


def over(session: Session, step: str) -> bool:
    """Whether nothing goes on in a step."""
    return session.state.step(step).status not in {Status.PENDING, Status.RUNNING}


A = Step(id="a", title="A", run="touch a", undo="until test -e go; do sleep 0.02; done; rm a")
B = Step(id="b", title="B", before="true", run="touch b", undo="rm b", retries=0)


def test_a_command_does_not_begin_once_a_rollback_has(scene: Make) -> None:
    place = scene(book(A, B))
    lead, other, faster = lead_against(place, begins(CommandStarted, "b"))
    run_step(lead, "a")
    faster.deed = lambda: ask(other, r.StartRollback(scope="run", node="", attended=False))
    ask(lead, r.StartStep(step="b"))
    until(lambda: faster.deed is None and lead.state.rolling_back)
    (place.work / "go").touch()
    until(lambda: over(lead, "b"))
    assert "a rollback came" in lead.state.step("b").reason
    assert not (place.work / "b").exists()
    assert [c.kind for c in lead.state.step("b").commands] == ["before"]


def test_nor_once_it_is_over(scene: Make) -> None:
    place = scene(book(A, B))
    (place.work / "go").touch()
    lead, other, faster = lead_against(place, begins(CommandStarted, "b"))
    run_step(lead, "a")
    faster.deed = lambda: rolled_back(other)
    ask(lead, r.StartStep(step="b"))
    until(lambda: over(lead, "b"))
    assert "a rollback came" in lead.state.step("b").reason
    assert not (place.work / "b").exists()
    # A person can start it again, and it is as new.
    run_step(lead, "a")
    run_step(lead, "b")
    assert (place.work / "b").exists()


def test_nor_does_another_attempt(scene: Make) -> None:
    again = Step(id="b", title="B", run="echo x >> b; false", undo="rm b", retries=1)
    place = scene(book(A, again))
    (place.work / "go").touch()
    lead, other, faster = lead_against(
        place,
        lambda d: isinstance(d.payload, StepStarted) and d.payload.attempt == 2,
    )
    run_step(lead, "a")
    faster.deed = lambda: rolled_back(other)
    ask(lead, r.StartStep(step="b"))
    until(lambda: faster.deed is None)
    until(lambda: lead.state.rollback is not None and lead.state.rollback.result == "complete")
    ask(lead, r.AddNote(node="b", text="whoever answers this has looked at the step"))
    assert lead.state.step("b").status is Status.PENDING
    assert not (place.work / "b").exists()


class Slow(CommandHost):
    """Starts supervisors which get their spec late, as on a machine that has no time."""

    def __init__(self) -> None:
        self.kept: list[tuple[subprocess.Popen[bytes], CommandSpec]] = []

    def start(self, spec: CommandSpec) -> None:
        """As the host, but for the last word."""
        spec.folder.mkdir(parents=True)
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-E", str(SUPERVISOR)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.kept.append((child, spec))
        raise SystemExit  # The session's thread ends at this moment, as if it had been killed.

    def go_on(self) -> list[bytes]:
        """Let the supervisors have their specs; what they say."""
        return [
            child.communicate(json.dumps({
                "folder": str(spec.folder), "argv": spec.argv, "cwd": spec.cwd,
                "environment": dict(spec.environment), "secrets": [], "timeout": None,
                "grace": 1.0, "interactive": False, "rows": 24, "columns": 80,
            }).encode(), timeout=60)[0]
            for child, spec in self.kept
        ]  # fmt: skip


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("kind", ["run", "undo"])
def test_a_supervisor_that_comes_up_late_starts_nothing_any_more(scene: Make, kind: str) -> None:
    """Whoever started it has died meanwhile, and a rollback has gone on without it."""
    place = scene(book(Step(id="a", title="A", run="echo x >> ran", undo="echo y >> undone")))
    slow = Slow()
    place.commands = slow if kind == "run" else CommandHost()
    lead = place.open()
    if kind == "undo":
        run_step(lead, "a")
        place.commands = slow
        lead = place.open(leads=False, unattended=True)
    request = r.StartStep(step="a") if kind == "run" else r.StartRollback(scope="run", node="")
    ask(lead, request)
    until(lambda: slow.kept)
    lead.close()
    place.commands = CommandHost()
    other = place.open(leads=False, actor=GRACE, unattended=True)
    if kind == "run":
        rolled_back(other)
    until(lambda: bool(other.state.rollback and other.state.rollback.finished))
    said = slow.go_on()
    assert all(b"gone on without" in word for word in said), said
    assert (place.work / "ran").exists() == (kind == "undo")
    assert (place.work / "undone").read_text() == "y\n"


def test_a_supervisor_that_has_begun_is_not_forestalled(tmp_path: Path) -> None:
    host = CommandHost()
    folder = tmp_path / "c"
    host.start(CommandSpec(folder=folder, argv=("sleep", "600"), cwd="/", environment={}))
    assert not host.forestall(folder)
    host.stop(folder, 0.1)
    until(lambda: host.status(folder).phase == "finished")
    assert not host.forestall(folder)
    assert host.forestall(tmp_path / "other")
    assert host.status(tmp_path / "other").reason == "it was never started"
    with pytest.raises(CommandError):
        host.start(CommandSpec(folder=tmp_path / "other", argv=("true",), cwd="/", environment={}))


def test_an_undo_that_takes_away_its_own_records_is_run_once(scene: Make) -> None:
    undo = "echo x >> undone; rm -rf ../home/runs"
    place = scene(book(Step(id="a", title="A", run="touch made", undo=undo)))
    session = place.open()
    run_step(session, "a")
    assert rolled_back(session) == "incomplete"
    assert (place.work / "undone").read_text() == "x\n"
    assert "its records are gone" in session.state.step("a").commands[-1].reason


def test_a_daemon_whose_supervisor_was_killed_is_ended_before_the_undo(scene: Make) -> None:
    """It has a session of its own, and would go on with its effects after the undo."""
    run = "(setsid bash -c 'echo $$ > pid; while :; do echo x >> made; sleep 0.02; done' &); cat"
    verify = "! grep -qs 'State:.[^ZX]' /proc/$(cat pid)/status && test ! -e made"
    place = scene(book(Step(
        id="a", title="A", run=f"mkfifo go; {run} < go", undo="rm -f made", verify_undo=verify
    )))  # fmt: skip
    session = place.open()
    ask(session, r.StartStep(step="a"))
    until((place.work / "made").exists)
    folder = Path(session.state.step("a").commands[0].folder)
    until(lambda: supervisor_of(folder) is not None)
    os.kill(supervisor_of(folder) or 0, signal.SIGKILL)
    try:
        assert rolled_back(session) == "complete"
    finally:
        CommandHost().stop(folder)


def test_a_check_that_was_lost_is_made_again(scene: Make) -> None:
    verify = "test -e once || { touch once; kill -9 $PPID; sleep 600; }"
    place = scene(book(Step(
        id="a", title="A", run="true", undo="echo x >> undone", verify_undo=verify
    )))  # fmt: skip
    session = place.open()
    run_step(session, "a")
    assert rolled_back(session) == "complete"
    assert (place.work / "undone").read_text() == "x\n"


class Backwards(SystemClock):
    """A clock that is set back before every event."""

    def __init__(self) -> None:
        self._back = 0

    def now(self) -> float:
        """An hour earlier each time."""
        self._back += 3600
        return super().now() - self._back


def test_a_clock_that_is_set_back_makes_no_undo_run_twice(scene: Make) -> None:
    place = scene(book(Step(id="a", title="A", run="true", undo="echo x >> undone")))
    place.journal = SqliteJournal(place.folder / "home" / "journal.db", Backwards())
    session = place.open()
    run_step(session, "a")
    ask(session, r.StartRollback(scope="run", node="", attended=False))
    until((place.work / "undone").exists)
    until(lambda: bool(session.state.rollback and session.state.rollback.finished))
    assert session.state.rollback is not None
    assert session.state.rollback.result == "complete"
    assert (place.work / "undone").read_text() == "x\n"
