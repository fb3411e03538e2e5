"""What the session needs of a journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Protocol

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor, Draft, Event, LeadHandedOver

WRITTEN = {
    "note.added": "the note", "signoff.given": "the comment", "step.skipped": "the reason",
    "gate.overridden": "the reason",
}  # fmt: skip
"""What a person calls that which is too large in an event of theirs."""
HANDED_OVER = LeadHandedOver.WIRE


class JournalError(Exception):
    """The journal cannot be used; ``hint`` says what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class TooLarge(JournalError):
    """One event is larger than an event may be: nothing is wrong with the journal."""

    def __init__(self, kind: str, size: int, most: int) -> None:
        super().__init__(
            f"{WRITTEN.get(kind, kind)} is too large to be recorded: {size} bytes, at most {most}",
            "Shorten the text; what is long belongs in a file that it can name.",
        )


class Conflict(JournalError):
    """Others appended since the state that the decision was based on; ``events`` are theirs."""

    def __init__(self, events: Sequence[Event]) -> None:
        super().__init__("the run went on in the meantime")
        self.events = tuple(events)


@frozen
class RunEntry:
    """One run as the journal lists it."""

    run: str
    title: str
    source: str
    digest: str
    opened_at: str
    events: int
    head: str


@frozen(kw_only=False)
class Brief:
    """As much of an event as tells how its run stands; texts and environments are not read.

    ``kind``, ``result``, ``folder`` and ``rehearse`` are those of its data, where it has them;
    ``name`` and ``email`` are the actor's, or those of whom the lead was handed to.
    """

    type: str
    step: str | None
    at: str
    name: str = ""
    email: str = ""
    kind: str = ""
    result: str = ""
    folder: str = ""
    rehearse: bool = False


@frozen
class Verdict:
    """What verification found; ``problems`` is empty where the journal holds.

    ``logs`` counts the commands' logs that are as they were recorded; ``proofs`` say of each run
    what proves a signed event, by its number; ``remarks`` name what could not be compared and need
    not be wrong.
    """

    events: int
    heads: dict[str, str]
    problems: tuple[str, ...] = ()
    logs: int = 0
    proofs: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


class Journal(Protocol):
    """Append-only record of runs. Thread-safe; each append is durable when it returns."""

    def append(
        self, run: str, drafts: Sequence[Draft], actor: Actor, expect: int | None = None
    ) -> list[Event]:
        """Record the drafts in one commit, after ``expect`` events; raises `Conflict`."""

    def events(self, run: str, after: int = 0, most: int = -1) -> list[Event]:
        """The run's events with a sequence number above ``after``; ``most`` of them, or all."""

    def briefs(self, run: str) -> list[Brief]:
        """As much of the run's events as tells how it stands, many times as quick."""

    def runs(self) -> list[RunEntry]:
        """All runs, newest first."""

    def wait(self, run: str, after: int, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds until the run has more than ``after`` events."""

    def verify(self, run: str | None = None, anchor: str | None = None) -> Verdict:
        """Recompute the chain."""

    def close(self) -> None:
        """Release the database."""
