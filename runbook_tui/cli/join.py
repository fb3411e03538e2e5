"""``runbook join [RUN]``: take part as another person."""

from __future__ import annotations

import click

from runbook_tui.cli import exits
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option


@click.command("join")
@click.argument("run", required=False)
@click.option("--share", metavar="REMOTE", help="the git remote over which the run is shared")
@click.option("--no-tui", is_flag=True, help="follow it as lines of text, until it ends")
@as_option
def command(run: str | None, share: str | None, no_tui: bool, claimed: str | None) -> int:
    """Look on, tick and sign in your own name, and roll back; the lead starts steps."""
    from runbook_tui.cli.leading import need_terminal, on_screen
    from runbook_tui.cli.leaving import say_left
    from runbook_tui.cli.opening import run_named, taking_part

    if share is not None:
        raise Ended(exits.USAGE, "this version does not share runs between machines yet")
    need_terminal(no_tui)
    chosen = run_named(run)
    if no_tui:
        return _follow(chosen, claimed)
    with taking_part(chosen, actor(claimed)) as session:
        status = on_screen(session)
        say_left(session.state, "join")
        return status


def _follow(run: str, claimed: str | None) -> int:
    from runbook_tui.cli.following import follow
    from runbook_tui.cli.opening import reading, taking_part

    with taking_part(run, actor(claimed)) as session, reading() as journal:
        return follow(session, journal)
