"""A whole plan, and what holds for all of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from runbook_tui.book.toml.schema.given import EnvironmentTable, ParameterTable
from runbook_tui.book.toml.schema.measured import AlertTable, ThresholdTable, WatchTable
from runbook_tui.book.toml.schema.nodes import Checks, PhaseTable
from runbook_tui.book.toml.schema.people import (
    AnnounceTable,
    ApprovalTable,
    ContactTable,
    EscalationTable,
    TeamTable,
    TellTable,
)
from runbook_tui.book.toml.schema.procedures import CommandTable, ProcedureTable, SectionTable
from runbook_tui.book.toml.schema.values import Range, Strings, Table, Title, duration


class PolicyTable(Table):
    """Rules of the whole plan."""

    allowed_signers: str | None = None
    undos_at_once: Annotated[int, Field(ge=1, le=16)] | None = None


class ForgeTable(Table):
    """Where the plan's pull requests are looked at."""

    github: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
    every: Annotated[float, BeforeValidator(duration), Field(ge=1, le=86400)] = 30.0
    logins: dict[str, str] = {}


class TakesTable(Table):
    """How long something takes that is no step: the whole, a part of it."""

    text: str
    takes: Range


class PlanTable(Table):
    """A whole plan."""

    format: Literal[1]
    extends: str | None = None
    title: Title
    parameters: dict[str, ParameterTable] = {}
    roles: dict[str, Strings] = {}
    team: dict[str, TeamTable] = {}
    environments: dict[str, EnvironmentTable] = {}
    policy: PolicyTable = PolicyTable()
    forge: ForgeTable | None = None
    order: Literal["required", "advised"] | None = None
    criteria: Checks = []
    phase: list[PhaseTable] = []
    watch: list[WatchTable] = []
    procedure: list[ProcedureTable] = []
    threshold: list[ThresholdTable] = []
    alert: list[AlertTable] = []
    section: list[SectionTable] = []
    contact: list[ContactTable] = []
    escalation: list[EscalationTable] = []
    tell: TellTable = TellTable()
    announce: list[AnnounceTable] = []
    command: list[CommandTable] = []
    approval: list[ApprovalTable] = []
    takes: list[TakesTable] = []
