"""The demo as lines, for a person who answers: Grace signs once she is asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from runbook_tui import wiring
from runbook_tui.cli import say
from runbook_tui.cli.asking import Answers
from runbook_tui.cli.exits import BackWanted
from runbook_tui.cli.needs import Need
from runbook_tui.cli.plain import PlainLines
from runbook_tui.cli.undo_list import print_plan
from runbook_tui.cli.undoing import Undoing
from runbook_tui.cli.values import Values, confirmed
from runbook_tui.demo import story
from runbook_tui.run.rollback import plan
from runbook_tui.run.scopes import default_scope
from runbook_tui.session.session import Session


class DemoLines(PlainLines):
    """``approve`` lets Grace sign; whoever chooses what she has to give asks her."""

    approve: Callable[[], None]

    def _give(self, need: Need) -> None:
        if need.role != story.APPROVER_ROLE:
            super()._give(need)
            return
        say.err(f"{story.APPROVER.name} is asked, and signs from a session of her own")
        self.approve()


def walk(session: Session, approve: Callable[[], None]) -> None:
    """To the end, or until the person leaves; brings it back where that is asked for."""
    answers = Answers(yes=False, may_ask=True, values=Values())
    with contextlib.closing(wiring.journal(reading=True)) as journal:
        while True:
            lines = DemoLines(session, journal, answers, session.state, session.state.seq)
            lines.approve = approve
            try:
                lines.walk(leaves=False)
            except BackWanted:
                if _brought_back(session):
                    return
            else:
                return


def _brought_back(session: Session) -> bool:
    """Show what would be taken back and do it after a yes; False where nothing was started."""
    scope, node = default_scope(session.state)
    planned = plan(session.state, scope, node)
    if not planned.items:
        say.out("nothing to roll back")
        return False
    print_plan(session.state, planned, session.environment)
    if not confirmed("Roll back now?"):
        return False
    undoing = Undoing(session, may_ask=True)
    undoing.start(scope, node, past_floor=False, planned=planned)
    undoing.follow()
    return True
