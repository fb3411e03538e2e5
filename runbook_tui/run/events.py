"""The events of a run: what is recorded, under names and fields that never change meaning.

An `Event` is one line of the journal. `Payload` classes are its ``data``; their ``WIRE`` name is
what stands in the journal, never the class name. Unknown types survive as `Unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, ClassVar

from runbook_tui.frozen import frozen
from runbook_tui.run.announce_events import Announced
from runbook_tui.run.command_events import (
    CommandFinished,
    CommandStarted,
    EvidenceKept,
    OutputPruned,
    ParameterCaptured,
)
from runbook_tui.run.payload import Actor, Payload
from runbook_tui.run.people_events import (
    AlarmAcknowledged,
    ApprovalAsked,
    HandLowered,
    HandRaised,
    Told,
)
from runbook_tui.run.pull_events import PullMoved, PullSeen
from runbook_tui.run.rollback_events import (
    RollbackClosed,
    RollbackFinished,
    RollbackOpened,
    RollbackStarted,
    SeveritySet,
    UndoAmended,
    UndoArmed,
    UndoFinished,
    UndoStarted,
)
from runbook_tui.run.sharing_events import RunShared, VoteRefused
from runbook_tui.run.watch_events import (
    CheckProbed,
    WatchBreached,
    WatchCleared,
    WatchOverridden,
    WatchSampled,
    WatchUnknown,
)

__all__ = [
    "Actor",
    "AlarmAcknowledged",
    "Announced",
    "ApprovalAsked",
    "CheckProbed",
    "CommandFinished",
    "CommandStarted",
    "EvidenceKept",
    "HandLowered",
    "HandRaised",
    "OutputPruned",
    "ParameterCaptured",
    "Payload",
    "PullMoved",
    "PullSeen",
    "RollbackClosed",
    "RollbackFinished",
    "RollbackOpened",
    "RollbackStarted",
    "RunShared",
    "SeveritySet",
    "Told",
    "UndoAmended",
    "UndoArmed",
    "UndoFinished",
    "UndoStarted",
    "VoteRefused",
    "WatchBreached",
    "WatchCleared",
    "WatchOverridden",
    "WatchSampled",
    "WatchUnknown",
]
"""What is told from here and stands beside, for whoever needs more than one kind of event."""


@frozen
class RunStarted(Payload):
    """The run exists. ``plan`` holds the whole text; ``parameters`` never a secret's value.

    ``sources``: where each parameter's value comes from, as in `run.sources`. ``rehearse``: it only
    goes through the plan. ``allowed_signers`` is the text of the file that the plan names: whose
    keys count. ``commit`` is the git commit that the plan's repository stood at, ``uncommitted``
    whether the plan was not, or not so, in it.
    """

    WIRE: ClassVar[str] = "run.started"
    title: str
    source: str
    format: str
    plan: str
    digest: str
    folder: str
    includes: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    role: str = "lead"
    rehearse: bool = False
    allowed_signers: str | None = None
    commit: str | None = None
    uncommitted: bool | None = None
    environment: str | None = None
    """The environment of the plan that was chosen."""
    automatic_rollback: bool | None = None
    """Whether a breach may start a rollback by itself, where the plan says so of its watch."""


@frozen
class RunPaused(Payload):
    """The lead left; commands go on."""

    WIRE: ClassVar[str] = "run.paused"


@frozen
class RunResumed(Payload):
    """A lead goes on with the run."""

    WIRE: ClassVar[str] = "run.resumed"


@frozen
class RunFinished(Payload):
    """Everything is done (``done``) or the run was given up (``abandoned``)."""

    WIRE: ClassVar[str] = "run.finished"
    result: str = "done"
    stopped: tuple[str, ...] = ()


@frozen
class RunSealed(Payload):
    """The lead has signed what the run came to: ``head`` is the hash of the event before this one.

    ``events`` counts those that are sealed. ``signature`` is over `statement`'s text.
    """

    WIRE: ClassVar[str] = "run.sealed"
    head: str
    events: int
    signature: str


@frozen
class PlanChanged(Payload):
    """The lead has taken another plan over; from here on it is what runs. Fields as in
    `RunStarted`; ``parameters``, ``sources`` and ``secrets`` hold only what is new or another.

    ``loosens`` names what the run still waited for and need not any more, ``reason`` says why.
    """

    WIRE: ClassVar[str] = "plan.changed"
    title: str
    source: str
    format: str
    plan: str
    digest: str
    includes: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    commit: str | None = None
    uncommitted: bool | None = None
    loosens: tuple[str, ...] | None = None
    reason: str | None = None


PlanCopy = RunStarted | PlanChanged
"""What holds a plan's whole text."""


@frozen
class LeadHandedOver(Payload):
    """Another person leads from here on; whoever led until now starts no step any more.

    ``reason`` is the note with which it was given on, or why it was ``taken``.
    """

    WIRE: ClassVar[str] = "lead.handed_over"
    name: str
    email: str = ""
    reason: str = ""
    taken: bool | None = None


@frozen
class StepStarted(Payload):
    """A person started the step; for a manual one its timer runs from here.

    ``by``: who carries it out, where the plan asks for somebody in a role.
    """

    WIRE: ClassVar[str] = "step.started"
    attempt: int = 1
    out_of_order: bool = False
    by: str | None = None


@frozen
class StepFinished(Payload):
    """The step is over: ``done`` or ``failed``; ``reason`` says why it failed.

    ``ended``: when its last command did, in UTC; it may be recorded much later.
    """

    WIRE: ClassVar[str] = "step.finished"
    result: str
    reason: str = ""
    ended: str | None = None


@frozen
class StepWaiting(Payload):
    """What the step does is done, since ``ended``; checks or a sign-off are still to be given."""

    WIRE: ClassVar[str] = "step.waiting"
    ended: str | None = None


@frozen
class StepSkipped(Payload):
    """The step is left out, with a reason; ``override`` where the plan required it.

    ``not_applicable``: its condition left it out, nobody did.
    """

    WIRE: ClassVar[str] = "step.skipped"
    reason: str
    override: bool = False
    not_applicable: bool = False


@frozen
class StepRehearsed(Payload):
    """In a rehearsal: the step was gone through, and nothing of it has happened.

    ``text`` is what would have run, ``waits`` what it would have waited for. ``ran`` is the
    command that ran in its place, where the plan gives one for rehearsals; ``reason`` why one that
    the plan marks did not run.
    """

    WIRE: ClassVar[str] = "step.rehearsed"
    text: str = ""
    waits: tuple[str, ...] = ()
    ran: str = ""
    reason: str = ""


@frozen
class CheckTicked(Payload):
    """A box is ticked; ``node`` is the check's or criterion's id.

    ``probe``: its probe holds, and nobody ticked it. ``override``: a person did though its probe,
    or a watch, says otherwise, for this reason.
    """

    WIRE: ClassVar[str] = "check.ticked"
    node: str
    probe: bool | None = None
    override: str | None = None


@frozen
class CheckUnticked(Payload):
    """A tick is taken back; ``probe``: nobody did, its probe does not hold any more.

    ``reopens``: the step was over with it, and waits for it again, as it does where a person took
    back what is required.
    """

    WIRE: ClassVar[str] = "check.unticked"
    node: str
    probe: bool | None = None
    reopens: bool | None = None


@frozen
class NoteAdded(Payload):
    """A remark on a node, or on the run where ``node`` is empty."""

    WIRE: ClassVar[str] = "note.added"
    text: str
    node: str = ""


@frozen
class SignoffGiven(Payload):
    """A named person's decision in a role on a node.

    ``kind`` says what was decided on: its ``gate``, or the ``sign-off`` that closes it.
    ``signature`` is ssh's, over the text that `statement` makes of this event and its place.
    ``instead`` is the event of the same person's decision in whose place this one stands.
    """

    WIRE: ClassVar[str] = "signoff.given"
    node: str
    role: str
    decision: str
    comment: str = ""
    signed_digest: str = ""
    kind: str = ""
    signature: str | None = None
    instead: int | None = None
    heads: Mapping[str, str] | None = None
    """The heads of the pull requests that it is about, by their numbers, as far as known."""
    shown: str | None = None
    """The digest of the words that were read out to whoever signed it, as `reading_out` has it."""


@frozen
class GateOpened(Payload):
    """The last sign-off a gate asked for was given."""

    WIRE: ClassVar[str] = "gate.opened"
    node: str


@frozen
class GateOverridden(Payload):
    """A gate was passed without its sign-offs, with a reason; shown red in the report."""

    WIRE: ClassVar[str] = "gate.overridden"
    node: str
    reason: str


@frozen
class Unknown(Payload):
    """An event of a newer program: kept, exported, not understood."""

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)


@frozen
class Draft:
    """An event before the journal gives it a place: what, on which node, by whom."""

    payload: Payload
    step: str | None = None
    actor: Actor | None = None
    id: str = ""


@frozen
class Event:
    """One recorded event. ``at`` is UTC, ISO 8601; ``mono`` seconds of the monotonic clock,
    comparable only where ``boot`` is equal; ``hash`` is hex."""

    seq: int
    id: str
    run: str
    type: str
    at: str
    actor: Actor
    step: str | None
    payload: Payload
    mono: float = 0.0
    boot: str = ""
    hash: str = ""
