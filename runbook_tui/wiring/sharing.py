"""Runs on other machines: mirrored from here, or followed here."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.wiring.machine import commands, surroundings
from runbook_tui.wiring.person import settings
from runbook_tui.wiring.records import kept_files, signatures

if TYPE_CHECKING:
    from runbook_tui.run.events import Actor
    from runbook_tui.session.opening import Reader
    from runbook_tui.session.ports.journal import Journal
    from runbook_tui.session.ports.terminals import Terminals
    from runbook_tui.session.session import Session
    from runbook_tui.share.mirror import Mirror
    from runbook_tui.share.refs import Layout
    from runbook_tui.share.repository import Repository


def share(session: Session, remote: str) -> Mirror:
    """What mirrors a run that is led here to a remote; it is started and closed by the caller."""
    import sys

    from runbook_tui import __version__
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.journal.store import SqliteJournal
    from runbook_tui.session.locks import LeadLock
    from runbook_tui.share.mirror import Mirror, Origin

    reader = SqliteJournal.open_reading(settings().journal)
    return Mirror(
        session=session,
        journal=reader,
        bodies=reader,
        repository=_repository(_own(session.folder / "share.git"), remote),
        lock=LeadLock(session.folder / "share.lock"),
        clock=SystemClock(),
        author=session.actor,
        origin=Origin(program=sys.executable, version=__version__),
    )


def _own(folder: Path) -> Path:
    """The repository beside a run, or one of this user's where that is somebody else's."""
    try:
        ours = folder.stat().st_uid == os.geteuid()
    except OSError:
        ours = True
    return folder if ours else folder.with_name(f"share-{os.geteuid()}.git")


def remote_address(remote: str, folder: str) -> str:
    """What git calls a remote: an address as it is, a folder by its whole name, the name of a
    remote by what the repository at ``folder`` has under it. Empty where there is none."""
    path = os.path.expanduser(remote)
    if os.path.isdir(path):
        return os.path.abspath(path)
    if "://" in remote or (":" in remote and not remote.startswith(("/", "-", ":"))):
        return remote
    if "/" in remote or remote.startswith("-") or not remote.strip():
        return ""
    return _repository(settings().shared / "any", "").remote_of(remote, folder)


def shared_runs(remote: str) -> dict[str, Layout]:
    """The runs that are shared over a remote, by id; raises `share.git.GitTrouble`."""
    from runbook_tui.session.home import make_folder

    make_folder(settings().shared)
    return _repository(settings().shared / "any", remote).shared()


def _repository(folder: Path, remote: str) -> Repository:
    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.share.repository import Repository

    return Repository(HelperRunner(), folder, remote, surroundings().environment)


def copied_journal(run: str) -> Journal:
    """What was copied here of a run that is led on another machine, for reading."""
    from runbook_tui.journal.store import SqliteJournal

    return SqliteJournal.open_reading(settings().shared / run / "journal.db")


def no_terminals() -> Terminals:
    """What opens panes of commands whose output is on another machine."""
    from runbook_tui.share.far import NoTerminals

    return NoTerminals()


def follow_session(remote: str, layout: Layout, actor: Actor) -> tuple[Session, str]:
    """A session on a run that is led on another machine, opened, and what to say of it.

    Raises `JournalError`, `share.git.GitTrouble`, `share.merging.Rewritten`.
    """
    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.journal.replica import ReplicaJournal
    from runbook_tui.session.home import make_folder
    from runbook_tui.session.kept_readings import read_kept
    from runbook_tui.session.opening import open_run
    from runbook_tui.session.plan_files import steady
    from runbook_tui.session.session import Session
    from runbook_tui.share.far import FarClock
    from runbook_tui.share.follower import Follower
    from runbook_tui.share.git import shown
    from runbook_tui.share.places import Place, heard_place

    place = settings().shared / layout.run
    folder = place / "runs" / layout.run
    make_folder(folder)
    here = SystemClock()
    clock = FarClock(here)
    record = ReplicaJournal(place / "journal.db", here, shown(remote))

    def begun(own: Place) -> Follower:
        repository = _repository(place / f"{own.number}.git", remote)
        repository.prepare()
        made = Follower(
            layout=layout, repository=repository, replica=record, journal=record, clock=clock,
            here=here, author=actor, who=own.who, lock=own.lock, signatures=signatures(),
        )  # fmt: skip
        made.begin()
        return made

    try:
        own, follower, moved = heard_place(place, actor, begun)
    except BaseException:
        record.close()
        raise
    try:
        origin = follower.origin()
        around = replace(surroundings(), program=origin.program or surroundings().program)
        reader: Reader = partial(read_kept, folder)
        with steady():
            state = open_run(record, layout.run, reader, around)
    except BaseException:
        record.close()
        own.lock.release()
        raise
    session = Session(
        state=state, actor=actor, journal=record, commands=commands(), surroundings=around,
        clock=clock, runner=HelperRunner(), signatures=signatures(), files=kept_files(),
        folder=folder, leads=False, owns_journal=True, elsewhere=follower,
    )  # fmt: skip
    session.open()
    follower.start(lambda: session.state)
    return session, "; ".join(filter(None, (moved, _of_another_version(origin.version or ""))))


def _of_another_version(version: str) -> str:
    """What is to be said of a lead's machine that has another version; empty where it has not."""
    from runbook_tui import __version__

    if version in {"", __version__}:
        return ""
    return (
        f"the lead's machine has runbook {version}, this one {__version__}: what built-in"
        " actions run may be shown otherwise, and a sign-off on them refused"
    )
