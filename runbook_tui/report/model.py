"""What a report says, as immutable values. Times are epoch seconds, lengths are seconds.

Texts stand in them as they were recorded: whoever writes them down makes them safe to show.
"""

from __future__ import annotations

from collections.abc import Mapping

from runbook_tui.frozen import frozen
from runbook_tui.report.attempts import Attempt, Box, Evidence, Ran
from runbook_tui.report.incidents import (
    Alarm,
    Override,
    Plotted,
    Remark,
    Rollback,
    Telling,
)
from runbook_tui.run.events import Actor


@frozen
class Check:
    """What was computed anew when the report was written: does the record hold?

    ``problems`` is empty where it does; ``remarks`` name what could not be compared.
    """

    events: int = 0
    logs: int = 0
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@frozen
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


@frozen
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


@frozen
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


@frozen
class Seal:
    """The lead's signature over the first ``events`` of the run; ``proof`` as in `Decision`."""

    at: float
    by: Actor
    events: int
    head: str
    proof: str = ""


@frozen
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


@frozen
class Person:
    """Somebody who took part: what they did, and seconds of hands-on work."""

    who: Actor
    did: tuple[str, ...]
    seconds: float
    team: str = ""


@frozen
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


@frozen
class Value:
    """A parameter or output: a secret has its source in place of its value."""

    name: str
    value: str
    source: str


@frozen
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


@frozen
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


@frozen
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
