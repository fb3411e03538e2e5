"""``runbook sign RUN NODE --role ROLE``: a sign-off, without a screen."""

from __future__ import annotations

import click

from runbook_tui.cli import exits
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option


@click.command("sign")
@click.argument("run")
@click.argument("node")
@click.option("--role", required=True, help="the role in which you sign")
@click.option("--reject", is_flag=True, help="reject instead of approve; needs --comment")
@click.option("--comment", default="", help="stands in the record")
@click.option("--key", type=click.Path(), help="an ssh key that proves who you are")
@as_option
def command(
    run: str, node: str, role: str, reject: bool, comment: str, key: str | None, claimed: str | None
) -> int:
    """Approve or reject a gate, phase, change or step in a role."""
    from runbook_tui.cli.opening import do_one
    from runbook_tui.run.requests import SignNode

    if key is not None:
        raise Ended(
            exits.USAGE,
            "this version makes no signatures with a key, so --key is refused, not ignored",
            "sign without --key where the plan does not say signed = true",
        )
    request = SignNode(node=node, role=role, approve=not reject, comment=comment)
    said = f"{node} {'rejected' if reject else 'approved'} as {role}"
    return do_one(run, actor(claimed), request, said)
