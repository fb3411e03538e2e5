"""``runbook join [RUN]``: take part as another person."""

from __future__ import annotations

import shlex
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import say
from runbook_tui.cli.people import actor, as_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_tui.run.events import Actor
    from runbook_tui.session.guest import Guest
    from runbook_tui.tui.leaving import Wanted
    from runbook_tui.tui.opening import Opened, Opening


@click.command("join")
@click.argument("run", required=False)
@click.option("--share", metavar="REMOTE", help="the git remote over which the run is shared")
@click.option("--no-tui", is_flag=True, help="follow it as lines of text, until it ends")
@click.option("--wall", is_flag=True, help="in large type, for a room to look at")
@click.option("--served", metavar="ROLE", hidden=True, help="for a browser, as `serve` starts it")
@click.option("--own-keys", is_flag=True, hidden=True, help="that person's keys are on this host")
@click.option("--asks", type=int, default=-1, hidden=True, help="where it can ask the server")
@as_option
def command(
    run: str | None,
    share: str | None,
    no_tui: bool,
    wall: bool,
    served: str | None,
    own_keys: bool,
    asks: int,
    claimed: str | None,
) -> int:
    """Look on, tick and sign in your own name, and roll back; the lead starts steps."""
    if served is not None:
        return _in_a_browser(run, claimed, may=served, proves=own_keys, asks=asks)
    if share is not None:
        return elsewhere(share, run, claimed, no_tui=no_tui, wall=wall)
    if no_tui:
        return _follow(run, claimed)
    return on_screen(run, claimed, first="wall" if wall else "")


def on_screen(run: str | None, claimed: str | None = None, *, first: str = "") -> int:
    """Take part in a run of this machine on the screen; ``first``: what is shown first."""
    from runbook_tui.cli.screen import need_terminal, show
    from runbook_tui.tui.opening import Opening

    need_terminal()
    name = f"run {run}" if run else "the newest run"
    opening = Opening(name, partial(_open, run, claimed))
    return show(opening, "join", partial(_lead, claimed), first=first)


def _in_a_browser(
    run: str | None, claimed: str | None, *, may: str, proves: bool, asks: int
) -> int:
    """The screen of somebody whom `serve` has let in; the session holds what they may."""
    from runbook_tui.cli.screen import need_terminal, show
    from runbook_tui.tui.opening import Opening

    need_terminal()
    from runbook_tui import wiring

    let_in = partial(wiring.guest, may=may, proves=proves, asks=asks)
    work = partial(_open, run, claimed, let_in=let_in)
    return show(Opening(f"run {run}", work), "join", served=True)


def _lead(claimed: str | None, wanted: Wanted) -> int:
    """Open the run again as its lead: it was handed over, or is taken."""
    from runbook_tui.cli.leading import Takeover
    from runbook_tui.cli.resume import on_screen

    taking = Takeover(reason=wanted.reason, seize=bool(wanted.reason))
    return on_screen(wanted.run, claimed, taking=taking)


def elsewhere(
    share: str,
    run: str | None = None,
    claimed: str | None = None,
    *,
    no_tui: bool = False,
    wall: bool = False,
) -> int:
    """Follow a run that is led on another machine."""
    from runbook_tui.cli.sharing import address

    remote = address(share, ".")
    if no_tui:
        return _follow_elsewhere(remote, run, claimed)
    from runbook_tui.cli.screen import need_terminal, show
    from runbook_tui.tui.opening import Opening

    need_terminal()
    name = f"run {run}" if run else "the run that is shared"
    work = partial(_open_elsewhere, remote, run, claimed)
    verb = f"join --share {shlex.quote(share)}"
    return show(Opening(name, work), verb, first="wall" if wall else "")


def _open_elsewhere(remote: str, run: str | None, claimed: str | None, opening: Opening) -> Opened:
    from runbook_tui.cli.screen import opened
    from runbook_tui.cli.sharing import follow, shared_run
    from runbook_tui.share.git import shown

    opening.doing = f"asking {shown(remote)} for it"
    layout = shared_run(remote, run)
    opening.name = f"run {layout.run}"
    who = actor(claimed)
    opening.doing = f"fetching it from {shown(remote)}"
    opening.commit()
    session, said = follow(layout, remote, who)
    return opened(session, said)


def _follow_elsewhere(remote: str, run: str | None, claimed: str | None) -> int:
    from runbook_tui import wiring
    from runbook_tui.cli import following
    from runbook_tui.cli.sharing import end, follow, shared_run

    session, said = follow(shared_run(remote, run), remote, actor(claimed))
    if said:
        say.err(said, colour="yellow")
    try:
        with closing(wiring.copied_journal(session.run)) as journal:
            return following.follow(session, journal)
    finally:
        end(session)
        session.close()


def _open(
    run: str | None,
    claimed: str | None,
    opening: Opening,
    *,
    let_in: Callable[[Actor], Guest] | None = None,
) -> Opened:
    """Open a run for somebody beside the lead; ``let_in`` is for whoever comes by a browser."""
    from runbook_tui import wiring
    from runbook_tui.cli.reading import run_named
    from runbook_tui.cli.screen import opened

    opening.doing = "looking the run up"
    chosen = run_named(run)
    opening.name = f"run {chosen}"
    who = actor(claimed)
    opening.doing = "reading the plan and the journal"
    guest = let_in(who) if let_in is not None else None
    session = wiring.open_session(
        chosen, guest.actor if guest is not None else who, leads=False, guest=guest
    )
    opening.commit()
    session.open()
    return opened(session)


def _follow(run: str | None, claimed: str | None) -> int:
    from runbook_tui.cli.following import follow
    from runbook_tui.cli.opening import taking_part
    from runbook_tui.cli.reading import reading, run_named

    with taking_part(run_named(run), actor(claimed)) as session, reading() as journal:
        session.presence.enter(session.actor, "follows without a screen")
        return follow(session, journal)
