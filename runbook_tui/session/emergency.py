"""The rollback without a journal: from the undo file, when nothing else can be opened.

Keeps its account beside the undo file, or where that cannot be written in the folder given; the
next session that opens the run enters it.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from runbook_tui.run.events import (
    Actor,
    CommandFinished,
    CommandStarted,
    Payload,
    RollbackFinished,
    RollbackStarted,
    UndoFinished,
    UndoStarted,
)
from runbook_tui.session import account, undo_file
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.commands import (
    CommandError,
    Commands,
    CommandSpec,
    CommandStatus,
    Phase,
)
from runbook_tui.session.undo_file import FiledUndo, UndoFile

POLL_SECONDS = 0.02
STOP_SECONDS = 15.0
UNDO_SECONDS = 900.0

Tell = Callable[[str], None]


def find(runs: Path) -> list[UndoFile]:
    """The undo files of all runs that can be read, the newest first."""
    found = []
    for path in runs.glob(f"*/{undo_file.NAME}"):
        try:
            found.append(undo_file.read(path))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda f: f.at, reverse=True)


class EmergencyRollback:
    """Undoes what an undo file lists, newest first; every part is tried, none is hidden."""

    def __init__(
        self,
        file: UndoFile,
        *,
        commands: Commands,
        environment: Mapping[str, str],
        folder: Path,
        account_path: Path,
        actor: Actor,
        clock: Clock,
        tell: Tell,
    ) -> None:
        self._file = file
        self._commands = commands
        self._environment = environment
        self._folder = folder
        self._account = account.Account(account_path, actor)
        self._clock = clock
        self._tell = tell
        self._number = 0

    def run(self) -> tuple[bool, tuple[str, ...]]:
        """Do it; returns whether all is taken back, and the titles of what remains."""
        began = self._clock.now()
        steps = tuple(item.step for item in self._file.items)
        self._keep(RollbackStarted(scope="run", steps=steps), None)
        self._stop_running()
        remaining = []
        for item in self._file.items:
            result, reason = self._undo(item)
            self._keep(UndoFinished(result=result, reason=reason), item.step)
            if result != "done":
                remaining.append(item.title)
            self._tell(f"{item.title}: {result}{': ' + reason if reason else ''}")
        seconds = round(self._clock.now() - began, 3)
        word = "incomplete" if remaining else "complete"
        finished = RollbackFinished(result=word, remaining=tuple(remaining), seconds=seconds)
        self._keep(finished, None)
        return not remaining, tuple(remaining)

    def _keep(self, payload: Payload, step: str | None) -> None:
        self._account.keep(payload, step, self._clock.now())

    def _stop_running(self) -> None:
        """End the commands that the file says were running."""
        for name in self._file.folders:
            folder = Path(name)
            if self._alive(folder):
                self._tell(f"stopping {folder.name}")
                self._commands.stop(folder)
        deadline = self._clock.mono() + STOP_SECONDS
        while any(self._alive(Path(f)) for f in self._file.folders):
            if self._clock.mono() > deadline:
                self._tell("a command does not end; going on without it")
                return
            time.sleep(POLL_SECONDS)

    def _alive(self, folder: Path) -> bool:
        return self._commands.status(folder).phase in {Phase.STARTING, Phase.RUNNING}

    def _undo(self, item: FiledUndo) -> tuple[str, str]:
        self._keep(UndoStarted(), item.step)
        if item.kind != "command":
            words = {"manual": "done by hand", "irreversible": "cannot be taken back"}
            return "none", words.get(item.kind, "no undo known")
        if item.held:
            return "none", "below the floor"
        if item.missing:
            return "failed", "needs " + ", ".join(item.missing)
        self._tell(f"{item.title}: {item.text}")
        status = self._execute(item, "undo", item.text)
        if status.exit != 0:
            return "failed", _why("the undo", status)
        if item.verify:
            status = self._execute(item, "verify_undo", item.verify)
            if status.exit != 0:
                return "failed", _why("the check after it", status)
        return "done", ""

    def _execute(self, item: FiledUndo, kind: str, text: str) -> CommandStatus:
        self._number += 1
        label = hashlib.sha256(item.step.encode()).hexdigest()[:8]
        folder = self._folder / f"{self._number}-{label}-{kind}-{os.getpid()}"
        recorded = {**self._environment, **(item.environment or {})}
        spec = CommandSpec(
            folder=folder,
            argv=(*item.shell, text),
            cwd=item.cwd,
            environment=recorded,
            secrets=tuple(recorded[n] for n in item.secrets if n in recorded),
            timeout=UNDO_SECONDS,
        )
        started = CommandStarted(
            attempt=1, kind=kind, text=text, cwd=item.cwd, shell=item.shell, folder=str(folder),
            environment=dict(item.environment or {}), secrets=item.secrets, timeout=UNDO_SECONDS,
        )  # fmt: skip
        self._keep(started, item.step)
        status = self._wait(spec)
        ended = CommandFinished(
            attempt=1, kind=kind, folder=str(folder), exit=status.exit, signal=status.signal,
            lost=status.phase is Phase.LOST, timed_out=status.timed_out, stopped=status.stopped,
            seconds=round(status.seconds, 3), bytes=status.bytes, digest=status.digest,
        )  # fmt: skip
        self._keep(ended, item.step)
        return status

    def _wait(self, spec: CommandSpec) -> CommandStatus:
        try:
            self._commands.start(spec)
        except CommandError as error:
            return CommandStatus(phase=Phase.FINISHED, exit=127, reason=str(error))
        while True:
            status = self._commands.status(spec.folder)
            if status.phase in {Phase.FINISHED, Phase.LOST}:
                return status
            time.sleep(POLL_SECONDS)


def roll_back(
    file: UndoFile,
    *,
    commands: Commands,
    environment: Mapping[str, str],
    folder: Path,
    account_path: Path,
    actor: Actor,
    clock: Clock,
    tell: Tell,
) -> tuple[bool, tuple[str, ...]]:
    """Undo what the file lists; ``folder`` is where the undos' supervisors may write."""
    return EmergencyRollback(
        file,
        commands=commands,
        environment=environment,
        folder=folder,
        account_path=account_path,
        actor=actor,
        clock=clock,
        tell=tell,
    ).run()


def _why(what: str, status: CommandStatus) -> str:
    if status.phase is Phase.LOST:
        return f"{what} was lost"
    if status.timed_out:
        return f"{what} ran out of time"
    if status.signal is not None:
        return f"{what} was ended by signal {status.signal}"
    return f"{what} ended with exit status {status.exit}" + (
        f": {status.reason}" if status.reason else ""
    )
