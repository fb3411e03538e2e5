"""``runbook handover RUN --to 'NAME <MAIL>' --note TEXT``: give the lead to somebody else."""

from __future__ import annotations

import click

from runbook_tui.cli.people import actor, as_option


@click.command("handover")
@click.argument("run")
@click.option("--to", required=True, metavar="'NAME <MAIL>'", help="who leads from now on")
@click.option("--note", required=True, help="what they have to know; stands in the record")
@as_option
def command(run: str, to: str, note: str, claimed: str | None) -> int:
    """Give the lead to somebody else, with a note; whoever led starts nothing from then on.

    They go on with `runbook resume RUN`.
    """
    from runbook_tui.cli.opening import do_one
    from runbook_tui.run.requests import HandOver

    request = HandOver(to=to, note=note)
    return do_one(run, actor(claimed), request, f"{to} leads from here on, with runbook resume")
