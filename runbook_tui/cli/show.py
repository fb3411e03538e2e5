"""``runbook show FILE``: what was read from a plan."""

from __future__ import annotations

import json
from pathlib import Path

import click

from runbook_tui.cli import exits, say


@click.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="everything, as one JSON object")
def command(file: Path, as_json: bool) -> int:
    """What was read from a plan: phases, changes, steps, checks and what they need."""
    from runbook_tui.session.plan_files import read_files

    runbook = read_files(file, remarks=True).runbook
    from runbook_tui.book.listing import listing
    from runbook_tui.book.shown import shown

    if as_json:
        # Only ASCII: what a plan says can then not reach the terminal raw.
        click.echo(json.dumps(shown(runbook), ensure_ascii=True, indent=1))
        return exits.DONE
    for line in listing(runbook):
        say.out(line)
    if runbook.findings:
        count = len(runbook.findings)
        say.err(f"{count} finding{'' if count == 1 else 's'}: runbook check {file}")
    return exits.DONE
