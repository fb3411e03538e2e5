"""``runbook override RUN NODE --reason TEXT``: a gate opened without its sign-offs, or a watch that
is breached overruled, on record."""

from __future__ import annotations

import click

from runbook_tui.cli.people import actor, as_option


@click.command("override")
@click.argument("run")
@click.argument("node")
@click.option("--reason", required=True, help="why it cannot wait; shown red in the report")
@as_option
def command(run: str, node: str, reason: str, claimed: str | None) -> int:
    """Open a gate without its sign-offs, or go on though a watch is red, as the lead."""
    from runbook_tui.cli.opening import do_one
    from runbook_tui.run.requests import OverrideGate

    request = OverrideGate(node=node, reason=reason)
    return do_one(run, actor(claimed), request, f"{node} overridden: {reason}")
