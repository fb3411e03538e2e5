"""``runbook countersign FILE --key KEY``: sign what a slip asks for, on a machine of one's own."""

from __future__ import annotations

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended


@click.command("countersign")
@click.argument("file")
@click.option("--key", type=click.Path(), required=True, help="the file of your ssh key")
@click.option("--yes", is_flag=True, help="do not ask; without a terminal nobody is asked")
def command(file: str, key: str, yes: bool) -> int:
    """Sign the sign-off that a text asks for (`runbook sign … --text`); - is the standard input.

    It says what is signed, asks on a terminal whether to, and prints the signature to send back. It
    needs neither the run nor a network.
    """
    from runbook_tui import wiring
    from runbook_tui.cli.slips import statement_in, text_of, told
    from runbook_tui.cli.values import confirmed
    from runbook_tui.run.statement import SIGN_OFF
    from runbook_tui.session.ports.signatures import Key, NotSigned

    statement, said, words = statement_in(text_of(file))
    for line in told(said, words):
        say.err(line, bold=True)
    if not yes and say.interactive() and not confirmed("sign this?"):
        raise Ended(exits.REFUSED, "nothing is signed")
    try:
        signature = wiring.signatures().sign(statement, SIGN_OFF, Key(name=key, path=key))
    except NotSigned as error:
        raise Ended(exits.REFUSED, f"not signed: {error}", error.hint) from None
    say.out(signature.rstrip("\n"))
    return exits.DONE
