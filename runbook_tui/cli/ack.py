"""``runbook ack RUN [ALARM]``: somebody sees to an alarm, so nobody further up is told."""

from __future__ import annotations

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option


@click.command("ack")
@click.argument("run")
@click.argument("alarm", required=False, default="")
@as_option
def command(run: str, alarm: str, claimed: str | None) -> int:
    """Acknowledge an alarm, by its id or the step or gate that it is about; without, the oldest,
    or where only the remote alarms all that was refused there.

    Its ladder stops: nobody further up is told.
    """
    from runbook_tui.cli.opening import ask, taking_part
    from runbook_tui.cli.reading import run_named
    from runbook_tui.run import tampering
    from runbook_tui.run.alarms import alarms, find
    from runbook_tui.run.requests import Acknowledge

    chosen = run_named(run)
    with taking_part(chosen, actor(claimed)) as session:
        now, state = session.now(), session.state
        found = find(state, alarm, now)
        remote = {} if found is not None else tampering.named(state, alarm)
        if found is None and not remote:
            known = [f"  {one.id}: {one.words}" for one in alarms(state, now)]
            known += [f"  {id_}: {tampering.in_words(one)}"
                      for id_, one in tampering.unseen(state).items()]  # fmt: skip
            if alarm and known:
                raise Ended(exits.USAGE, f"there is no open alarm “{alarm}”", "\n".join(known))
            say.err(f"{chosen}: nothing alarms anybody now")
            return exits.DONE
        seen = {found.id: found.words} if found is not None else {
            id_: tampering.in_words(one) for id_, one in remote.items()
        }  # fmt: skip
        for id_, words in seen.items():
            ask(session, Acknowledge(alarm=id_))
            say.err(f"{chosen}: you see to it: {words}", colour="green")
    return exits.DONE
