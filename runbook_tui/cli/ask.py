"""``runbook ask RUN NODE --reason TEXT``: ask anew for a sign-off whose time is over."""

from __future__ import annotations

import click

from runbook_tui.cli.people import actor, as_option


@click.command("ask")
@click.argument("run")
@click.argument("node")
@click.option("--reason", required=True, help="why it is asked again; stands in the record")
@as_option
def command(run: str, node: str, reason: str, claimed: str | None) -> int:
    """Ask anew, as the lead, for a gate or sign-off with a time: it begins again now."""
    from runbook_tui.cli.opening import do_one
    from runbook_tui.run.requests import AskAnew

    request = AskAnew(node=node, reason=reason)
    return do_one(run, actor(claimed), request, f"asked anew for a decision on {node}: {reason}")
