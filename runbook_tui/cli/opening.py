"""Opening the journal and a run's session for a command, and asking for one thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import choose
from runbook_tui.cli.exits import Ended
from runbook_tui.run.events import Actor
from runbook_tui.run.requests import OverrideNeeded, Refusal, Request
from runbook_tui.session.answering import Accepted
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.session import Session

if TYPE_CHECKING:
    from runbook_tui.session.plan_files import PlanFiles

PATIENCE = 60.0


def check_home() -> None:
    """Refuse a ``RUNBOOK_HOME`` that cannot be a folder, before anything else is tried."""
    from runbook_tui import wiring

    home = wiring.settings().home
    for place in (home, *home.parents):
        if place.is_dir():
            return
        if place.exists():
            raise Ended(
                exits.USAGE,
                f"the home {home} cannot be used: {place} is not a folder",
                "set RUNBOOK_HOME to a folder on a local disk that you may write",
            )


@contextmanager
def reading() -> Iterator[Journal]:
    """The journal for looking only."""
    from runbook_tui import wiring

    check_home()
    with closing(wiring.journal(reading=True)) as journal:
        yield journal


def run_named(name: str | None) -> str:
    """The id of the run that is meant."""
    with reading() as journal:
        return choose(journal, name)


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
