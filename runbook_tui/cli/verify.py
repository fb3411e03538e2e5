"""``runbook verify [RUN]``: does the journal hold?"""

from __future__ import annotations

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.anchor import Anchor
from runbook_tui.session.opening import find_run


@click.command("verify")
@click.argument("run", required=False)
@click.option(
    "--anchor", type=Anchor(), help="a hash that was written down elsewhere and must still be there"
)
def command(run: str | None, anchor: str | None) -> int:
    """Recompute the chain of one run, or of the whole journal; 8 where it does not hold."""
    from runbook_tui.cli.opening import reading
    from runbook_tui.journal.faults import Damaged

    with reading() as journal:
        try:
            chosen = find_run(journal, run) if run else None
        except Damaged as error:
            # What is no journal any more holds no list of runs to look a name up in.
            return _report((str(error),))
        verdict = journal.verify(chosen, anchor)
    if verdict.problems:
        return _report(verdict.problems)
    runs = f"{len(verdict.heads)} run{'' if len(verdict.heads) == 1 else 's'}"
    say.out(f"the journal holds: {verdict.events} events of {runs}", colour="green")
    for name, head in verdict.heads.items():
        say.out(f"{name}  {head}")
    return exits.DONE


def _report(problems: tuple[str, ...]) -> int:
    say.out("the journal does NOT hold", colour="red")
    for problem in problems:
        say.out(problem)
    return exits.UNVERIFIED
