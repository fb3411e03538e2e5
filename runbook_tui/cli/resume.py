"""``runbook resume [RUN]``: go on as lead."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import say
from runbook_tui.cli.people import actor, as_option
from runbook_tui.cli.screen import need_terminal, show

if TYPE_CHECKING:
    from runbook_tui.cli.values import Values
    from runbook_tui.tui.opening import Opened, Opening


@click.command("resume")
@click.argument("run", required=False)
@click.option("--no-tui", is_flag=True, help="work as lines of text; stop where a person is needed")
@click.option("--yes", is_flag=True, help="answer confirmations; never a sign-off, gate or tick")
@click.option("-p", "pairs", multiple=True, metavar="NAME=VALUE", help="a value a step waits for")
@as_option
def command(
    run: str | None, no_tui: bool, yes: bool, pairs: tuple[str, ...], claimed: str | None
) -> int:
    """Go on with a run as its lead; a step that failed is tried again."""
    if not no_tui:
        from runbook_tui.tui.opening import Opening

        need_terminal()
        work = partial(_open, run, pairs, claimed)
        return show(Opening(f"run {run}" if run else "the newest run", work), "resume")
    from runbook_tui.cli.leading import lead_lines
    from runbook_tui.cli.opening import run_named

    chosen = run_named(run)
    who = actor(claimed)
    values = _given(chosen, pairs)
    say.err(f"run {chosen}")
    return lead_lines(chosen, who, values, yes=yes, resume=True, after=None)


def _open(run: str | None, pairs: tuple[str, ...], claimed: str | None, opening: Opening) -> Opened:
    from runbook_tui.cli.leading import led
    from runbook_tui.cli.opening import run_named

    opening.doing = "looking the run up"
    chosen = run_named(run)
    opening.name = f"run {chosen}"
    who = actor(claimed)
    opening.doing = "reading the plan and the journal"
    values = _given(chosen, pairs)
    return led(chosen, who, values, opening, resume=True)


def _given(run: str, pairs: tuple[str, ...]) -> Values:
    """Values held against the run's own copy of the plan."""
    from runbook_tui.cli.values import Values, given

    if not pairs:
        return Values()
    from runbook_tui.book.reader import read
    from runbook_tui.cli.opening import reading
    from runbook_tui.run.events import RunStarted
    from runbook_tui.session.opening import plan_of

    with reading() as journal:
        begun = next(x.payload for x in journal.events(run) if isinstance(x.payload, RunStarted))
    return given(pairs, plan_of(begun, read))
