"""The rollback without a journal: from the undo file, when nothing else can be opened.

Keeps its account beside the undo file, or where that cannot be written in the folder given; the
next session that opens the run enters it.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Protocol

from runbook_tui.run.events import (
    CommandFinished,
    CommandStarted,
    Payload,
    RollbackFinished,
    RollbackStarted,
    UndoFinished,
    UndoStarted,
)
from runbook_tui.session import undo_file
from runbook_tui.session.account import Account, Begun
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.ports.commands import (
    NEVER_STARTED,
    CommandError,
    Commands,
    CommandSpec,
    CommandStatus,
    Phase,
)
from runbook_tui.session.sending import carried
from runbook_tui.session.undo_file import FiledUndo, UndoFile

POLL_SECONDS = 0.02
STOP_SECONDS = 15.0


class Teller(Protocol):
    """Who is told what an emergency rollback does."""

    def tell(self, text: str) -> None:
        """One line about what happens."""

    def follow(self, folder: Path, *, ended: bool) -> None:
        """A command runs in this folder, or has ended there: its output may be shown."""


def find(runs: Path) -> list[UndoFile]:
    """The undo files of all runs that can be read, the newest first."""
    found = []
    try:
        paths = list(runs.glob(f"*/{undo_file.NAME}"))
    except OSError:
        return []  # Whoever may not look into the folder has no undo file there.
    for path in paths:
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
        account: Account,
        begun: Mapping[tuple[str, str], Begun],
        secrets: Callable[[Collection[str]], Mapping[str, str]],
        clock: Clock,
        teller: Teller,
    ) -> None:
        """``folder`` is where the undos' supervisors may write.

        ``begun`` are undos, by step and text, that an earlier rollback started and did not see to
        the end: they are never started twice at once. ``secrets`` waits for the values of these
        names and gives all that could be had; what needs another is not run.
        """
        self._file = file
        self._commands = commands
        self._environment = environment
        self._folder = folder
        self._account = account
        self._begun = begun
        self._secrets = secrets
        self._clock = clock
        self._teller = teller
        self._number = 0

    def run(self) -> tuple[bool, tuple[str, ...]]:
        """Do it; returns whether all is taken back, and the titles of what remains."""
        began = self._clock.mono()
        steps = tuple(item.step for item in self._file.items)
        self._keep(RollbackStarted(scope=self._file.scope, steps=steps), None)
        self._stop_running()
        self._file = self._file.completed(self._commands.outputs)
        remaining = []
        there: dict[str, FiledUndo] = {}
        stopper = ""
        for item in self._file.items:
            hindrance = self._hindrance(item, there, stopper)
            result, reason = ("not tried", hindrance) if hindrance else self._undo(item)
            if result in {"failed", "not tried"}:
                there[item.step] = item
            if result == "failed" and item.on_failure == "stop":
                stopper = item.title
            self._keep(UndoFinished(result=result, reason=reason), item.step)
            if result != "done":
                remaining.append(item.title)
            self._teller.tell(f"{item.title}: {result}{': ' + reason if reason else ''}")
        seconds = round(self._clock.mono() - began, 3)
        word = "incomplete" if remaining else "complete"
        finished = RollbackFinished(result=word, remaining=tuple(remaining), seconds=seconds)
        self._keep(finished, None)
        return not remaining, tuple(remaining)

    @staticmethod
    def _hindrance(item: FiledUndo, there: Mapping[str, FiledUndo], stopper: str) -> str:
        """Why an item must not be tried after what has failed; empty where nothing speaks so."""
        if item.kind != "command" or item.held:
            return ""
        if stopper:
            return f"“{stopper}” was not taken back, and no undo is begun after that (on_failure)"
        other = next((there[step] for step in item.needed_by if step in there), None)
        return f"“{other.title}” needs it and was not taken back" if other is not None else ""

    def _keep(self, payload: Payload, step: str | None) -> None:
        self._account.keep(payload, step, self._clock.now())

    def _stop_running(self) -> None:
        """End the commands that the file says were running."""
        for name in self._file.folders:
            folder = Path(name)
            if self._alive(folder):
                self._teller.tell(f"stopping {folder.name}")
            if self._commands.status(folder).phase is not Phase.FINISHED:
                self._commands.stop(folder)  # Also what a lost one may have left behind.
        deadline = self._clock.mono() + STOP_SECONDS
        while any(self._alive(Path(f)) for f in self._file.folders):
            if self._clock.mono() > deadline:
                self._teller.tell("a command does not end; going on without it")
                return
            time.sleep(POLL_SECONDS)

    def _alive(self, folder: Path) -> bool:
        if self._never_begins(folder):
            return False
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
        known = self._secrets(item.secrets)
        absent = [name for name in item.secrets if not known.get(name)]
        if absent:
            return "failed", "needs the secret " + ", ".join(absent)
        tries: list[CommandStatus] = []
        for text in (text for text in item.texts if text not in item.went):
            status = self._begin(item, text)
            if status.phase is Phase.LOST and item.verify and not tries:
                # What was lost may have done its work; if it has not, it is run once more.
                status = self._verify(item)
                if status.phase is Phase.LOST:
                    return "failed", _why("the check after it", status)
                if status.exit != 0:
                    status = self._execute(item, "undo", text)
            tries.append(status)
        failed = next((s for s in tries if s.phase is Phase.LOST or s.exit != 0), None)
        if failed is not None:
            return "failed", _why("the undo", failed)
        if item.verify:
            status = self._verify(item)
            if status.phase is Phase.LOST or status.exit != 0:
                return "failed", _why("the check after it", status)
        return "done", ""

    def _verify(self, item: FiledUndo) -> CommandStatus:
        """The check after an undo; asked once more where it was lost, since it changes nothing."""
        status = self._execute(item, "verify_undo", item.verify)
        if status.phase is Phase.LOST:
            status = self._execute(item, "verify_undo", item.verify)
        return status

    def _begin(self, item: FiledUndo, text: str) -> CommandStatus:
        """Run a text of an undo to its end, unless somebody has begun it: then wait for that."""
        return self._taken_up(item, text) or self._execute(item, "undo", text)

    def _taken_up(self, item: FiledUndo, text: str) -> CommandStatus | None:
        """The end of a text that an earlier rollback began; None where it began none."""
        begun = self._begun.get((item.step, text))
        if begun is None and text == item.text:
            # What was begun with a text that the file does not know was put in its place.
            others = (
                b for (i, t), b in self._begun.items() if i == item.step and t not in item.texts
            )
            begun = next(others, None)
        if begun is None or self._never_begins(begun.folder):
            return None
        self._teller.tell(f"{item.title}: its undo was begun before; taking it up")
        status = self._ended(begun.folder)
        if not begun.ended:
            self._keep(_finished("undo", begun.folder, status), item.step)
        return status

    def _never_begins(self, folder: Path) -> bool:
        never = self._commands.status(folder).reason == NEVER_STARTED
        return never and self._commands.forestall(folder)

    def _execute(self, item: FiledUndo, kind: str, text: str) -> CommandStatus:
        self._number += 1
        known = dict(self._secrets(item.secrets))
        label = hashlib.sha256(item.step.encode()).hexdigest()[:8]
        folder = self._folder / f"{self._number}-{label}-{kind}-{os.getpid()}"
        caller = self._environment
        if item.host:
            caller = {name: caller[name] for name in item.withheld if name in caller}
        recorded = {
            **caller,
            **(item.environment or {}),
            "RUNBOOK_RUN": self._file.run,
            "RUNBOOK_STEP": item.step,
            **{name: known[name] for name in item.secrets},
        }
        spec = CommandSpec(
            folder=folder,
            argv=(*item.shell, text),
            cwd=item.cwd,
            environment=recorded,
            secrets=tuple(known.values()),
            timeout=item.timeout,
        )
        if item.host:
            spec = carried(spec, item.host, text, item.shell, item.ssh, self._environment)
        started = CommandStarted(
            attempt=1, kind=kind, text=text, cwd=item.cwd, shell=item.shell, folder=str(folder),
            environment=dict(item.environment or {}), secrets=item.secrets, timeout=item.timeout,
            host=item.host,
        )  # fmt: skip
        self._keep(started, item.step)
        word = "undo" if kind == "undo" else "verify"
        self._teller.tell(f"{item.title}: {word} $ {(text.strip().splitlines() or [''])[0]}")
        status = self._wait(spec)
        self._keep(_finished(kind, folder, status), item.step)
        return status

    def _wait(self, spec: CommandSpec) -> CommandStatus:
        try:
            self._commands.start(spec)
        except CommandError as error:
            return CommandStatus(phase=Phase.FINISHED, exit=127, reason=str(error))
        return self._ended(spec.folder)

    def _ended(self, folder: Path) -> CommandStatus:
        while True:
            status = self._commands.status(folder)
            over = status.phase in {Phase.FINISHED, Phase.LOST}
            self._teller.follow(folder, ended=over)
            if over:
                # Who began it may have known more secrets: what its supervisor kept is enough.
                self._commands.settle(folder, None)
                return status
            time.sleep(POLL_SECONDS)


def _finished(kind: str, folder: Path, status: CommandStatus) -> CommandFinished:
    return CommandFinished(
        attempt=1, kind=kind, folder=str(folder), exit=status.exit, signal=status.signal,
        lost=status.phase is Phase.LOST, timed_out=status.timed_out, stopped=status.stopped,
        seconds=round(status.seconds, 3), bytes=status.bytes, dropped=status.dropped,
        digest=status.digest, lingered=status.lingered, reason=status.reason,
    )  # fmt: skip


def _why(what: str, status: CommandStatus) -> str:
    if status.phase is Phase.LOST:
        return f"{what} was lost" + (f": {status.reason}" if status.reason else "")
    if status.timed_out:
        return f"{what} ran out of time"
    if status.signal is not None:
        return f"{what} was ended by signal {status.signal}"
    return f"{what} ended with exit status {status.exit}" + (
        f": {status.reason}" if status.reason else ""
    )
