"""``runbook tick RUN NODE``: a box ticked, or a step done by hand finished, without a screen."""

from __future__ import annotations

import click

from runbook_tui.cli.people import actor, as_option


@click.command("tick")
@click.argument("run")
@click.argument("node")
@click.option("--off", is_flag=True, help="take the tick back")
@as_option
def command(run: str, node: str, off: bool, claimed: str | None) -> int:
    """Tick a check or criterion, or finish a step that is done by hand."""
    from runbook_tui.cli.opening import do_one
    from runbook_tui.run.requests import TickNode

    said = f"{node} {'is no longer ticked' if off else 'ticked'}"
    return do_one(run, actor(claimed), TickNode(node=node, off=off), said)
