"""How the session starts a command, and what it learns of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from runbook_tui.frozen import frozen


class CommandError(Exception):
    """A command could not be started; ``hint`` says what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@frozen
class Remote:
    """A command on another machine: its text, shell, folder and environment there.

    ``cwd`` is empty for the folder of the login; ``environment`` holds what is added there.
    """

    host: str
    text: str
    shell: tuple[str, ...]
    cwd: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@frozen
class CommandSpec:
    """Everything a supervisor needs; handed over through a pipe, never as arguments.

    ``environment`` is complete (nothing is inherited); ``secrets`` are values to mask in all
    output, beside those in it. ``timeout`` and ``grace`` are seconds. With ``remote`` the command
    runs there, and ``cwd`` and ``environment`` are those of the ssh that carries it.
    """

    folder: Path
    argv: tuple[str, ...]
    cwd: str
    environment: Mapping[str, str]
    secrets: tuple[str, ...] = field(default=(), repr=False)
    timeout: float | None = None
    grace: float = 5.0
    interactive: bool = False
    rows: int = 24
    columns: int = 80
    remote: Remote | None = None


EVALUATING = frozenset({"bash", "sh", "dash", "ash", "ksh", "zsh"})
"""Shells to which a supervisor can hand a text that is longer than an argument."""


NEVER_STARTED = "it was never started"
"""The reason of a lost command whose supervisor never came up: it has done nothing."""


ORPHANED = "its supervisor is gone"
"""The reason of a running command that nobody supervises any more."""


class Phase(StrEnum):
    """Where a command is."""

    STARTING = "starting"
    RUNNING = "running"
    FINISHED = "finished"
    LOST = "lost"


@frozen
class CommandStatus:
    """What is known of a command. ``exit`` or ``signal`` is set once finished; times in seconds.

    ``bytes`` counts all output, ``dropped`` what the bounded log no longer holds; ``digest`` is
    the sha256 of the log as kept when the command ended. ``lingering``: descendants still hold
    the terminal; ``lingered``: they did when it ended, and may have put out more since.
    """

    phase: Phase
    exit: int | None = None
    signal: int | None = None
    timed_out: bool = False
    stopped: bool = False
    started: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    max_rss_kib: int = 0
    bytes: int = 0
    dropped: int = 0
    digest: str = ""
    lingering: bool = False
    lingered: bool = False
    reason: str = ""
    not_run: bool = False
    """Nothing of it was begun on the machine where it was to run, for certain."""


@frozen
class PutOut:
    """What a command has put out: ``values`` by name, and in ``faults`` why some are not usable.

    One that holds a secret stands masked among the values, too; one that is too long does not.
    A fault under ``RUNBOOK_OUTPUT`` is one of everything.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


class Commands(Protocol):
    """Starts commands that outlive their viewer. Every call returns within milliseconds."""

    def start(self, spec: CommandSpec) -> None:
        """Start the command under its own supervisor; raises `CommandError`."""

    def status(self, folder: Path) -> CommandStatus:
        """What is known now, from the folder alone."""

    def forestall(self, folder: Path) -> bool:
        """Make sure that a command that was never started never is; False if it has begun.

        Whoever recorded it may be starting it at this moment, or have died while doing so.
        """

    def outputs(self, folder: Path, hidden: Collection[str] | None = ()) -> PutOut:
        """The ``name=value`` lines that the command has put out so far, secrets masked.

        ``hidden`` are the run's secrets, None where not all are known: they are only needed where
        the supervisor, which knows those of its command, is gone.
        """

    def settle(self, folder: Path, hidden: Collection[str] | None = ()) -> None:
        """The end of the command is recorded: leave no secret behind in what it put out."""

    def stop(self, folder: Path, grace: float = 5.0) -> None:
        """End the whole process tree: TERM, then KILL after ``grace`` seconds. Does not wait."""

    def write(self, folder: Path, data: bytes) -> None:
        """Type into the command's terminal."""

    def write_now(self, folder: Path, data: bytes) -> bool:
        """The same without waiting, neither for a process nor for a disk; False where nothing was
        taken, and `write` has to."""

    def resize(self, folder: Path, rows: int, columns: int) -> None:
        """Tell the command's terminal its size."""

    def tail(self, folder: Path, limit: int = 16384) -> bytes:
        """The last ``limit`` bytes of its output."""
