"""Phases, changes, steps and checks, and what is required of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from runbook_tui.book.toml.schema.values import (
    Cadence,
    Duration,
    Range,
    Risk,
    Strings,
    Table,
    Title,
)


class GateTable(Table):
    """Sign-offs that are required."""

    roles: Annotated[Strings, Field(min_length=1)]
    count: Annotated[int, Field(ge=1)] = 1
    four_eyes: bool = False
    signed: bool = False
    within: Duration | None = None
    github: bool = False


class CheckTable(Table):
    """A check or criterion with more than a title."""

    id: str | None = None
    titled: str | None = None
    title: Title
    probe: str | None = None
    required: bool = True


Checks = list[str | CheckTable]


class ExpectTable(Table):
    """When a command counts as done."""

    exit: int | list[int] | None = None
    output: str | None = None


class StepTable(Table):
    """A step.

    What is empty is made by factories: pydantic would copy it deeply for each of thousands.
    """

    id: str | None = None
    titled: str | None = None
    title: Title
    text: str = ""
    estimate: Range | None = None
    timeout: Duration | None = None
    needs: Strings | None = None
    before: str | None = None
    outputs: Strings = Field(default_factory=list)
    run: str | None = None
    action: str | None = None
    with_: dict[str, str] = Field(alias="with", default_factory=dict)
    undo: str | None = None
    verify_undo: str | None = None
    undo_ready: str | None = None
    undo_timeout: Cadence | None = None
    checks: Checks = Field(default_factory=list)
    signoff: GateTable | None = None
    gate: GateTable | None = None
    step: list[StepTable] = Field(default_factory=list)
    changes: bool = True
    irreversible: str | None = None
    required: bool = False
    rehearse: bool | str | None = None
    on_failure: Literal["ask", "continue", "stop"] | None = None
    when: str | None = None
    host: str | None = None
    hosts: Strings = Field(default_factory=list)
    batch: Annotated[int, Field(ge=1, le=100_000)] | None = None
    max_failures: Annotated[int, Field(ge=0, le=100_000)] = 0
    effort: str | None = None
    evidence: Strings = Field(default_factory=list)
    parts: Strings = Field(default_factory=list)
    cwd: str | None = None
    env: dict[str, str] = Field(default_factory=dict)
    shell: str | None = None
    expect: ExpectTable | None = None
    retries: Annotated[int, Field(ge=0, le=100)] = 0
    interactive: bool = False
    background: bool = False
    ready: str | None = None
    confirm: str | None = None
    role: str | None = None
    optional: bool = False


class ChangeTable(Table):
    """One thing being shipped."""

    id: str | None = None
    titled: str | None = None
    title: Title
    text: str = ""
    pull_request: int | None = None
    risk: Risk | None = None
    status: str | None = None
    priority: str | int | None = None
    estimate: Range | None = None
    days: str | int | None = None
    criteria: Checks = []
    signoff: GateTable | None = None
    gate: GateTable | None = None
    step: list[StepTable] = []


class PhaseTable(Table):
    """A phase."""

    id: str | None = None
    titled: str | None = None
    include: str | None = None
    title: Title
    text: str = ""
    risk: Risk | None = None
    gate: GateTable | None = None
    signoff: GateTable | None = None
    criteria: Checks = []
    needs: Strings | None = None
    starts: str | None = None
    ends: str | None = None
    effort: str | None = None
    rollback_within: Duration | None = None
    cadence: Cadence | None = None
    when: str | None = None
    change: list[ChangeTable] = []
    step: list[StepTable] = []
