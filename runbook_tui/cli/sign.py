"""``runbook sign RUN NODE --role ROLE``: a sign-off, without a screen."""

from __future__ import annotations

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option


@click.command("sign")
@click.argument("run")
@click.argument("node", required=False)
@click.option("--role", help="the role in which you sign; needed")
@click.option("--reject", is_flag=True, help="reject instead of approve; needs --comment")
@click.option("--comment", default="", help="stands in the record")
@click.option(
    "--key",
    type=click.Path(),
    help="the file of an ssh key that proves who you are; needed where"
    " the plan says signed, unless an agent or ~/.ssh has one that the plan allows",
)
@click.option("--text", is_flag=True, help="sign nothing: print what to carry to whoever signs")
@click.option("--paste", metavar="FILE", help="record the signature that came back; - is the input")
@as_option
def command(
    run: str,
    node: str | None,
    role: str | None,
    reject: bool,
    comment: str,
    key: str | None,
    text: bool,
    paste: str | None,
    claimed: str | None,
) -> int:
    """Approve or reject a gate, phase, change or step in a role.

    Without NODE or --role it signs nothing and lists what waits for a sign-off.
    """
    from runbook_tui.cli.opening import run_named, taking_part
    from runbook_tui.cli.seal import signed
    from runbook_tui.cli.to_sign import asks_for, to_sign
    from runbook_tui.run.requests import SignNode

    chosen = run_named(run)
    with taking_part(chosen, actor(claimed)) as session:
        listed = "\n".join(to_sign(session.state, session.now()))
        if node is None or role is None:
            lacks = "say what you sign" if node is None else "say in which role you sign: --role"
            raise Ended(exits.USAGE, lacks, listed)
        request = SignNode(
            node=node, role=role, approve=not reject, comment=comment, prove=key is not None
        )
        if text or paste is not None:
            from runbook_tui.cli import slips

            if paste is None:
                slips.say_slip(session, request)
                return exits.DONE
            slips.paste(session, request, paste)
            say.err(f"{chosen}: {node} signed as {role} by {session.actor.identity}")
            return exits.DONE
        try:
            signed(session, request, key or "")
        except Ended as ended:
            if asks_for(session.state, node, role):
                raise
            hint = "\n".join(filter(None, (ended.hint, listed)))
            raise Ended(ended.status, ended.message, hint) from None
    verb = "rejected" if reject else "approved"
    say.err(f"{chosen}: {node} {verb} as {role}", colour="green")
    return exits.DONE
