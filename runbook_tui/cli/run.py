"""``runbook run FILE``: start a run of a plan."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import say
from runbook_tui.cli.people import as_option, by_option
from runbook_tui.cli.sharing import share_option
from runbook_tui.cli.starting import FROM, Prepared, Start, prepare

if TYPE_CHECKING:
    from runbook_tui.tui.opening import Opened, Opening


@click.command("run")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-p", "pairs", multiple=True, metavar="NAME=VALUE", help="the value of a parameter")
@click.option("--env", "environment", metavar="NAME", help="one of the plan's environments")
@as_option
@click.option("--role", default="lead", help="the role in which you lead")
@click.option("--cwd", type=click.Path(path_type=Path), help="where commands run")
@click.option("--no-tui", is_flag=True, help="work as lines of text; stop where a person is needed")
@click.option("--plain", is_flag=True, help="as lines, and ask: for screen readers")
@click.option("--trust", metavar="DIGEST", help="the plan from elsewhere that may run what it says")
@click.option("--yes", is_flag=True, help="answer confirmations; never a sign-off, gate or tick")
@click.option("--rehearse", is_flag=True, help="go through it without changing anything")
@click.option(
    "--allow-automatic-rollback",
    "automatic_rollback",
    is_flag=True,
    help="a breach may start a rollback by itself, where the plan says so of its watch",
)
@share_option
@click.option(FROM, "first", metavar="STEP", help="begin there; what is before it is skipped")
@by_option
def command(
    file: Path,
    pairs: tuple[str, ...],
    environment: str | None,
    claimed: str | None,
    role: str,
    cwd: Path | None,
    no_tui: bool,
    plain: bool,
    yes: bool,
    rehearse: bool,
    automatic_rollback: bool,
    share: str | None,
    first: str | None,
    people: tuple[str, ...],
    trust: str | None,
) -> int:
    """Start a run of a plan, on the screen or as lines of text."""
    from runbook_tui.cli.screen import is_terminal

    start = Start(
        file=file,
        pairs=pairs,
        environment=environment,
        claimed=claimed,
        role=role,
        cwd=cwd,
        first=first,
        rehearse=rehearse,
        people=people,
        trust=trust,
        automatic_rollback=automatic_rollback,
        share=share,
    )
    start.check()
    if plain:
        from runbook_tui.cli.plain import need_person

        need_person()
    if no_tui or plain or not is_terminal():
        return _as_lines(start, no_tui=no_tui or plain, yes=yes, plain=plain)
    return start_on_screen(start)


def _as_lines(start: Start, *, no_tui: bool, yes: bool, plain: bool) -> int:
    from runbook_tui import wiring
    from runbook_tui.cli.leading import lead_lines
    from runbook_tui.cli.people import actor
    from runbook_tui.cli.reading import check_home
    from runbook_tui.cli.screen import need_terminal

    prepared = prepare(start)
    if not no_tui:
        need_terminal()
    check_home()
    prepared.trust(may_ask=say.interactive() and not yes)
    prepared.complete(may_ask=say.interactive())
    prepared.confirm(may_ask=say.interactive(), yes=yes)
    who = actor(start.claimed)
    run = prepared.record(who)
    wiring.keep_reading(run, prepared.plan)
    what = "REHEARSAL" if start.rehearse else "run"
    say.err(f"{what} {run}: {prepared.plan.runbook.title}{prepared.where}")
    return lead_lines(
        run, who, prepared.values, yes=yes, resume=False, after=0, plan=prepared.plan,
        people=start.people, share=prepared.share, plain=plain,
    )  # fmt: skip


def start_on_screen(start: Start) -> int:
    """The screen first, the plan beside it; what only a terminal can answer in between."""
    from runbook_tui.cli.screen import show
    from runbook_tui.tui.opening import Opening

    if not start.file.is_file():
        # Said at once where it can be: a file that is not there needs no screen.
        prepare(start)
    try:
        return show(Opening(start.file.name, partial(_read, start)), "resume")
    except ValuesWanted as wanted:
        prepared = wanted.prepared
    prepared.trust_on_screen()
    prepared.complete(may_ask=True)
    prepared.confirm(may_ask=True, yes=False)
    return show(Opening(start.file.name, partial(_open, prepared)), "resume")


class ValuesWanted(Exception):
    """The plan is read, and the terminal is needed before it can be started."""

    def __init__(self, prepared: Prepared) -> None:
        super().__init__()
        self.prepared = prepared


def _read(start: Start, opening: Opening) -> Opened:
    from runbook_tui.cli.reading import check_home

    opening.doing = f"reading {start.file.name}"
    prepared = prepare(start)
    check_home()
    if prepared.needs_terminal():
        raise ValuesWanted(prepared)
    prepared.trust(may_ask=False)
    prepared.complete(may_ask=False)
    return _open(prepared, opening)


def _open(prepared: Prepared, opening: Opening) -> Opened:
    from runbook_tui import wiring
    from runbook_tui.cli.leading import led
    from runbook_tui.cli.people import actor

    who = actor(prepared.start.claimed)
    opening.commit()
    opening.doing = "recording the run"
    run = prepared.record(who)
    opened = led(
        run, who, prepared.values, opening, resume=False, plan=prepared.plan, share=prepared.share
    )
    # Whoever helps with this run needs it; the run's first frame does not wait for it.
    keeping = threading.Thread(
        target=wiring.keep_reading, args=(run, prepared.plan), name="keeping"
    )
    return replace(opened, shown=keeping.start)
