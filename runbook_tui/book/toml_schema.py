"""The shape of a TOML plan, format 1: strict, nothing unknown, every fault at once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from runbook_tui.book.toml_values import (
    Cadence,
    Duration,
    Number,
    Range,
    Risk,
    Strings,
    Title,
    Window,
    duration,
    watch_title,
)


class Table(BaseModel):
    """A table of the plan."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


SOURCES = ("env", "file", "command")


class SecretTable(Table):
    """Where a secret's value comes from."""

    env: str | None = None
    file: str | None = None
    command: str | None = None


class ParameterTable(Table):
    """A declared parameter."""

    description: str = ""
    default: str | None = None
    choices: Strings = []
    pattern: str | None = None
    secret: bool | SecretTable | None = None
    placeholder: str | None = None
    ask: Literal["first", "when-needed"] = "first"


class EnvironmentTable(Table):
    """Where the plan is carried out."""

    values: dict[str, str] = {}
    colour: Literal["red", "yellow", "green", "blue"] | None = None
    production: bool = False


class TeamTable(Table):
    """Who is planned."""

    people: Strings = []
    effort: str | None = None
    rate: Number | None = None


class PolicyTable(Table):
    """Rules of the whole plan."""

    allowed_signers: str | None = None
    undos_at_once: Annotated[int, Field(ge=1, le=16)] | None = None


class ForgeTable(Table):
    """Where the plan's pull requests are looked at."""

    github: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
    every: Annotated[float, BeforeValidator(duration), Field(ge=1, le=86400)] = 30.0
    logins: dict[str, str] = {}


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


class HttpTable(Table):
    """What a watch asks over HTTP, and the field of the answer that it looks at."""

    url: str
    json_: Annotated[str | None, Field(alias="json")] = None
    measure: Literal["status", "seconds"] | None = None
    headers: dict[str, str] = {}


class PrometheusTable(Table):
    """What a watch asks a Prometheus server."""

    url: str
    query: str
    headers: dict[str, str] = {}


class WatchTable(Table):
    """A probe and its threshold."""

    id: str | None = None
    titled: str | None = None
    target: str | None = None
    title: Annotated[str, BeforeValidator(watch_title), Field(default=None, validate_default=True)]
    run: str | None = None
    http: HttpTable | None = None
    prometheus: PrometheusTable | None = None
    every: Cadence | None = None
    timeout: Cadence | None = None
    below: Number | None = None
    above: Number | None = None
    equal: Number | None = None
    for_: Annotated[int, Field(alias="for", ge=1)] = 1
    clears_above: Number | None = None
    clears_below: Number | None = None
    clears_for: Annotated[int, Field(ge=1)] | None = None
    failure_limit: Annotated[int, Field(ge=1)] | None = None
    error_limit: Annotated[int, Field(ge=1)] = 3
    unreadable: Literal["unknown", "breach"] = "unknown"
    applies_to: Strings = []
    dashboard: str | None = None
    unit: str | None = None
    severity: str = "high"
    respond_within: Duration | None = None
    on_breach: Literal["alert", "block", "propose-rollback", "rollback"] = "alert"
    notify: bool = True


class StageStepTable(Table):
    """One action of a stage."""

    id: str | None = None
    titled: str | None = None
    title: Title
    run: str | None = None


class StageTable(Table):
    """A stage of a procedure."""

    id: str | None = None
    titled: str | None = None
    title: Title
    window: Window | None = None
    steps: list[str | StageStepTable] = []


class ProcedureTable(Table):
    """A staged list of actions."""

    id: str | None = None
    titled: str | None = None
    title: Title
    kind: Literal["rollback", "recovery"] = "rollback"
    applies_to: Strings = []
    stage: list[StageTable] = []


class ThresholdTable(Table):
    """A target without a probe."""

    name: str
    above: Number | None = None
    at_least: Number | None = None
    below: Number | None = None
    at_most: Number | None = None
    exactly: Number | None = None
    unit: str = ""
    current: Number | None = None
    group: str = ""


class AlertTable(Table):
    """A condition to react to."""

    severity: str
    condition: str
    respond_within: Duration | None = None


class SectionTable(Table):
    """Text kept to be read."""

    title: str
    text: str = ""
    rollback: bool = False


class CommandTable(Table):
    """A block of commands outside the steps' own, offered or only read."""

    id: str
    language: str = "bash"
    text: str
    runnable: bool = True
    rollback: bool = False
    step: str | None = None
    label: str = ""
    section: str = ""
    by_hand: bool = False
    for_failure: bool = False


class ApprovalTable(Table):
    """A sentence of the plan that asks for an approval."""

    approver: str
    before: str | None = None


class TakesTable(Table):
    """How long something takes that is no step: the whole, a part of it."""

    text: str
    takes: Range


class ContactTable(Table):
    """Who answers for a role."""

    role: str
    who: str


class EscalationTable(Table):
    """Who is told next."""

    topic: str
    ladder: Strings
    within: Duration | None = None
    on: list[Literal["overrun", "gate", "stage", "breach"]] = []


class WebhookTable(Table):
    """An address that is told of alarms."""

    url: str | None = None
    form: Literal["generic", "pagerduty"] = "generic"
    key: SecretTable | None = None


class AppriseTable(Table):
    """An address of Apprise that is told of alarms."""

    name: str
    url: SecretTable


class TellTable(Table):
    """How people are told of alarms."""

    command: str | None = None
    webhook: list[WebhookTable] = []
    apprise: list[AppriseTable] = []


class AnnounceTable(Table):
    """Something elsewhere that is opened and closed with the run."""

    id: Annotated[str | None, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")] = None
    form: Literal["alertmanager", "grafana", "generic", "cloudevents", "pagerduty"]
    url: str | None = None
    token: SecretTable | None = None
    key: SecretTable | None = None
    matchers: Strings = []
    tags: Strings = []
    dashboard: str | None = None
    panel: Annotated[int, Field(ge=0)] | None = None
    text: str | None = None
    expires: Annotated[float, BeforeValidator(duration), Field(ge=30, le=86400)] = 900.0
    applies_to: Strings = []


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
