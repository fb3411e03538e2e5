"""``runbook export [RUN] -o FILE``: the run as an archive that can be checked anywhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import choose
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.written import STANDARD, replacing


@click.command("export")
@click.argument("run", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="the archive, a tar.gz",
)
def command(run: str | None, output: Path) -> int:
    """The run as an archive: events, hashes, plan and the commands' logs.

    `runbook verify FILE` checks it on any machine. 8 where the record does not hold; it is written
    all the same, and says the same of itself.
    """
    from runbook_tui import wiring
    from runbook_tui.cli.reading import reading

    with reading() as journal:
        chosen = choose(journal, run)
    if output == STANDARD and sys.stdout.isatty():
        raise Ended(exits.USAGE, "an archive is nothing for a terminal", "name a file with -o")
    if output == STANDARD:
        verdict = wiring.export(chosen, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        with replacing(output) as file:
            verdict = wiring.export(chosen, file)
        say.err(f"run {chosen} is in {output}; `runbook verify {output}` checks it", colour="green")
    say.err(
        "it holds the plan, all output and what the commands' environment was: share it as such"
    )
    for remark in verdict.remarks:
        say.err(f"note: {remark}")
    for problem in verdict.problems:
        say.err(problem)
    if verdict.problems:
        say.err("the record of this run does NOT hold", colour="red")
        return exits.UNVERIFIED
    for head in verdict.heads.values():
        say.err(f"head: {head}")
    return exits.DONE
