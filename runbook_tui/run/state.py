"""What a run looks like now: immutable values, made by folding its events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum

from runbook_tui.book.model import Runbook
from runbook_tui.frozen import frozen
from runbook_tui.run.announced import AnnouncementState
from runbook_tui.run.events import Actor, EvidenceKept, PlanCopy, PullSeen, RunStarted, UndoArmed
from runbook_tui.run.frame import Frame
from runbook_tui.run.outline import Outline
from runbook_tui.run.rollback_state import RollbackState, Severity
from runbook_tui.run.sharing_events import RunShared, VoteRefused
from runbook_tui.run.verdicts import Signoff
from runbook_tui.run.watched import Probed, Watched


class Status(StrEnum):
    """The states of a step, as DESIGN names them; the value is the word on the screen."""

    PENDING = "pending"
    READY = "ready"
    RUNNING = "running"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"
    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "not applicable"
    UNDOING = "undoing"
    UNDO_FAILED = "undo failed"
    REHEARSED = "rehearsed"


OVER = frozenset({Status.DONE, Status.SKIPPED, Status.NOT_APPLICABLE, Status.REHEARSED})
BROKEN = frozenset({Status.FAILED, Status.STOPPED, Status.LOST, Status.UNDO_FAILED})


@frozen
class CommandRecord:
    """One command as recorded; running while ``finished`` is None. Times: epoch seconds.

    ``seq`` is the event that started it. ``interactive``: its standard input is its terminal.
    ``expected`` are the exit statuses with which it ends well.
    """

    attempt: int
    kind: str
    text: str
    folder: str
    started: float
    seq: int = 0
    finished: float | None = None
    exit: int | None = None
    signal: int | None = None
    lost: bool = False
    stopped: bool = False
    timed_out: bool = False
    seconds: float = 0.0
    background: bool = False
    interactive: bool = False
    expected: tuple[int, ...] = (0,)
    node: str = ""
    reason: str = ""
    host: str = ""
    digest: str = ""
    """The sha256 of its output as it was kept; empty until it has ended."""
    not_run: bool = False
    first: bool = False
    """Whether nothing of its step had acted before it."""

    @property
    def running(self) -> bool:
        """Whether no end was recorded yet."""
        return self.finished is None

    @property
    def ok(self) -> bool:
        """Whether it ended by itself with an exit status that is expected of it."""
        return self.exit in self.expected and not self.lost


@frozen
class Amendment:
    """What a person has put in place of an undo that failed; fields as in `UndoAmended`."""

    text: str
    was: str
    reason: str
    from_line: int
    by: Actor
    seq: int


@frozen
class StepState:
    """One step now. ``started_seq`` is the event that started its last attempt; 0 = never."""

    status: Status = Status.PENDING
    attempt: int = 0
    started_seq: int = 0
    started: float | None = None
    finished: float | None = None
    ran_by: Actor | None = None
    hands: tuple[Actor, ...] = ()
    """Everybody who has started it, in whatever attempt, done it by hand or left it out."""
    reason: str = ""
    commands: tuple[CommandRecord, ...] = ()
    undo: UndoArmed | None = None
    before_undo: Status = Status.DONE
    undo_result: str = ""
    undo_reason: str = ""
    undo_seq: int = 0
    """The event that began the last attempt to take it back; 0 = never."""
    amended: tuple[Amendment, ...] = ()
    """How its undo was changed since the step was started last, in order."""
    out_of_order: bool = False
    overridden: bool = False
    earlier: tuple[UndoArmed, ...] = ()
    """Undos of attempts before the last that were begun and not taken back, the newest first."""
    prepared: Mapping[str, str] = field(default_factory=dict)
    """What was put out before the first such attempt changed anything: the true old state."""
    acted: bool = False
    """Whether anything with an effect was started and not taken back: a command, or a hand."""
    rehearsed: bool = False
    """Whether a rehearsal has gone through it without any effect."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """What its last attempt put out."""
    evidence: tuple[EvidenceKept, ...] = ()
    """What was kept of the files that it names as evidence, of all its attempts."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """What it put out and cannot be used, with the reason."""
    settled: float | None = None
    """When it was recorded that its own work is over, which may be after it was."""
    by: str = ""
    """Who carries it out, as was said when it was started; empty where the plan does not ask."""

    @property
    def touched(self) -> bool:
        """Whether it was started and not undone since."""
        return self.started_seq > 0

    def running_command(self) -> CommandRecord | None:
        """The newest command without a recorded end."""
        return next((c for c in reversed(self.commands) if c.running), None)


FRESH = StepState()


@frozen
class Tick:
    """Who ticked a box, and when (epoch seconds); `CheckTicked` has the rest."""

    by: Actor
    at: float
    probe: bool = False
    override: str = ""


@frozen
class Note:
    """A remark on a node (or the run: ``""``)."""

    node: str
    text: str
    by: Actor
    at: float


@frozen
class Hand:
    """A hand that is up, by the event that raised it."""

    by: Actor
    at: float
    seq: int
    text: str = ""
    node: str = ""


GONE = "no longer in the plan"
"""The reason of a step that was open when the plan lost it."""
Reads = Callable[[PlanCopy], Runbook]
"""What the copy of a plan in an event says, as it is carried out."""


def unreadable(plan: PlanCopy) -> Runbook:
    """Where nobody has said how plans are read, none may be taken over. Raises LookupError."""
    raise LookupError(f"nothing reads the plan “{plan.title}” here")


@frozen
class RunState:
    """One run now. Times are epoch seconds; ``values`` are usable in commands."""

    run: str
    runbook: Runbook
    outline: Outline = field(compare=False)
    begun: RunStarted | None = None
    plan: PlanCopy | None = None
    """The plan that counts now: that of the start, or the last one that was taken over."""
    gone: frozenset[str] = frozenset()
    """Ids of steps that ran and that the plan has no more; they stand in ``runbook`` all the
    same, since they are to be taken back."""
    first: Runbook | None = field(default=None, compare=False, repr=False)
    """The runbook before any other was taken over."""
    reads: Reads = field(default=unreadable, compare=False, repr=False)
    seq: int = 0
    head: str = ""
    lead: Actor | None = None
    leads: tuple[Actor, ...] = ()
    """Everybody who has led the run, in order, each once."""
    led_since: int = 0
    """The event by which whoever leads began to; a session that began by another leads no more."""
    handed: str = ""
    """With which words the lead came to them, and whether they have taken it."""
    lead_taken: bool = False
    hands_up: tuple[Hand, ...] = ()
    """Who wants to be heard, in the order in which they raised a hand."""
    workers: tuple[Actor, ...] = ()
    """Everybody who has started, done or left out any step, each once."""
    started: float = 0.0
    finished: float | None = None
    result: str = ""
    stopped: tuple[str, ...] = ()
    """Titles of the steps whose commands the end of the run has ended."""
    paused: bool = False
    sealed: int = 0
    """The event in which the lead has signed what the run came to; 0 = none."""
    last_at: float = 0.0
    frame: Frame | None = None
    """The clock that its times are told by."""
    active: float = 0.0
    """Seconds in which it was worked on, until its last event; `run.active` says more."""
    busy: frozenset[str] = frozenset()
    """Ids of the steps that are under way."""
    values: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each of the values comes from, as in `run.sources`; one of an old run is not there."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, StepState] = field(default_factory=dict)
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    signoffs: tuple[Signoff, ...] = ()
    opened_gates: Mapping[str, int] = field(default_factory=dict)
    overridden_gates: Mapping[str, str] = field(default_factory=dict)
    gates_at: Mapping[str, float] = field(default_factory=dict)
    """When gates were opened or overridden."""
    asked: Mapping[str, float] = field(default_factory=dict)
    """When somebody was asked anew for a decision, by `deadlines.key`."""
    notes: tuple[Note, ...] = ()
    shared: RunShared | None = None
    """Where the run is mirrored to, since the last time that this was begun."""
    refused_votes: tuple[VoteRefused, ...] = ()
    pulls: Mapping[int, PullSeen] = field(default_factory=dict)
    """What was seen last of pull requests, by their numbers."""
    told: frozenset[tuple[str, int, str]] = frozenset()
    """Who was told of which alarms: alarm, rung, channel."""
    acknowledged: frozenset[str] = frozenset()
    """The alarms to which somebody sees."""
    announced: Mapping[str, AnnouncementState] = field(default_factory=dict)
    """What was opened elsewhere for the run, and how that stands, by its id in the plan."""
    rollback: RollbackState | None = None
    ended: RollbackState | None = None
    """The last rollback that came to its end, whatever was looked at since."""
    severity: Severity | None = None
    breached: frozenset[str] = frozenset()
    alarm: float | None = None
    """When the first of the watches was breached that are so now; None where none is."""
    watches: Mapping[str, Watched] = field(default_factory=dict)
    """What is recorded of the plan's watches, by id."""
    probed: Mapping[str, Probed] = field(default_factory=dict)
    """What the probes of boxes said last that are asked again and again."""
    known: dict[str, bool] = field(default_factory=dict, init=False, compare=False, repr=False)
    """Which phases and changes are closed, as far as anybody has asked this state; a new state
    knows nothing yet."""

    def step(self, id_: str) -> StepState:
        """The state of a step; fresh if nothing happened to it."""
        return self.steps.get(id_, FRESH)

    @property
    def rehearsal(self) -> bool:
        """Whether the plan is only gone through."""
        return self.begun is not None and self.begun.rehearse

    @property
    def rolling_back(self) -> bool:
        """Whether a rollback runs now."""
        return self.rollback is not None and self.rollback.active


def goes_on_since(ended: RollbackState | None, steps: Mapping[str, StepState]) -> float | None:
    """When that began with which another rollback would go on: the last one ended incomplete, and
    nothing was started since. None where it would be about something else."""
    if ended is None or ended.result == "complete":
        return None
    begun = any(step.started_seq > ended.seq and step.acted for step in steps.values())
    return None if begun else ended.since


def overtaken(state: RunState, id_: str) -> bool:
    """Whether a rollback around a step was started after the step's last attempt was."""
    rollback = state.rollback
    if rollback is None or rollback.started is None or rollback.seq < state.step(id_).started_seq:
        return False
    return any(node.id == id_ for node in state.outline.steps_inside(rollback.node))


def undoing(state: RunState, id_: str, now: float) -> float | None:
    """Seconds for which a command has been taking a step back; None where none does now."""
    command = state.step(id_).running_command()
    if state.step(id_).status is not Status.UNDOING or command is None:
        return None
    return max(0.0, now - command.started)


def elapsed(state: RunState, id_: str, now: float) -> float | None:
    """Seconds a step has taken so far or took; None if it never started."""
    step = state.step(id_)
    if step.started is None:
        return None
    return max(0.0, (step.finished if step.finished is not None else now) - step.started)
