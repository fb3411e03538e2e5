"""``runbook convert PLAN.md -o FILE.toml``: the same runbook as TOML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.written import STANDARD, write

if TYPE_CHECKING:
    from runbook_tui.book.model import Runbook

PATIENCE = 60.0
"""Seconds that past runs are read for at most, of those that nobody has read yet."""


@click.command("convert")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("-o", "target", type=click.Path(path_type=Path), default=STANDARD, help="into a file")
@click.option(
    "--with-durations",
    "durations",
    is_flag=True,
    help="estimates from past runs: what half of them took, to what nine of ten took",
)
def command(plan: Path, target: Path, durations: bool) -> int:
    """The same runbook as TOML, with what it extends and includes; reading it gives the same.

    Faults of the plan end it with 3, and nothing is written.
    """
    from runbook_tui.book.toml.text import toml_text
    from runbook_tui.session.plan_files import read_files

    runbook = read_files(plan).runbook
    if durations:
        runbook = _proposed(runbook)
    write(target, toml_text(runbook))
    if target != STANDARD:
        say.err(f"look at it: runbook show {target}; what to mend: runbook check {target}")
    return exits.DONE


def _proposed(runbook: Runbook) -> Runbook:
    """The runbook with estimates from past runs, each of which is told."""
    from runbook_tui import wiring
    from runbook_tui.book.durations import spoken
    from runbook_tui.run.proposing import FEWEST, with_proposals

    past = wiring.durations().past(runbook.title, patience=PATIENCE)
    found, proposals = with_proposals(runbook, past)
    for one in proposals:
        was = f"was {spoken(one.before.maximum)}" if one.before is not None else "had none"
        low, high = spoken(one.estimate.minimum), spoken(one.estimate.maximum)
        takes = low if low == high else f"{low} to {high}"
        say.err(f"{one.step}: {takes} ({was}; {one.spread.runs} past runs)")
    if not proposals:
        say.err(
            f"no estimate is proposed: of no step do {FEWEST} past runs of “{runbook.title}” on"
            " this host say anything else than the plan"
        )
    return found
