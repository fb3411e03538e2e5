"""Phases, changes, steps and checks: what is carried out, and what must hold for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import StrEnum

from runbook_tui.frozen import frozen


@frozen
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


@frozen
class Estimate(Placed):
    """How long something is expected to take; ``minimum <= maximum``, in seconds."""

    minimum: float
    maximum: float
    text: str = ""


@frozen
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


@frozen
class Check(Placed):
    """A box to tick: a check inside a step, or a criterion of a change, phase or runbook."""

    id: str
    title: str
    probe: str | None = None
    required: bool = True


@frozen
class Expect:
    """When a command counts as done: its exit statuses, and a pattern its output must hold."""

    exits: tuple[int, ...] = (0,)
    output: str | None = None


@frozen
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


@frozen
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


@frozen
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

    def parts(self) -> Iterator[Change | Step]:
        """Its changes and its own steps, in the order in which they are carried out.

        That of the file they stand in; what stands in different files comes behind the changes.
        """
        steps = list(self.steps)
        for change in self.changes:
            while steps and steps[0].source == change.source and steps[0].line < change.line:
                yield steps.pop(0)
            yield change
        yield from steps

    def walk(self) -> Iterator[Step]:
        """Every step of the phase, nested ones too, in document order."""
        for part in self.parts():
            for step in part.steps if isinstance(part, Change) else (part,):
                yield from step.walk()
