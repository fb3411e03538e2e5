"""``runbook verify [RUN]``: does the journal hold?"""

from __future__ import annotations

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.anchor import Anchor
from runbook_tui.session.opening import NoSuchRun, find_run
from runbook_tui.session.ports.journal import Journal, Verdict


@click.command("verify")
@click.argument("run", required=False)
@click.option(
    "--anchor", type=Anchor(), help="a hash that was written down elsewhere and must still be there"
)
def command(run: str | None, anchor: str | None) -> int:
    """Recompute the chain of one run or of the whole journal, and compare the commands' logs.

    8 where anything was changed, deleted or is missing.
    """
    from runbook_tui.cli.opening import reading
    from runbook_tui.journal.faults import Damaged

    with reading() as journal:
        try:
            verdict = _verdict(journal, run, anchor)
        except Damaged as error:
            # What is no journal any more holds no list of runs to look a name up in.
            verdict = Verdict(events=0, heads={}, problems=(str(error),))
    for remark in verdict.remarks:
        say.err(f"note: {remark}")
    if verdict.problems:
        say.out("the journal does NOT hold", colour="red")
        for problem in verdict.problems:
            say.out(problem)
        return exits.UNVERIFIED
    counts = f"{_many(verdict.events, 'event')} of {_many(len(verdict.heads), 'run')}"
    say.out(f"the journal holds: {counts}, {_many(verdict.logs, 'log')}", colour="green")
    for name, head in verdict.heads.items():
        say.out(f"{name}  {head}")
    return exits.DONE


def _verdict(journal: Journal, run: str | None, anchor: str | None) -> Verdict:
    from runbook_tui import wiring
    from runbook_tui.session.verifying import gone, has_traces

    try:
        chosen = find_run(journal, run) if run else None
    except NoSuchRun:
        if run and "/" not in run and has_traces(wiring.settings().run_folder(run)):
            problem = gone(wiring.settings().run_folder(run))
            return Verdict(events=0, heads={}, problems=(problem,))
        raise
    return wiring.verification(journal, chosen, anchor)


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
