"""``runbook join [RUN]``: take part as another person."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import exits
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option

if TYPE_CHECKING:
    from runbook_tui.tui.opening import Opened, Opening


@click.command("join")
@click.argument("run", required=False)
@click.option("--share", metavar="REMOTE", help="the git remote over which the run is shared")
@click.option("--no-tui", is_flag=True, help="follow it as lines of text, until it ends")
@click.option("--wall", is_flag=True, help="in large type, for a room to look at")
@as_option
def command(
    run: str | None, share: str | None, no_tui: bool, wall: bool, claimed: str | None
) -> int:
    """Look on, tick and sign in your own name, and roll back; the lead starts steps."""
    if share is not None:
        raise Ended(exits.USAGE, "this version does not share runs between machines yet")
    if no_tui:
        return _follow(run, claimed)
    from runbook_tui.cli.screen import need_terminal, show
    from runbook_tui.tui.opening import Opening

    need_terminal()
    name = f"run {run}" if run else "the newest run"
    opening = Opening(name, partial(_open, run, claimed))
    return show(opening, "join", first="wall" if wall else "")


def _open(run: str | None, claimed: str | None, opening: Opening) -> Opened:
    from runbook_tui import wiring
    from runbook_tui.cli.opening import run_named
    from runbook_tui.cli.screen import opened

    opening.doing = "looking the run up"
    chosen = run_named(run)
    opening.name = f"run {chosen}"
    who = actor(claimed)
    opening.doing = "reading the plan and the journal"
    session = wiring.open_session(chosen, who, leads=False)
    opening.commit()
    session.open()
    return opened(session)


def _follow(run: str | None, claimed: str | None) -> int:
    from runbook_tui.cli.following import follow
    from runbook_tui.cli.opening import reading, run_named, taking_part

    with taking_part(run_named(run), actor(claimed)) as session, reading() as journal:
        return follow(session, journal)
