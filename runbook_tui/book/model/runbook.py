"""The whole of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from runbook_tui.book.findings import Finding
from runbook_tui.book.model.given import Environment, Parameter
from runbook_tui.book.model.measured import Alert, Threshold, Watch
from runbook_tui.book.model.nodes import Check, Estimate, Phase, Step
from runbook_tui.book.model.people import (
    Announcement,
    Contact,
    Escalation,
    GateStatement,
    Team,
    Tell,
)
from runbook_tui.book.model.procedures import Command, Procedure, Section
from runbook_tui.frozen import frozen


@frozen
class Forge:
    """Where the plan's pull requests are: ``github`` is OWNER/NAME, looked at ``every`` so many
    seconds; ``logins`` says who is who, as roles list people."""

    github: str
    every: float = 30.0
    logins: Mapping[str, str] = field(default_factory=dict)


@frozen
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
    tell: Tell = field(default_factory=Tell)
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
