"""``runbook skip RUN NODE --reason TEXT``: a step left out, without a screen."""

from __future__ import annotations

import click

from runbook_tui.cli.people import actor, as_option


@click.command("skip")
@click.argument("run")
@click.argument("node")
@click.option("--reason", required=True, help="why it is left out; stands in the record")
@click.option("--override", is_flag=True, help="leave it out though the plan requires it")
@as_option
def command(run: str, node: str, reason: str, override: bool, claimed: str | None) -> int:
    """Leave a step out, with a reason."""
    from runbook_tui.cli.opening import do_one
    from runbook_tui.run.requests import SkipStep

    request = SkipStep(step=node, reason=reason, override=override)
    return do_one(run, actor(claimed), request, f"{node} skipped: {reason}")
