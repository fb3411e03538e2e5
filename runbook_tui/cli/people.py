"""Who acts: the option ``--as`` and the journal's actor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended

if TYPE_CHECKING:
    from runbook_tui.run.events import Actor


def as_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--as 'NAME <MAIL>'`` as the argument ``claimed``."""
    return click.option(
        "--as", "claimed", metavar="'NAME <MAIL>'", help="who acts; else RUNBOOK_AS, git, the login"
    )(function)


def by_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--by 'NAME <MAIL>'``, given as often as wanted, as the argument ``people``."""
    return click.option(
        "--by", "people", multiple=True, metavar="'NAME <MAIL>'",
        help="carries out steps that are for a role of theirs, without a screen",
    )(function)  # fmt: skip


def rescuer(claimed: str | None) -> Actor:
    """Who brings it back or stops it: a bad ``RUNBOOK_AS`` must not keep them from it."""
    from runbook_tui import wiring
    from runbook_tui.run.people import NoIdentity

    if claimed is None:
        try:
            return wiring.identity()
        except NoIdentity as error:
            say.err(f"RUNBOOK_AS: {error}; acting as the login", colour="yellow")
            return wiring.identity(wiring.login())
    return actor(claimed)


def actor(claimed: str | None) -> Actor:
    """The person who acts. Raises `Ended` where nobody can be told from what was said."""
    from runbook_tui import wiring
    from runbook_tui.run.people import EXAMPLE, NoIdentity

    if claimed is not None and not claimed.partition("<")[0].strip():
        raise Ended(exits.USAGE, "--as needs a name", EXAMPLE)
    try:
        return wiring.identity(claimed)
    except NoIdentity as error:
        source = "--as" if claimed is not None else "RUNBOOK_AS"
        raise Ended(exits.USAGE, f"{source}: {error}", EXAMPLE) from None
