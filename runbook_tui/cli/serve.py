"""``runbook serve RUN --as WHO``: a run in a browser, for reviewers who have no terminal."""

from __future__ import annotations

import asyncio
import getpass
import re
import socket
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runbook_tui.web.place import Place
    from runbook_tui.web.server import Serving

LACKS = "a browser needs the extra “web”"
INSTALL = "install it: pip install 'runbook-tui[web]'"
LINK_FOR = "1h"


@click.command("serve")
@click.argument("run", required=False)
@click.option(
    "--as", "people", multiple=True, metavar="'NAME <MAIL>'",
    help="who is let in, by a link of their own; given as often as wanted",
)  # fmt: skip
@click.option(
    "--role",
    "roles",
    multiple=True,
    help="reviewer (the default), viewer, or a role of the plan in which alone they sign; once for"
    " all, or once for each --as",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="the address to listen on")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="0: one that is free")
@click.option("--url", default="", help="how browsers call it, where TLS stands before it")
@click.option("--link-for", default=LINK_FOR, show_default=True, help="how long a link waits")
@click.option("--once", is_flag=True, help="end when those who were let in have left")
def command(
    run: str | None,
    people: tuple[str, ...],
    roles: tuple[str, ...],
    host: str,
    port: int,
    url: str,
    link_for: str,
    once: bool,
) -> int:
    """Show a run in the browsers of people who have no terminal.

    Prints a link for each of them, which opens once. They sign, tick, note, raise a hand and bring
    it back in their own name; steps are started, and commands typed into, from a terminal alone.
    """
    from runbook_tui import wiring
    from runbook_tui.cli.reading import run_named

    try:
        from runbook_tui.web.doors import Person
        from runbook_tui.web.server import Serving
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"aiohttp", "textual_serve"}:
            raise Ended(exits.USAGE, LACKS, INSTALL) from None
        raise
    if not people:
        raise Ended(exits.USAGE, "say who is let in", "as in: --as 'Grace <grace@example.com>'")
    seconds = _seconds(link_for)
    chosen = run_named(run)
    named = [actor(text).identity for text in people]
    if len({actor(text).key for text in people}) < len(named):
        raise Ended(exits.USAGE, "somebody is named twice", "each person has one link")
    may = _may(chosen, roles, len(named))
    let_in = [Person(identity=who, may=what) for who, what in zip(named, may, strict=True)]
    _check_place(host, url)
    watch = wiring.PruneWatch(chosen)
    serving = Serving(
        title=_title(chosen),
        people=let_in,
        start=lambda person, rows, columns: wiring.screen_for(
            chosen, person.identity, person.may, rows, columns
        ),
        over=lambda: "the run was pruned" if watch.look() else "",
        once=once,
        link_for=seconds,
    )
    return asyncio.run(_serve(serving, chosen, host, port, url))


async def _serve(serving: Serving, run: str, host: str, port: int, url: str) -> int:
    from runbook_tui.web.server import NoPort, Server

    try:
        server = Server(serving)
    except ModuleNotFoundError:
        raise Ended(exits.USAGE, LACKS, INSTALL) from None
    try:
        place = await server.open(host, port, url)
    except NoPort as error:
        raise Ended(
            exits.USAGE, f"it cannot be listened on {host}, port {port}: {error}",
            "say another --port, or 0 for one that is free",
        ) from None  # fmt: skip
    try:
        tell = partial(say.err, colour="yellow")
        for line in _warning(place):
            tell(line)
        say.err(f"{run} in a browser, until Ctrl+C; a link opens once, in the browser that stays")
        for door in server.doors:
            say.err(f"  {door.person.identity} ({door.person.may}):")
            say.out(door.link(place.base))
        for line in _from_elsewhere(place):
            say.err(line)
        why = await server.until_over()
    finally:
        await server.close()
    say.err(f"{run} is in no browser any more: {why}")
    return exits.DONE


def _seconds(text: str) -> float:
    from runbook_tui.book.durations import parse_duration

    try:
        seconds = parse_duration(text)
    except ValueError:
        seconds = 0.0
    if not seconds:
        raise Ended(exits.USAGE, f"“{text}” is no length of time", "as in: --link-for 30m")
    return seconds


def _may(run: str, roles: Sequence[str], count: int) -> list[str]:
    """What each of so many people may; raises `Ended` where the plan has no such role."""
    from runbook_tui import wiring
    from runbook_tui.session.guest import REVIEWER, VIEWER

    found = list(roles) or [REVIEWER]
    if len(found) not in {1, count}:
        raise Ended(exits.USAGE, "say --role once for all, or once for each --as")
    known = wiring.roles_of(run)
    for role in found:
        if role not in {REVIEWER, VIEWER, *known}:
            raise Ended(
                exits.USAGE, f"the plan has no role “{role}”",
                f"say {', '.join([REVIEWER, VIEWER, *known])}",
            )  # fmt: skip
    return found if len(found) == count else found * count


def _title(run: str) -> str:
    from runbook_tui.cli.reading import reading

    with reading() as journal:
        return next((entry.title for entry in journal.runs() if entry.run == run), run)


def _check_place(host: str, url: str) -> None:
    from runbook_tui.web.place import is_any

    if url and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]_-]+", url):
        raise Ended(exits.USAGE, f"“{url}” is no address of a page",
                    "as in: --url https://runs.example.com (without a path)")  # fmt: skip
    if url:
        try:
            urlsplit(url).port  # noqa: B018  it is looked at to see whether it is one
        except ValueError:
            raise Ended(exits.USAGE, f"“{url}” has no port that could be") from None
    if is_any(host) and not url:
        raise Ended(
            exits.USAGE, f"{host or 'an empty address'} means every address of this machine, and"
            " a page is called by one",
            "name the address that browsers use, or say it with --url",
        )  # fmt: skip


def _warning(place: Place) -> list[str]:
    if place.is_local or place.encrypted:
        return []
    return [
        f"WARNING: {place.base} is reached from other machines, and is not encrypted:",
        "whoever is on the way can read it, and act in the names of these people.",
        "Put something with TLS before it (and say --url https://…), or leave --host out",
        f"and come by a tunnel: {_tunnel(place.port)}",
    ]


def _from_elsewhere(place: Place) -> list[str]:
    if not place.is_local or place.url:
        return []
    return [
        f"from another machine the same link opens while this runs there: {_tunnel(place.port)}"
    ]


def _tunnel(port: int) -> str:
    return f"ssh -N -L {port}:127.0.0.1:{port} {getpass.getuser()}@{socket.gethostname()}"
