"""``runbook hand RUN [TEXT]``: raise a hand, so that everybody in the run sees it."""

from __future__ import annotations

import click

from runbook_tui.cli.people import actor, as_option


@click.command("hand")
@click.argument("run")
@click.argument("text", required=False, default="")
@click.option("--node", default="", help="what it is about")
@click.option("--down", is_flag=True, help="lower it again")
@as_option
def command(run: str, text: str, node: str, down: bool, claimed: str | None) -> int:
    """Raise a hand in a run: everybody who looks at it sees that; it holds nothing up."""
    from runbook_tui.cli.opening import do_one
    from runbook_tui.run.requests import LowerHand, RaiseHand

    request = LowerHand() if down else RaiseHand(text=text, node=node)
    return do_one(run, actor(claimed), request, f"your hand is {'down' if down else 'up'}")
