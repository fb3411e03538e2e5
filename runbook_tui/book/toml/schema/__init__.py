"""The shape of a TOML plan, format 1: strict, nothing unknown, every fault at once.

Its tables stand by the same subjects as the values of `book.model` that are made of them.
"""

from runbook_tui.book.toml.schema.given import (
    SOURCES,
    EnvironmentTable,
    ParameterTable,
    SecretTable,
)
from runbook_tui.book.toml.schema.measured import (
    AlertTable,
    HttpTable,
    PrometheusTable,
    ThresholdTable,
    WatchTable,
)
from runbook_tui.book.toml.schema.nodes import (
    ChangeTable,
    Checks,
    CheckTable,
    ExpectTable,
    GateTable,
    PhaseTable,
    StepTable,
)
from runbook_tui.book.toml.schema.people import (
    AnnounceTable,
    AppriseTable,
    ApprovalTable,
    ContactTable,
    EscalationTable,
    TeamTable,
    TellTable,
    WebhookTable,
)
from runbook_tui.book.toml.schema.plan import ForgeTable, PlanTable, PolicyTable, TakesTable
from runbook_tui.book.toml.schema.procedures import (
    CommandTable,
    ProcedureTable,
    SectionTable,
    StageStepTable,
    StageTable,
)
from runbook_tui.book.toml.schema.values import Table

__all__ = [
    "SOURCES",
    "AlertTable",
    "AnnounceTable",
    "AppriseTable",
    "ApprovalTable",
    "ChangeTable",
    "CheckTable",
    "Checks",
    "CommandTable",
    "ContactTable",
    "EnvironmentTable",
    "EscalationTable",
    "ExpectTable",
    "ForgeTable",
    "GateTable",
    "HttpTable",
    "ParameterTable",
    "PhaseTable",
    "PlanTable",
    "PolicyTable",
    "ProcedureTable",
    "PrometheusTable",
    "SecretTable",
    "SectionTable",
    "StageStepTable",
    "StageTable",
    "StepTable",
    "Table",
    "TakesTable",
    "TeamTable",
    "TellTable",
    "ThresholdTable",
    "WatchTable",
    "WebhookTable",
]
