"""The runbook: what was read from a plan, as immutable values.

Lines and columns count from 1; durations are seconds; ids are unique over all nodes of a
runbook and match ``[a-z0-9][a-z0-9._-]*``. Collections are tuples so that a runbook can be
shared between threads and compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from runbook_tui.book.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What stands somewhere in a plan: at a line of ``source``, a file that the plan takes in.

    ``source`` is empty for what stands in the plan's own text.
    """

    line: int = 0
    source: str = ""


class Risk(StrEnum):
    """How bad it is when it goes wrong."""

    MINIMAL = "minimal"
    LOW = "low"
    LOW_MEDIUM = "low-medium"
    MEDIUM = "medium"
    MEDIUM_HIGH = "medium-high"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate(Placed):
    """How long something is expected to take; ``minimum <= maximum``, in seconds."""

    minimum: float
    maximum: float
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Placed):
    """Sign-offs required before a phase, change or step may start.

    ``count`` is how many sign-offs each role must give; ``within`` is the time after which a
    pending approval is denied, in seconds.
    """

    roles: tuple[str, ...]
    count: int = 1
    four_eyes: bool = False
    signed: bool = False
    within: float | None = None
    github: bool = False
    """Whether an approval of the pull request at GitHub counts, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Placed):
    """A box to tick: a check inside a step, or a criterion of a change, phase or runbook."""

    id: str
    title: str
    probe: str | None = None
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """When a command counts as done: its exit statuses, and a pattern its output must hold."""

    exits: tuple[int, ...] = (0,)
    output: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Placed):
    """What one person does next.

    ``needs`` is None where the plan is silent: then the step before it in its change or phase.
    ``run`` and ``action`` exclude each other; with neither the step is done by hand.
    ``effect`` is False where the plan says ``changes = false``: the step only looks.
    """

    id: str
    title: str
    text: str = ""
    estimate: Estimate | None = None
    timeout: float | None = None
    needs: tuple[str, ...] | None = None
    before: str | None = None
    run: str | None = None
    action: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    undo: str | None = None
    verify_undo: str | None = None
    undo_ready: str | None = None
    undo_timeout: float | None = None
    outputs: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    signoff: Gate | None = None
    gate: Gate | None = None
    steps: tuple[Step, ...] = ()
    effect: bool = True
    irreversible: str | None = None
    required: bool = False
    optional: bool = False
    role: str | None = None
    cwd: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    shell: str | None = None
    expect: Expect = Expect()
    retries: int = 0
    interactive: bool = False
    background: bool = False
    ready: str | None = None
    confirm: str | None = None
    rehearse: bool | str | None = None
    """Whether it really runs in a rehearsal; a text is the command that runs in its place."""
    on_failure: str | None = None
    when: str | None = None
    hosts: tuple[str, ...] = ()
    batch: int | None = None
    """On how many of several machines it runs at once; None is all of them."""
    max_failures: int = 0
    """On how many of them it may fail before it is begun on no further one."""
    effort: str | None = None
    evidence: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    """Ids of Markdown command blocks that make up ``run``; empty in TOML."""

    @property
    def manual(self) -> bool:
        """Whether a person does it, without a command."""
        return self.run is None and self.action is None

    @property
    def rehearsal_text(self) -> str | None:
        """The command that runs in its place in a rehearsal; None where the plan gives none."""
        return self.rehearse if isinstance(self.rehearse, str) else None

    def walk(self) -> Iterator[Step]:
        """This step and every step inside it, in document order."""
        yield self
        for step in self.steps:
            yield from step.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Placed):
    """One thing being shipped: a pull request, a service."""

    id: str
    title: str
    text: str = ""
    pull_request: int | None = None
    risk: Risk | None = None
    status: str | None = None
    priority: str | None = None
    estimate: Estimate | None = None
    days: str | None = None
    criteria: tuple[Check, ...] = ()
    signoff: Gate | None = None
    gate: Gate | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase(Placed):
    """A part of the plan that is opened, carried out and closed as one."""

    id: str
    title: str
    text: str = ""
    risk: Risk | None = None
    gate: Gate | None = None
    signoff: Gate | None = None
    criteria: tuple[Check, ...] = ()
    changes: tuple[Change, ...] = ()
    steps: tuple[Step, ...] = ()
    needs: tuple[str, ...] | None = None
    starts: str | None = None
    ends: str | None = None
    effort: str | None = None
    rollback_within: float | None = None
    cadence: float | None = None
    when: str | None = None

    def walk(self) -> Iterator[Step]:
        """Every step of the phase, nested ones too, in document order."""
        for change in self.changes:
            for step in change.steps:
                yield from step.walk()
        for step in self.steps:
            yield from step.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Where a secret value comes from; exactly one field is set, or ``ask``."""

    env: str | None = None
    file: str | None = None
    command: str | None = None
    ask: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Placed):
    """A named value that a command needs, given or asked.

    ``lines`` are where it is used. ``placeholder`` is the text in the plan that stands for it in
    a command (``<PR_NUMBER>``); TOML commands use ``${{ name }}``.
    """

    name: str
    description: str = ""
    default: str | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    secret: Secret | None = None
    required: bool = True
    lines: tuple[int, ...] = ()
    placeholder: str | None = None
    declared: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment(Placed):
    """Where a plan is carried out: its values of parameters, and how it is shown.

    ``colour`` is one of red, yellow, green, blue, or empty; ``production``: its name has to be
    typed before a run there begins.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    colour: str = ""
    production: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Placed):
    """One block of command text as it stands in the plan (a fence, or a TOML key).

    ``by_hand``: no shell runs it, a person does, in a tool of its own (SQL, PowerShell).
    ``for_failure``: it is for when something went wrong, and no way back by itself.
    """

    id: str
    language: str
    text: str
    runnable: bool = True
    rollback: bool = False
    step: str | None = None
    label: str = ""
    section: str = ""
    by_hand: bool = False
    for_failure: bool = False

    @property
    def kept_for_rollback(self) -> bool:
        """Whether a rollback offers it: it stands outside the steps, and a shell runs it."""
        return self.rollback and self._stands_alone

    @property
    def kept_for_failure(self) -> bool:
        """Whether it is offered beside the rollback, for when something went wrong."""
        return self.for_failure and not self.rollback and self._stands_alone

    @property
    def _stands_alone(self) -> bool:
        return self.runnable and self.step is None and not self.by_hand


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStep(Placed):
    """One action inside a stage of a procedure; ``run`` is None where it is done by hand."""

    id: str
    title: str
    run: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Placed):
    """A part of a procedure with its time window, in minutes from the procedure's start."""

    id: str
    title: str
    from_minute: float | None = None
    to_minute: float | None = None
    steps: tuple[StageStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Placed):
    """A staged list of actions. ``kind`` is ``rollback`` or ``recovery``."""

    id: str
    title: str
    kind: str = "rollback"
    applies_to: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How a watch measures: exactly one of the three. ``headers`` go with what it asks a server."""

    run: str | None = None
    http: Mapping[str, str] | None = None
    prometheus: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(Placed):
    """A probe sampled every ``every`` seconds and held against a threshold.

    ``every`` is None where the cadence of its phase counts. It is breached by ``samples`` in a row
    below, above or equal to a number, or by more than ``failure_limit`` that were not in a row;
    clear again by ``clears_for`` in a row, beyond ``clears_above`` or ``clears_below`` where these
    are given. So many as ``error_limit`` that cannot be read in a row are told as an event.
    ``applies_to`` are the phases, changes and steps during which it matters; none: the whole run.
    """

    id: str
    title: str
    probe: Probe
    every: float | None = None
    timeout: float | None = None
    below: float | None = None
    above: float | None = None
    equal: float | None = None
    samples: int = 1
    clears_above: float | None = None
    clears_below: float | None = None
    clears_for: int | None = None
    failure_limit: int | None = None
    error_limit: int = 3
    unreadable: str = "unknown"
    severity: str = "high"
    respond_within: float | None = None
    on_breach: str = "alert"
    notify: bool = True
    """Whether people are told of a breach as of any alarm: the ladders, `Tell`."""
    applies_to: tuple[str, ...] = ()
    dashboard: str = ""
    unit: str = ""
    target: str = ""
    """The name of the `Threshold` that it measures, which gives its limits and unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(Placed):
    """A target without a probe. ``group`` is the title that it stands below, if any."""

    name: str
    op: str = ">"
    value: float | None = None
    unit: str = ""
    current: float | None = None
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Placed):
    """A condition to react to, and how fast."""

    severity: str
    condition: str
    respond_within: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Placed):
    """Who answers for a role."""

    role: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation(Placed):
    """Who is told next about a topic, and within how many seconds.

    ``on``: what lets it start by itself: ``overrun``, ``gate``, ``stage``, ``breach``.
    """

    topic: str
    ladder: tuple[str, ...]
    within: float | None = None
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that is told of alarms; ``form`` is ``generic`` or ``pagerduty``, ``key`` where
    the latter's routing key comes from."""

    url: str = ""
    form: str = "generic"
    key: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseAddress:
    """An address of Apprise: what it is called in the record, and where it comes from."""

    name: str
    url: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """How people are told of alarms: by a ``command``, by webhooks, by Apprise; nothing of it:
    nobody is."""

    command: str | None = None
    webhooks: tuple[Webhook, ...] = ()
    apprise: tuple[AppriseAddress, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement(Placed):
    """Something elsewhere that says that the run is under way: opened and closed with it.

    ``form``: ``alertmanager`` (a silence for ``matchers``, which ends by itself ``expires`` seconds
    after it was prolonged last), ``grafana`` (an annotation), ``generic``, ``cloudevents`` or
    ``pagerduty`` (change events). ``token`` is where what lets us in comes from. ``applies_to`` are
    the phases, changes and steps during which it stands; none: the whole run.
    """

    id: str
    form: str
    url: str
    token: Secret | None = None
    matchers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    dashboard: str = ""
    panel: int | None = None
    text: str = ""
    expires: float = 900.0
    applies_to: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called where people read it."""
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStatement(Placed):
    """A sentence or key that requires an approval; ``before`` is the id of the gated node."""

    approver: str
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Placed):
    """Text and commands outside the steps, kept to be read and offered."""

    title: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who is planned: people, ``effort`` in their hours, ``rate`` per hour."""

    id: str
    people: tuple[str, ...] = ()
    effort: str | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forge:
    """Where the plan's pull requests are: ``github`` is OWNER/NAME, looked at ``every`` so many
    seconds; ``logins`` says who is who, as roles list people."""

    github: str
    every: float = 30.0
    logins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """One plan as read."""

    title: str
    source: str = ""
    format: str = "toml"
    order: str = ""
    """``advised`` or ``required``; where the plan is silent Markdown advises and TOML requires."""
    phases: tuple[Phase, ...] = ()
    criteria: tuple[Check, ...] = ()
    """Criteria of the whole, outside phases."""
    parameters: tuple[Parameter, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allowed_signers: str | None = None
    undos_at_once: int = 1
    """How many undos may run at once, of steps that did not wait for one another."""
    forge: Forge | None = None
    """Where its pull requests are looked at; None where nothing is asked anywhere."""
    teams: tuple[Team, ...] = ()
    environments: tuple[Environment, ...] = ()
    commands: tuple[Command, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    watches: tuple[Watch, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    alerts: tuple[Alert, ...] = ()
    contacts: tuple[Contact, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    tell: Tell = Tell()
    announcements: tuple[Announcement, ...] = ()
    gates: tuple[GateStatement, ...] = ()
    sections: tuple[Section, ...] = ()
    rollback_sections: tuple[Section, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    findings: tuple[Finding, ...] = ()

    def environment(self, name: str) -> Environment | None:
        """The environment of that name."""
        return next((e for e in self.environments if e.name == name), None)

    def walk(self) -> Iterator[Step]:
        """Every step, nested ones too, in document order."""
        for phase in self.phases:
            yield from phase.walk()

    @property
    def advised(self) -> bool:
        """Whether the order of the steps is advice; else it holds."""
        return self.order == "advised" if self.order else self.format == "markdown"
