"""Who is planned, asked and told, and what is announced elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from runbook_tui.book.toml.schema.given import SecretTable
from runbook_tui.book.toml.schema.values import Duration, Number, Strings, Table, duration


class TeamTable(Table):
    """Who is planned."""

    people: Strings = []
    effort: str | None = None
    rate: Number | None = None


class ApprovalTable(Table):
    """A sentence of the plan that asks for an approval."""

    approver: str
    before: str | None = None


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
