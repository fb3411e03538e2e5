"""``runbook convert PLAN.md -o FILE.toml``: the same runbook as TOML."""

from __future__ import annotations

from pathlib import Path

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.written import STANDARD, write


@click.command("convert")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("-o", "target", type=click.Path(path_type=Path), default=STANDARD, help="into a file")
def command(plan: Path, target: Path) -> int:
    """The same runbook as TOML, with what it extends and includes; reading it gives the same.

    Faults of the plan end it with 3, and nothing is written.
    """
    from runbook_tui.book.toml_text import toml_text
    from runbook_tui.session.plan_files import read_files

    runbook = read_files(plan).runbook
    write(target, toml_text(runbook))
    if target != STANDARD:
        say.err(f"look at it: runbook show {target}; what to mend: runbook check {target}")
    return exits.DONE
