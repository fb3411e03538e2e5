"""Opening a run's session for a command, and asking for one thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.reading import run_named
from runbook_tui.run.events import Actor
from runbook_tui.run.requests import OverrideNeeded, Refusal, Request
from runbook_tui.session.answering import Accepted
from runbook_tui.session.session import Session

if TYPE_CHECKING:
    from runbook_tui.session.plan_files import PlanFiles

PATIENCE = 60.0


@contextmanager
def taking_part(run: str, who: Actor, plan: PlanFiles | None = None) -> Iterator[Session]:
    """A session beside the lead, opened and closed; ``plan`` is what was read already."""
    from runbook_tui import wiring

    session = wiring.open_session(run, who, leads=False, plan=plan)
    session.open()
    try:
        yield session
    finally:
        session.close()


def ask(session: Session, request: Request) -> Accepted:
    """Ask for something; a refusal ends the command with its own status."""
    answer = session.ask(request).result(PATIENCE)
    if isinstance(answer, Refusal):
        raise refused(answer)
    return answer


def refused(refusal: Refusal) -> Ended:
    """A refusal as the end of a command."""
    hint = refusal.hint
    if isinstance(refusal, OverrideNeeded):
        hint = f"say --override to do it all the same; {hint}" if hint else "say --override"
    return Ended(refusal.exit_code, refusal.reason, hint)


def do_one(name: str, who: Actor, request: Request, said: str) -> int:
    """Do one thing in a run and say so."""
    run = run_named(name)
    with taking_part(run, who) as session:
        ask(session, request)
    say.err(f"{run}: {said}", colour="green")
    return exits.DONE
