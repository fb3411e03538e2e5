"""Which variables of whoever starts a rollback its undos rely on. Pure.

An undo brings the environment that was recorded for its step. What it takes from its caller is what
the record leaves out, because it smells of secrets, and what the plan's secrets name.
"""

from __future__ import annotations

from runbook_tui.run.differing import AIMING
from runbook_tui.run.remote import PROGRAM
from runbook_tui.run.state import RunState

WAYS = frozenset({
    PROGRAM, "SSH_AUTH_SOCK", "GIT_SSH", "GIT_SSH_COMMAND", "GNUPGHOME", "GPG_AGENT_INFO",
    "KRB5CCNAME", "DBUS_SESSION_BUS_ADDRESS", "PASSWORD_STORE_DIR",
    *(name for way in ("http_proxy", "https_proxy", "no_proxy", "all_proxy")
      for name in (way, way.upper())),
})  # fmt: skip
"""How other machines, agents and stores of secrets are reached."""


def wanted(state: RunState) -> frozenset[str]:
    """Their names, for all that could be taken back now."""
    sources = (p.secret for p in state.runbook.parameters if p.secret is not None)
    named = {source.env for source in sources if source.env}
    armed = (step.undo for step in state.steps.values() if step.undo is not None)
    return frozenset({*AIMING, *WAYS, *named, *(name for one in armed for name in one.withheld)})
