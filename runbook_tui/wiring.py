"""The one module that knows every concrete object; it imports inside its functions.

What `log`, `rollback`, `stop` and `sign` load decides how fast help comes: nothing here may pull
in textual, GitHub, git or pydantic before it is needed.
"""

from __future__ import annotations

import errno
import os
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_tui import __version__
from runbook_tui import settings as settings_module
from runbook_tui.settings import Settings

if TYPE_CHECKING:
    from runbook_tui.book.model import Runbook, Secret, Step
    from runbook_tui.run.events import Actor
    from runbook_tui.run.state import RunState
    from runbook_tui.session.ports.commands import Commands
    from runbook_tui.session.ports.journal import Journal
    from runbook_tui.session.ports.terminals import Terminals
    from runbook_tui.session.session import Session

READING = "reading.json"


def settings() -> Settings:
    """The settings of this process."""
    return settings_module.load()


def identity(claimed: str | None = None) -> Actor:
    """Who acts: ``--as``, else ``RUNBOOK_AS``, else git's, else the login. Raises `NoIdentity`."""
    import socket

    from runbook_tui.run.events import Actor
    from runbook_tui.run.people import parse_identity

    user = login()
    host = socket.gethostname()
    text = claimed or settings().identity
    name, email = parse_identity(text) if text else _git_identity()
    return Actor(name=name or user, email=email, user=user, host=host)


def login() -> str:
    """The operating system's name of this user, else its number."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _git_identity() -> tuple[str, str]:
    from runbook_tui.command.runner import HelperRunner

    runner = HelperRunner()
    values = []
    for key in ("user.name", "user.email"):
        outcome = runner.run(["git", "config", "--get", key], timeout=3.0)
        text = outcome.stdout if outcome.exit == 0 else ""
        # Whatever git was told, help must not fail over it: what would mislead is left out.
        values.append(
            " ".join("".join(c for c in text if c.isprintable() and c not in "<>").split())
        )
    return values[0], values[1].replace(" ", "")


def journal(reading: bool = False) -> Journal:
    """The journal of this host; with ``reading`` nothing is created or changed."""
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.journal.store import SqliteJournal

    path = settings().journal
    return SqliteJournal.open_reading(path) if reading else SqliteJournal(path, SystemClock())


def commands() -> Commands:
    """What starts commands."""
    from runbook_tui.command.host import CommandHost

    return CommandHost()


def terminals() -> Terminals:
    """What opens panes."""
    from runbook_tui.command.terminal import LogTerminals

    return LogTerminals()


@dataclass(frozen=True, kw_only=True)
class PlanFiles:
    """A plan's text, the texts of the files it takes in by their names, and what they say."""

    text: str
    includes: Mapping[str, str]
    runbook: Runbook


def read_plan(path: Path) -> tuple[str, Runbook]:
    """The plan's text and what was read from it. Raises `PlanFaults`."""
    found = read_files(path)
    return found.text, found.runbook


def read_files(path: Path) -> PlanFiles:
    """The plan and every file that it takes in. Raises `PlanFaults`."""
    from runbook_tui.book.findings import Fault, PlanFaults
    from runbook_tui.book.reader import LARGEST, decode, read, too_large

    includes: dict[str, str] = {}
    room = LARGEST

    def take(file: Path, name: str) -> str:
        nonlocal room
        with file.open("rb") as opened:
            data = opened.read(room + 1)
        if len(data) > room:
            raise too_large(name, LARGEST - room + max(len(data), file.stat().st_size))
        room -= len(data)
        return decode(data, name)

    def load(name: str) -> str:
        other = path.parent / name
        # Reading a pipe or a device would never end.
        if other.exists() and not other.is_file():
            raise OSError(errno.EINVAL, "this is no file")
        includes[name] = take(other, name)
        return includes[name]

    try:
        text = take(path, str(path))
    except IsADirectoryError:
        raise PlanFaults(str(path), (Fault(message="this is a folder, not a plan"),)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise PlanFaults(str(path), (Fault(message=f"cannot be read: {reason}"),)) from None
    runbook = read(text, str(path), load)
    return PlanFiles(text=text, includes=includes, runbook=runbook)


@dataclass(frozen=True)
class LocalSurroundings:
    """Port `Surroundings` on this machine."""

    environment: Mapping[str, str] = field(default_factory=dict)

    def shell(self, shell: str | None) -> tuple[str, ...]:
        """The argument vector that runs a text appended to it."""
        from runbook_tui.command.shells import shell_argv

        return shell_argv(shell, "")[:-1]

    def expand(self, step: Step) -> Step:
        """The step's action as shell text that runs the forge's program."""
        import dataclasses

        from runbook_tui.book.actions import ACTIONS
        from runbook_tui.forge.undo import before_text, quoted, undo_text

        if step.action is None:
            return step
        known = ACTIONS[step.action]
        given = step.arguments
        words = [f"WITH_{name.upper()}={quoted(value)}" for name, value in given.items()]
        program = f"{shlex.quote(sys.executable)} -P -m runbook_tui.forge {step.action}"
        undo, verify = undo_text(step.action, given)
        return dataclasses.replace(
            step,
            before=step.before if step.before is not None else before_text(step.action, given),
            run=" ".join([*words, program]),
            undo=step.undo if step.undo is not None else undo,
            verify_undo=step.verify_undo if step.verify_undo is not None else verify,
            outputs=tuple(dict.fromkeys((*step.outputs, *known.outputs))),
        )

    def secret(self, source: Secret, folder: str) -> str | None:
        """The secret's value, fetched now: a file's or command's in the run's folder."""
        if source.env:
            return os.environ.get(source.env)
        if source.file:
            try:
                path = Path(folder) / Path(source.file).expanduser()
                return path.read_text(encoding="utf-8").rstrip("\n")
            except (OSError, UnicodeDecodeError):
                return None
        if source.command:
            from runbook_tui.command.runner import HelperRunner

            outcome = HelperRunner().run(["sh", "-c", source.command], cwd=folder, timeout=15.0)
            return outcome.stdout.rstrip("\n") if outcome.exit == 0 else None
        return None


def surroundings() -> LocalSurroundings:
    """The machine and person this process runs for."""
    from runbook_tui.command.shells import base_environment

    return LocalSurroundings(environment=base_environment(os.environ))


def folder_of(path: Path) -> Path:
    """Where a plan runs: its own folder, or the current one if it ships with the program."""
    shipped = any(path.resolve().is_relative_to(place) for place in shipped_plans())
    return Path.cwd() if shipped else path.resolve().parent


def start(
    path: Path,
    *,
    parameters: Mapping[str, str],
    actor: Actor,
    folder: Path | None = None,
    role: str = "lead",
    rehearse: bool = False,
) -> str:
    """Record a new run of a plan and return its id; raises `PlanFaults`, `JournalError`."""
    from contextlib import closing

    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.session.opening import start_run

    plan = read_files(path)
    base = folder or folder_of(path)
    with closing(journal()) as record:
        run = start_run(
            record,
            plan=plan.text,
            includes=plan.includes,
            runbook=plan.runbook,
            source=str(path),
            folder=str(base.absolute()),
            parameters=parameters,
            actor=actor,
            clock=SystemClock(),
            role=role,
            rehearse=rehearse,
        )
    _keep_reading(run, plan)
    return run


def _keep_reading(run: str, plan: PlanFiles) -> None:
    """Keep what was read beside the run, for sessions that may not wait for a parser."""
    import json

    from runbook_tui.book.kept import pack
    from runbook_tui.session.opening import plan_digest

    digest = plan_digest(plan.text, plan.includes)
    body = {"program": __version__, "plan": digest, "includes": list(plan.includes),
            "runbook": pack(plan.runbook)}  # fmt: skip
    place = settings().run_folder(run)
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        (place / READING).write_text(json.dumps(body), encoding="utf-8")
    except OSError:
        pass  # Without it the plan is read again, only slower.


def _read_kept(place: Path, text: str, name: str, load: Callable[[str], str]) -> Runbook:
    """What was read when the run began, if this program read it so; else read it now."""
    from runbook_tui.book.reader import read
    from runbook_tui.session.opening import plan_digest

    def of_this_plan(body: Mapping[str, Any]) -> bool:
        digest = plan_digest(text, {other: load(other) for other in body["includes"]})
        return bool(body["plan"] == digest)

    return _kept(place, of_this_plan) or read(text, name, load)


def state_of(run: str) -> RunState | None:
    """A run as its events make it, to be looked at; None where its reading was not kept.

    No plan is parsed for this: a list of runs must not wait for that. Raises `JournalError`.
    """
    from contextlib import closing

    from runbook_tui.session.opening import open_run

    kept = kept_reading(run)
    if kept is None:
        return None
    with closing(journal(reading=True)) as record:
        return open_run(record, run, lambda text, name, load: kept, surroundings())


def kept_reading(run: str) -> Runbook | None:
    """What was read when a run began, to name its nodes; None where it was not kept."""
    return _kept(settings().run_folder(run), lambda body: True)


def _kept(place: Path, wanted: Callable[[Mapping[str, Any]], bool]) -> Runbook | None:
    import json

    from runbook_tui.book.kept import unpack

    try:
        body = json.loads((place / READING).read_text(encoding="utf-8"))
        if body["program"] == __version__ and wanted(body):
            return unpack(body["runbook"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return None


def shipped_plans() -> tuple[Path, ...]:
    """Folders of the plans that come with the program."""
    here = Path(__file__).resolve().parent
    return (here / "runbooks", here.parent / "runbooks")


def open_session(run: str, actor: Actor, *, leads: bool, unattended: bool = False) -> Session:
    """A session on a run; ``open()`` it before use, ``close()`` it after. Raises `JournalError`."""
    from runbook_tui.book.reader import read
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.session import account, spare
    from runbook_tui.session.opening import open_run
    from runbook_tui.session.session import Session

    place = settings().run_folder(run)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    around = surroundings()
    record = journal()
    for path in spare.accounts(place, run):
        account.enter_left_behind(record, run, path, actor)
    # Who leads carries out what the plan says, and reads it; help must not wait for a parser.
    reader = read if leads else partial(_read_kept, place)
    state = open_run(record, run, reader, around)
    return Session(
        state=state,
        actor=actor,
        journal=record,
        commands=commands(),
        surroundings=around,
        clock=SystemClock(),
        folder=place,
        leads=leads,
        unattended=unattended,
    )
