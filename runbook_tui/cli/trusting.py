"""A plan from elsewhere shows all that it can run and asks once; ``--trust DIGEST`` answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended

if TYPE_CHECKING:
    from runbook_tui.session.plan_files import PlanFiles

DIGEST = re.compile(r"[0-9a-fA-F]{16,64}")
BESIDE = "what these commands find beside them (scripts, programs) is not covered by it"


def is_strange(path: Path, plan: PlanFiles) -> bool:
    """Whether somebody has to say first that this plan may run."""
    from runbook_tui import wiring

    if not plan.elsewhere or wiring.ships(path):
        return False
    return not wiring.trust().knows(plan.trusted_as)


def check_given(given: str | None, plan: PlanFiles) -> bool:
    """Whether ``--trust`` names this plan; raises `Ended` where it names another."""
    if given is None:
        return False
    if not DIGEST.fullmatch(given):
        raise Ended(exits.USAGE, "--trust takes 16 to 64 hex digits of a plan's digest")
    digest = plan.trusted_as
    if not digest.startswith(given.lower()):
        raise Ended(
            exits.REFUSED,
            f"the plan is not the one that --trust names: its digest is {digest}",
            "look at it again: runbook check and runbook show; nothing was run",
        )
    return True


def trusted(path: Path, plan: PlanFiles, given: str | None, *, may_ask: bool) -> None:
    """See that the plan is trusted: by its owner, by ``--trust``, from before, or by an answer.

    Raises `Ended`: 7 where nobody says so.
    """
    named = check_given(given, plan)
    if not is_strange(path, plan):
        return
    if named:
        remember(plan)
        return
    for line in why(path, plan):
        say.err(line, colour="yellow")
    for line in commands(plan):
        say.err(f"  {line}")
    say.err(f"digest {plan.trusted_as}; {BESIDE}")
    if may_ask:
        from runbook_tui.cli.values import confirmed

        if confirmed("Trust this plan and run it?"):
            remember(plan)
            return
    hint = f"once you have looked: --trust {plan.trusted_as[:16]}"
    raise Ended(exits.WAITING, "a person has to trust this plan first; nothing was run", hint)


def trusted_on_screen(path: Path, plan: PlanFiles, given: str | None) -> None:
    """The same with a screen of its own. Raises `Ended` where the person says no."""
    from runbook_tui.tui.trusting import TrustApp

    if check_given(given, plan):
        remember(plan)
        return
    title, *reasons = why(path, plan)
    lines = [*commands(plan), "", f"digest {plan.trusted_as}", BESIDE]
    if not TrustApp(title, reasons, lines).run():
        raise Ended(exits.WAITING, "it was not trusted; nothing was recorded or run")
    remember(plan)


def why(path: Path, plan: PlanFiles) -> list[str]:
    """That it is from elsewhere, and why."""
    return [f"{path} is a plan from elsewhere; this is all that it can run:", *plan.elsewhere]


def commands(plan: PlanFiles) -> list[str]:
    """All that it can run, in lines."""
    from runbook_tui.book.every_command import listed

    return listed(plan.runbook)


def remember(plan: PlanFiles) -> None:
    """Do not ask again for this content."""
    from runbook_tui import wiring

    try:
        wiring.trust().remember(plan.trusted_as, plan.runbook.title)
    except OSError as error:
        say.err(f"that it is trusted cannot be kept: {error.strerror}", colour="yellow")
