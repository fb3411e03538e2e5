"""What a sign-off is about is the same text on every machine, wherever python is there."""

from __future__ import annotations

from dataclasses import replace

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.run.signing import content_digest
from runbook_tui.session.opening import expanded
from runbook_tui.wiring import LocalSurroundings
from tests.fakes.history import History


def digest(around: LocalSurroundings) -> str:
    """What somebody signs on a machine."""
    step = Step(id="m", title="Merge", action="git.merge", arguments={"branch": "origin/x"})
    plan = Runbook(title="T", phases=(Phase(id="p", title="P", steps=(step,)),))
    return content_digest(History(expanded(plan, around)).state, "m")


def test_an_action_is_called_as_on_the_leads_machine() -> None:
    lead = LocalSurroundings(program="/opt/lead/bin/python")
    reviewer = LocalSurroundings(program="/home/grace/.venv/bin/python3")
    assert digest(lead) != digest(reviewer)
    assert digest(lead) == digest(replace(reviewer, program="/opt/lead/bin/python"))
