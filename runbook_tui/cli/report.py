"""``runbook report [RUN]``: what happened, for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import choose
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.written import STANDARD, write

if TYPE_CHECKING:
    from runbook_tui.report.model import Report

FORMATS = ("md", "html", "json", "otlp")
ENDINGS = {".html": "html", ".htm": "html", ".json": "json", ".otlp": "otlp"}
PATIENCE = 10.0
"""Seconds that a collector has for its answer."""


@click.command("report")
@click.argument("run", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="Markdown, one HTML page, JSON, or OpenTelemetry traces (otlp); without it what FILE ends"
    " in says which, else Markdown",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="write it into FILE instead of to the standard output",
)
@click.option(
    "--send", metavar="URL", help="send the traces to an OpenTelemetry collector, over HTTP"
)
def command(run: str | None, format_: str | None, output: Path | None, send: str | None) -> int:
    """What happened in a run: planned against actual, sign-offs, commands, rollbacks, overrides.

    The record is checked while the report is written; 8 where it does not hold, and the report
    says so.
    """
    from runbook_tui import wiring
    from runbook_tui.cli.reading import reading

    with reading() as journal:
        chosen = choose(journal, run)
    if send is not None:
        return _send(chosen, send, format_, output)
    target = output if output is not None else STANDARD
    if format_ is None:
        format_ = ENDINGS.get(target.suffix.lower(), "md")
    if format_ == "otlp":
        write(target, wiring.traces(chosen))
        if target != STANDARD:
            say.err(f"the traces of run {chosen} are in {target}", colour="green")
        return exits.DONE
    report = wiring.report(chosen)
    write(target, text_of(report, format_))
    if target != STANDARD:
        say.err(f"the report of run {chosen} is in {target}", colour="green")
    if report.verified is not None and report.verified.problems:
        say.err("the record of this run does NOT hold, and the report says so", colour="red")
        say.err("`runbook verify` says more")
        return exits.UNVERIFIED
    return exits.DONE


def _send(run: str, address: str, format_: str | None, output: Path | None) -> int:
    from runbook_tui import wiring

    if not wiring.is_address(address):
        raise Ended(exits.USAGE, f"“{address}” is no address of a collector",
                    "write http://HOST:4318, or -o FILE for a file")  # fmt: skip
    if output is not None or format_ not in {None, "otlp"}:
        raise Ended(exits.USAGE, "--send sends traces, and nothing else",
                    "leave -o and --format out")  # fmt: skip
    why = wiring.hand_on(wiring.traces(run), address, patience=PATIENCE)
    if why:
        hint = f"runbook report {run} --format otlp -o FILE  writes them into a file"
        raise Ended(exits.STEP_FAILED, f"the collector did not take the traces: {why}", hint)
    say.err(f"the traces of run {run} were sent", colour="green")
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
