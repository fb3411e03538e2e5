"""Runs: begun, read, opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.wiring.machine import commands, sampler, surroundings
from runbook_tui.wiring.person import settings
from runbook_tui.wiring.records import durations, journal, kept_files, signatures
from runbook_tui.wiring.telling import attend

if TYPE_CHECKING:
    from runbook_tui.book.model import Runbook
    from runbook_tui.run.events import Actor
    from runbook_tui.run.state import RunState
    from runbook_tui.session.guest import Guest
    from runbook_tui.session.opening import Reader
    from runbook_tui.session.plan_files import PlanFiles
    from runbook_tui.session.ports.journal import Journal
    from runbook_tui.session.session import Session


def folder_of(path: Path) -> Path:
    """Where a plan runs: its own folder, or the current one if it ships with the program."""
    return Path.cwd() if ships(path) else path.resolve().parent


def ships(path: Path) -> bool:
    """Whether a plan comes with the program, and is trusted as much as that."""
    return any(path.resolve().is_relative_to(place) for place in shipped_plans())


def start(
    path: Path,
    plan: PlanFiles,
    *,
    parameters: Mapping[str, str],
    actor: Actor,
    sources: Mapping[str, str] = {},
    folder: Path | None = None,
    role: str = "lead",
    rehearse: bool = False,
    environment: str | None = None,
    automatic_rollback: bool = False,
) -> str:
    """Record a new run of a plan that was read and return its id; raises `JournalError`."""
    from contextlib import closing

    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.session.opening import start_run
    from runbook_tui.session.plan_commit import plan_commit
    from runbook_tui.session.plan_files import refused

    base = (folder or folder_of(path)).absolute()
    if not _is_text(str(base)):
        raise refused(path, f"the name of the folder {base} is not UTF-8", "rename it")
    with closing(journal()) as record:
        return start_run(
            record,
            plan=plan.text,
            includes=plan.includes,
            runbook=plan.runbook,
            # A name is for people: bytes that are no text may not keep a run from being recorded.
            source=os.fsencode(path).decode("utf-8", "backslashreplace"),
            folder=str(base),
            parameters=parameters,
            sources=sources,
            actor=actor,
            clock=SystemClock(),
            role=role,
            rehearse=rehearse,
            environment=environment,
            automatic_rollback=automatic_rollback,
            signers=plan.signers,
            commit=plan_commit(HelperRunner(), [path, *(path.parent / n for n in plan.includes)]),
        )


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def keep_reading(run: str, plan: PlanFiles) -> None:
    """Keep what was read beside the run, for sessions that may not wait for a parser."""
    from runbook_tui.session import kept_readings

    kept_readings.keep_reading(settings().run_folder(run), plan)


def accounts(run: str) -> list[Path]:
    """What rollbacks of a run have done that nobody has entered into the journal yet."""
    from runbook_tui.session import spare

    return spare.accounts(settings().run_folder(run), run)


def state_of(run: str) -> RunState | None:
    """A run as its events make it, to be looked at; None where its reading was not kept.

    No plan is parsed for this: a list of runs must not wait for that. Raises `JournalError`.
    """
    from contextlib import closing

    from runbook_tui.session.kept_readings import only_kept
    from runbook_tui.session.opening import UnreadablePlan, open_run

    reader: Reader = partial(only_kept, settings().run_folder(run))
    if kept_reading(run) is None:
        return None
    try:
        with closing(journal(reading=True)) as record:
            return open_run(record, run, reader, surroundings())
    except (LookupError, UnreadablePlan):
        return None


def kept_reading(run: str) -> Runbook | None:
    """What was read when a run began, to name its nodes; None where it was not kept."""
    from runbook_tui.session import kept_readings

    return kept_readings.kept_reading(settings().run_folder(run))


def roles_of(run: str) -> tuple[str, ...]:
    """The roles that a run's plan names, the lead's own not among them. Raises `JournalError`."""
    kept = kept_reading(run)
    if kept is None:
        from contextlib import closing

        from runbook_tui.book.reader import read
        from runbook_tui.session.opening import open_run

        with closing(journal(reading=True)) as record:
            kept = open_run(record, run, partial(read, remarks=False), surroundings()).runbook
    return tuple(kept.roles)


def kept_before(run: str) -> tuple[Runbook, ...]:
    """What was read of the plans that a run had before its newest one, as far as it was kept."""
    from runbook_tui.session import kept_readings

    return tuple(kept_readings.kept_before(settings().run_folder(run)))


def shipped_plans() -> tuple[Path, ...]:
    """Folders of the plans that come with the program."""
    here = Path(__file__).resolve().parents[1]
    return (here / "runbooks", here.parent / "runbooks")


def open_session(
    run: str,
    actor: Actor,
    *,
    leads: bool,
    unattended: bool = False,
    plan: PlanFiles | None = None,
    guest: Guest | None = None,
) -> Session:
    """A session on a run; ``open()`` it before use, ``close()`` it after. Raises `JournalError`.

    ``plan`` is what was read already; it counts only where the run's own copy says the same.
    ``guest``: it is for somebody in a browser, who is ``actor`` and never leads.
    """
    from runbook_tui.book.reader import read
    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.forge.pull_programs import PullPrograms
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.session import account, undo_writing
    from runbook_tui.session.guest_session import GuestSession
    from runbook_tui.session.home import make_folder
    from runbook_tui.session.kept_readings import read_kept
    from runbook_tui.session.opening import open_run
    from runbook_tui.session.plan_files import steady
    from runbook_tui.session.session import Session

    place = settings().run_folder(run)
    make_folder(place)
    around = surroundings()
    record = journal()
    entered = _enter_left_behind(record, run, actor)
    # Who leads carries out what the plan says, and reads it; help must not wait for a parser.
    reader: Reader = partial(read, remarks=False) if leads else partial(read_kept, place)
    if plan is not None:
        reader = plan.reader(reader)
    with steady():
        state = open_run(record, run, reader, around)
    clock = SystemClock()
    if entered:
        # What the account says is done must not stand in the script without the account.
        undo_writing.renew(place, state, clock.now())
        account.forget(entered)
    make: Callable[..., Session] = partial(Session, actor=actor, leads=leads)
    if guest is not None:
        make = partial(GuestSession, guest=guest)
    session = make(
        state=state,
        journal=record,
        commands=commands(ready=leads),
        surroundings=around,
        clock=clock,
        runner=HelperRunner(),
        signatures=signatures(),
        files=kept_files(),
        folder=place,
        unattended=unattended,
        owns_journal=True,
        durations=durations(),
        sampler=sampler() if leads else None,
        pulls=PullPrograms(around.environment),
    )
    attend(session)
    return session


def _enter_left_behind(record: Journal, run: str, actor: Actor) -> list[Path]:
    """Take in what rollbacks did while the journal was away; returns the accounts that are."""
    from runbook_tui.session import account
    from runbook_tui.session.locks import ROLLBACK_LOCK, RunLock

    # Whoever rolls back now still writes; the session that comes to hold the lock takes it in.
    if not RunLock(settings().run_folder(run) / ROLLBACK_LOCK).free():
        return []
    return [path for path in accounts(run) if account.enter_left_behind(record, run, path, actor)]
