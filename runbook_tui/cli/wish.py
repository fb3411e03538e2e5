"""What a person asks of a rollback on the command line, and their yes to what it shows."""

from __future__ import annotations

from dataclasses import dataclass

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended


@dataclass(frozen=True, kw_only=True)
class Wish:
    """``scope`` None: the narrowest since the last gate; ``only_plan``: show it, start nothing.

    ``severity``: how bad it is, 1 to 3, recorded with the rollback; ``pairs`` are values as they
    were written, ``NAME=VALUE``.
    """

    scope: str | None
    only_plan: bool
    yes: bool
    past_floor: bool
    severity: int | None = None
    pairs: tuple[str, ...] = ()


def consent(run: str, wish: Wish) -> None:
    """The yes to what was just shown; raises `Ended` (7) where there is none."""
    if wish.yes:
        return
    if not say.interactive():
        raise Ended(
            exits.WAITING, "nothing was started", f"start it with: runbook rollback {run} --yes"
        )
    from runbook_tui.cli.values import confirmed

    if not confirmed("Roll back now?"):
        raise Ended(exits.WAITING, "nothing was started")
