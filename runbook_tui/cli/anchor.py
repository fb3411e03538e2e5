"""``runbook anchor [RUN]``: a run's head is written down where the journal's owner has no say; and
such a hash as it may be given on the command line."""

from __future__ import annotations

import re

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option

ANCHOR = re.compile(r"[0-9a-fA-F]{16,64}")


class Anchor(click.ParamType[str]):
    """An event's hash or at least its first 16 digits; anything else is a slip of the pen."""

    name = "hash"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The hash without the blanks around it."""
        if not ANCHOR.fullmatch(value.strip()):
            self.fail(
                f"“{value}” is no hash: an anchor is what `runbook verify` prints behind a run,"
                " 64 digits of 0-9 and a-f, or at least its first 16",
                param,
                ctx,
            )
        return value.strip()


@click.command("anchor")
@click.argument("run", required=False)
@click.option("--push", "remote", metavar="REMOTE", help="send the notes to a remote as well")
@as_option
def command(run: str | None, remote: str | None, claimed: str | None) -> int:
    """Note the head of a run on the git commit of its plan, in refs/notes/runbook.

    `runbook verify` compares what the notes say. Nothing is sent anywhere without --push.
    """
    from runbook_tui import wiring
    from runbook_tui.cli.choosing import choose
    from runbook_tui.cli.reading import reading
    from runbook_tui.run.events import RunStarted
    from runbook_tui.session.noting import NotNoted

    with reading() as journal:
        chosen = choose(journal, run)
        events = journal.events(chosen)
    begun = events[0].payload
    assert isinstance(begun, RunStarted)
    notes = wiring.notes()
    try:
        folder = notes.add(begun, events[-1], actor(claimed))
        if remote is not None:
            notes.push(folder, remote)
    except NotNoted as error:
        raise Ended(exits.USAGE, str(error), error.hint) from None
    where = f" and sent to {remote}" if remote else ""
    say.err(f"{chosen}: event {events[-1].seq} is noted in {folder}{where}", colour="green")
    say.out(events[-1].hash)
    return exits.DONE
