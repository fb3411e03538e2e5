"""``runbook runs``: open and past runs."""

from __future__ import annotations

import json

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import Glance, glances


@click.command("runs")
@click.option("--json", "as_json", is_flag=True, help="as one JSON list")
def command(as_json: bool) -> int:
    """Open and past runs, newest first."""
    from runbook_tui.cli.opening import reading

    with reading() as journal:
        found = glances(journal)
    if as_json:
        click.echo(json.dumps([as_values(run) for run in found], ensure_ascii=True, indent=1))
        return exits.DONE
    if not found:
        say.err("there are no runs yet; `runbook run FILE` starts one")
    for run in found:
        say.out(line(run))
    return exits.DONE


def line(run: Glance) -> str:
    """One run as a line of text."""
    undo = f"  {len(run.to_undo)} to undo" if run.to_undo else ""
    when = say.moment(run.began)
    return f"{run.entry.run}  {when}  {run.word:<11}  {run.entry.title}  ({run.lead}){undo}"


def as_values(run: Glance) -> dict[str, object]:
    """One run as JSON values."""
    return {
        "run": run.entry.run,
        "title": run.entry.title,
        "source": run.entry.source,
        "digest": run.entry.digest,
        "opened_at": run.entry.opened_at,
        "events": run.entry.events,
        "head": run.entry.head,
        "status": run.word,
        "lead": run.lead,
        "finished": run.finished,
        "result": run.result,
        "rolled_back": run.rolled_back,
        "running": len(run.running),
        "to_undo": list(run.to_undo),
    }
