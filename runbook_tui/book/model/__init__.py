"""The runbook: what was read from a plan, as immutable values.

Lines and columns count from 1; durations are seconds; ids are unique over all nodes of a
runbook and match ``[a-z0-9][a-z0-9._-]*``. Collections are tuples so that a runbook can be
shared between threads and compared.
"""

from runbook_tui.book.model.given import Environment, Parameter, Secret
from runbook_tui.book.model.measured import Alert, Probe, Threshold, Watch
from runbook_tui.book.model.nodes import (
    Change,
    Check,
    Estimate,
    Expect,
    Gate,
    Phase,
    Placed,
    Risk,
    Step,
)
from runbook_tui.book.model.people import (
    Announcement,
    AppriseAddress,
    Contact,
    Escalation,
    GateStatement,
    Team,
    Tell,
    Webhook,
)
from runbook_tui.book.model.procedures import Command, Procedure, Section, Stage, StageStep
from runbook_tui.book.model.runbook import Forge, Runbook

__all__ = [
    "Alert",
    "Announcement",
    "AppriseAddress",
    "Change",
    "Check",
    "Command",
    "Contact",
    "Environment",
    "Escalation",
    "Estimate",
    "Expect",
    "Forge",
    "Gate",
    "GateStatement",
    "Parameter",
    "Phase",
    "Placed",
    "Probe",
    "Procedure",
    "Risk",
    "Runbook",
    "Secret",
    "Section",
    "Stage",
    "StageStep",
    "Step",
    "Team",
    "Tell",
    "Threshold",
    "Watch",
    "Webhook",
]
