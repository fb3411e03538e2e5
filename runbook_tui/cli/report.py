"""``runbook report [RUN]``: what happened, for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import choose
from runbook_tui.cli.written import STANDARD, write

if TYPE_CHECKING:
    from runbook_tui.report.model import Report

FORMATS = ("md", "html", "json")
ENDINGS = {".html": "html", ".htm": "html", ".json": "json"}


@click.command("report")
@click.argument("run", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="Markdown, one HTML page, or JSON; without it what FILE ends in says which, else Markdown",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="write it into FILE instead of to the standard output",
)
def command(run: str | None, format_: str | None, output: Path | None) -> int:
    """What happened in a run: planned against actual, sign-offs, commands, rollbacks, overrides.

    The record is checked while the report is written; 8 where it does not hold, and the report
    says so.
    """
    from runbook_tui import wiring
    from runbook_tui.cli.opening import reading

    with reading() as journal:
        chosen = choose(journal, run)
    report = wiring.report(chosen)
    target = output if output is not None else STANDARD
    if format_ is None:
        format_ = ENDINGS.get(target.suffix.lower(), "md")
    write(target, text_of(report, format_))
    if target != STANDARD:
        say.err(f"the report of run {chosen} is in {target}", colour="green")
    if report.verified is not None and report.verified.problems:
        say.err("the record of this run does NOT hold, and the report says so", colour="red")
        say.err("`runbook verify` says more")
        return exits.UNVERIFIED
    return exits.DONE


def text_of(report: Report, format_: str) -> str:
    """The report in one of the formats; only that one is loaded."""
    if format_ == "json":
        from runbook_tui.report.values import to_json

        return to_json(report)
    if format_ == "html":
        from runbook_tui.report.html import to_html

        return to_html(report)
    from runbook_tui.report.markdown import to_markdown

    return to_markdown(report)
