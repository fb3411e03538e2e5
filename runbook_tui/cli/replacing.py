"""``runbook resume --take-plan FILE``: the lead goes on with another plan than until now."""

from __future__ import annotations

from pathlib import Path

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.run.events import Actor


def replace_plan(
    path: Path,
    name: str | None,
    who: Actor,
    *,
    may_ask: bool,
    yes: bool,
    reason: str = "",
    trust: str | None = None,
) -> str:
    """Show how the plan in FILE differs, ask, and take it over; returns the run's id.

    Raises `PlanFaults` before anything is recorded, and `Ended`: 7 where nobody can be asked, else
    as the run refuses it.
    """
    from runbook_tui import wiring
    from runbook_tui.cli.leading import led_by
    from runbook_tui.cli.opening import refused
    from runbook_tui.cli.taking import agreed, look
    from runbook_tui.cli.trusting import trusted
    from runbook_tui.run.requests import Refusal
    from runbook_tui.session.another_plan import read_another, take
    from runbook_tui.session.plan_files import read_files

    files = read_files(path)
    trusted(path, files, trust, may_ask=may_ask)
    run = agreed(look(name, who), may_ask=may_ask)
    session = wiring.open_session(run, who, leads=True)
    try:
        found = read_another(session, path, files)
        if not found.is_new:
            say.err(f"run {run} has this plan already")
            return run
        for line in found.words(session.state):
            say.err(line)
        _agree(path, may_ask=may_ask, yes=yes)
        if not session.open(resume=True):
            raise led_by(run, session.lead.lock.holder())
        answer = take(session, found, reason)
        if isinstance(answer, Refusal):
            raise refused(answer)
    finally:
        session.close()
    say.err(f"run {run} goes on with {path}", colour="green")
    return run


def _agree(path: Path, *, may_ask: bool, yes: bool) -> None:
    from runbook_tui.cli.values import confirmed

    if yes or (may_ask and confirmed(f"Go on with {path}?")):
        return
    hint = "" if may_ask else "say --yes to take it over"
    raise Ended(exits.WAITING, "the plan was not taken over, the run has its own as before", hint)
