"""Steps for other machines: this version runs commands on this machine alone, and refuses them."""

from __future__ import annotations

from runbook_tui.book.model import Step
from runbook_tui.run.requests import Refusal

INSTEAD = "do it there by hand, then skip it here with a reason"


def elsewhere(step: Step) -> Refusal | None:
    """The refusal of a step that is for another machine."""
    if not step.hosts:
        return None
    return Refusal(
        reason=f"“{step.title}” runs on {', '.join(step.hosts)}, and commands of this version"
        " run on this machine alone",
        hint=INSTEAD,
    )
