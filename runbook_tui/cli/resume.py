"""``runbook resume [RUN]``: go on as lead."""

from __future__ import annotations

import click

from runbook_tui.cli import say
from runbook_tui.cli.people import actor, as_option
from runbook_tui.cli.values import Values


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
    from runbook_tui.cli.leading import lead, need_terminal
    from runbook_tui.cli.taking import taken

    need_terminal(no_tui)
    who = actor(claimed)
    chosen = taken(run, who, may_ask=say.interactive() and not yes)
    values = _given(chosen, pairs)
    say.err(f"run {chosen}")
    return lead(chosen, who, values, no_tui=no_tui, yes=yes, resume=True, after=None)


def _given(run: str, pairs: tuple[str, ...]) -> Values:
    """Values held against the run's own copy of the plan."""
    if not pairs:
        return Values()
    from runbook_tui.book.reader import read
    from runbook_tui.cli.opening import reading
    from runbook_tui.cli.values import given
    from runbook_tui.run.events import RunStarted
    from runbook_tui.session.opening import plan_of

    with reading() as journal:
        begun = next(x.payload for x in journal.events(run) if isinstance(x.payload, RunStarted))
    return given(pairs, plan_of(begun, read))
