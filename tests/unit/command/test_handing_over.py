"""The session and the supervisor agree on what a shell can be handed."""

from __future__ import annotations

from runbook_tui.book.parameters import LONGEST
from runbook_tui.command.supervisor import child
from runbook_tui.session.ports.commands import EVALUATING


def test_what_is_refused_before_a_start_is_what_could_not_be_started() -> None:
    assert child.EVALUATING == EVALUATING
    assert child.LONGEST == LONGEST
