"""Asking for what a key proves, and ``runbook seal [RUN]``: the lead signs what a run came to."""

from __future__ import annotations

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.people import actor, as_option
from runbook_tui.run.requests import Refusal, SealRun, SignNode
from runbook_tui.session.answering import Accepted
from runbook_tui.session.ports.signatures import Key
from runbook_tui.session.session import Session


def signed(session: Session, request: SignNode | SealRun, key: str) -> Accepted:
    """Ask for it, with a signature where one is needed; a refusal ends the command."""
    from runbook_tui.cli.opening import refused
    from runbook_tui.session.proving import proved

    answer = proved(session, request, session.actor, key, _tell)
    if isinstance(answer, Refusal):
        raise refused(answer)
    return answer


def _tell(key: Key) -> None:
    touch = "; touch it when it blinks" if key.touch else ""
    say.err(f"signing with the key {key.name}{touch}")


@click.command("seal")
@click.argument("run", required=False)
@click.option("--key", type=click.Path(), help="the file of the lead's ssh key")
@as_option
def command(run: str | None, key: str | None, claimed: str | None) -> int:
    """Sign, as the lead, all that was recorded of a run that is over.

    What is changed, taken out or cut off before the seal shows from then on.
    """
    from runbook_tui.cli.opening import taking_part
    from runbook_tui.cli.reading import run_named

    chosen = run_named(run)
    with taking_part(chosen, actor(claimed)) as session:
        sealed = signed(session, SealRun(), key or "")
    say.err(f"{chosen}: sealed", colour="green")
    say.out(sealed.state.head)
    return exits.DONE
