"""What a report says, as immutable values. Times are epoch seconds, lengths are seconds.

Texts stand in them as they were recorded: whoever writes them down makes them safe to show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runbook_tui.report.telling import Telling
from runbook_tui.run.events import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was computed anew when the report was written: does the record hold?

    ``problems`` is empty where it does; ``remarks`` name what could not be compared.
    """

    events: int = 0
    logs: int = 0
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One command: ``kind`` as in `CommandStarted`, ``outcome`` how it ended, in words.

    ``lines`` are the last of its output, None where that is not kept; ``kept`` says why not.
    """

    seq: int
    step: str
    kind: str
    attempt: int
    text: str
    started: float
    folder: str
    node: str = ""
    ended: float | None = None
    ok: bool = False
    outcome: str = "still running"
    seconds: float | None = None
    bytes: int = 0
    dropped: int = 0
    digest: str = ""
    lines: tuple[str, ...] | None = None
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One time that a step was begun. ``result``: ``done``, ``failed``, ``stopped``, ``lost``,
    ``waiting``, ``running``; ``undone`` is when it was taken back, None where it was not."""

    number: int
    seq: int
    started: float
    by: Actor
    ended: float | None = None
    result: str = "running"
    reason: str = ""
    out_of_order: bool = False
    undone: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A check or criterion: who ticked it last, and whether that still stands.

    ``probe``: nobody did, its probe held; ``by`` is who led then.
    """

    node: str
    title: str
    by: Actor | None = None
    at: float | None = None
    required: bool = True
    standing: bool = False
    probe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file that a step named as evidence; ``reason`` is why it was not kept."""

    seq: int
    name: str
    attempt: int
    bytes: int = 0
    digest: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A phase, change or step. ``status`` is a step's word now; ``planned_from`` counts from the
    start of the run, and ``planned`` is 0 where the plan says nothing."""

    id: str
    kind: str
    title: str
    depth: int
    status: str
    planned_from: float = 0.0
    planned: float = 0.0
    attempts: tuple[Attempt, ...] = ()
    commands: tuple[Ran, ...] = ()
    boxes: tuple[Box, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    span: tuple[float, float] | None = None
    """From the first beginning to the last end of what lies in it; a step has its attempts."""

    @property
    def began(self) -> float | None:
        """When it was begun first."""
        if self.span is not None:
            return self.span[0]
        return min((a.started for a in self.attempts), default=None)

    @property
    def took(self) -> float | None:
        """Seconds of its last attempt, or of all that lies in it; None where it never ended."""
        if self.span is not None:
            return self.span[1] - self.span[0]
        last = self.attempts[-1] if self.attempts else None
        return None if last is None or last.ended is None else last.ended - last.started

    @property
    def over_by(self) -> float | None:
        """Seconds that it took beyond its estimate; None where there is none, or it goes on."""
        if self.span is not None and self.status != "closed":
            return None
        return None if self.took is None or not self.planned else self.took - self.planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a phase was to begin and to be over: in the plan's words, and as moments where they
    are any. ``ended`` is None while it is not closed."""

    phase: str
    title: str
    starts: str = ""
    ends: str = ""
    begins: float | None = None
    due: float | None = None
    began: float | None = None
    ended: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A sign-off. ``proof`` says what proves who gave it; empty: the name is only claimed.

    ``lapsed`` says why it does not count any more; empty where it does.
    """

    seq: int
    at: float
    node: str
    title: str
    on: str
    role: str
    approved: bool
    comment: str
    by: Actor
    proof: str = ""
    lapsed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The lead's signature over the first ``events`` of the run; ``proof`` as in `Decision`."""

    at: float
    by: Actor
    events: int
    head: str
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTaken:
    """Another plan that the lead took over: its difference to the one before, in ``lines``.

    ``void`` are the events of the sign-offs that counted no more from then on.
    """

    seq: int
    at: float
    by: Actor
    title: str
    source: str
    digest: str
    commit: str = ""
    lines: tuple[str, ...] = ()
    void: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Something that was done against what the plan requires, and why."""

    seq: int
    at: float
    what: str
    reason: str
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A watch beyond its threshold; ``cleared`` is None where it stayed there."""

    watch: str
    title: str
    severity: str
    limit: str
    began: float
    value: float | None = None
    cleared: float | None = None
    remark: str = ""
    """What else is to be known of it: that nobody could read it, that it was so before the start,
    who went on all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plotted:
    """What a watch was in the run: ``points`` are when, what, and how it stood (`watching`'s
    words); ``bounds`` the values beyond which it is breached, ``limit`` the same in words."""

    title: str
    unit: str
    limit: str
    bounds: tuple[float, ...]
    points: tuple[tuple[float, float | None, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What a rollback was opened for. ``kind``: ``failure``, ``breach``, ``rejection``, ``probe``,
    or ``person`` where nothing that was recorded stood open."""

    kind: str
    at: float
    words: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """One undo of a rollback. ``result`` as in `UndoFinished`, or ``not begun``, ``running``."""

    step: str
    title: str
    result: str = "not begun"
    reason: str = ""
    attempts: int = 0
    started: float | None = None
    ended: float | None = None
    seconds: float | None = None
    edits: tuple[str, ...] = ()
    commands: tuple[Ran, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """One rollback. ``decision`` is from its trigger to its start, ``restored`` from its start to
    its end, ``away`` from its trigger to its end. ``result``: ``complete``, ``incomplete``,
    ``stopped`` or ``running``; ``entered_later`` counts events whose times are those of their
    entry. ``watch`` is the title of the one that started it by itself, while ``by`` led."""

    seq: int
    scope: str
    by: Actor
    trigger: Trigger
    opened: float
    started: float
    ended: float | None = None
    result: str = "running"
    seconds: float | None = None
    budget: float | None = None
    past_floor: bool = False
    watch: str = ""
    undos: tuple[Undone, ...] = ()
    remaining: tuple[str, ...] = ()
    entered_later: int = 0
    boxes: tuple[Box, ...] = ()
    """What the plan's procedures ask for beside it, and who did that."""
    offered: tuple[Ran, ...] = ()
    """Commands that the plan offers for it and that a person ran."""

    @property
    def decision(self) -> float:
        """Seconds from what it was opened for to its start."""
        return max(0.0, self.started - self.trigger.at)

    @property
    def restored(self) -> float | None:
        """Seconds from its start to its end."""
        return self.seconds if self.ended is not None else None

    @property
    def away(self) -> float | None:
        """Seconds from what it was opened for to its end."""
        return None if self.restored is None else self.decision + self.restored


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A note that somebody wrote; ``title`` is empty where it is about the run."""

    at: float
    by: Actor
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who took part: what they did, and seconds of hands-on work."""

    who: Actor
    did: tuple[str, ...]
    seconds: float
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """A team's hours and cost, planned and worked; None where the plan does not say."""

    team: str
    worked: float
    planned: float | None = None
    rate: float | None = None

    @property
    def planned_cost(self) -> float | None:
        """Planned hours at the team's rate."""
        return None if self.planned is None or self.rate is None else self.planned * self.rate

    @property
    def cost(self) -> float | None:
        """Worked hours at the team's rate."""
        return None if self.rate is None else self.worked * self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A parameter or output: a secret has its source in place of its value."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What was opened elsewhere with the run: a silence, an annotation, a change event.

    ``opened`` is None where that never worked, ``closed`` where nobody knows that it was.
    """

    id: str
    what: str
    ref: str = ""
    opened: float | None = None
    closed: float | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What a number of commands got alike: where they ran, by which shell, with what.

    ``plan`` names the variables that the plan sets for their steps, ``withheld`` those that are
    not written down; ``inherited`` counts those of the terminal, ``digest`` tells them apart.
    """

    host: str
    folder: str
    shell: str
    plan: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    inherited: int = 0
    digest: str = ""
    commands: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run, written down. ``written`` is when; ``verified`` is None where nobody looked."""

    run: str
    title: str
    source: str
    digest: str
    folder: str
    written: float
    started: float
    ended: float | None
    until: float
    result: str
    good: bool
    lead: Actor
    head: str
    events: int
    rehearsal: bool = False
    planned: float = 0.0
    active: float = 0.0
    """Seconds in which it was worked on, of all that went by since it began."""
    windows: tuple[Due, ...] = ()
    verified: Check | None = None
    parts: tuple[Part, ...] = ()
    commit: str = ""
    """The git commit of the plan, in words; empty where the run is bound to none."""
    seals: tuple[Seal, ...] = ()
    criteria: tuple[Box, ...] = ()
    rollbacks: tuple[Rollback, ...] = ()
    looked: int = 0
    decisions: tuple[Decision, ...] = ()
    overrides: tuple[Override, ...] = ()
    plans: tuple[PlanTaken, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    announced: tuple[Elsewhere, ...] = ()
    told: tuple[Telling, ...] = ()
    watched: int = 0
    plotted: tuple[Plotted, ...] = ()
    notes: tuple[Remark, ...] = ()
    people: tuple[Person, ...] = ()
    effort: tuple[Effort, ...] = ()
    effort_elsewhere: Mapping[str, float] | None = None
    """Planned hours that the plan gives for phases and steps, by what says so."""
    values: tuple[Value, ...] = ()
    environments: tuple[Environment, ...] = ()
    pauses: tuple[tuple[float, float], ...] = ()
    stopped: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Part, ...]:
        """The parts that are steps of their own, without those that only hold others."""
        return tuple(p for p in self.parts if p.kind == "step")
