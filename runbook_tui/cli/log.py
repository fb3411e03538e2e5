"""``runbook log [RUN]``: the events of a run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import choose
from runbook_tui.cli.words import Title, plain, sentence
from runbook_tui.run.events import Event

LOOK = 5.0


@click.command("log")
@click.argument("run", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, an event a line")
@click.option("--follow", is_flag=True, help="go on with what is recorded from now on")
def command(run: str | None, as_json: bool, follow: bool) -> int:
    """What happened in a run, event by event."""
    from runbook_tui.cli.opening import reading

    with reading() as journal:
        chosen = choose(journal, run)
        title = plain if as_json else _titles(chosen)
        seen = _print(journal.events(chosen), as_json, 0, title)
        try:
            while follow:
                if journal.wait(chosen, seen, LOOK):
                    seen = _print(journal.events(chosen, seen), as_json, seen, title)
        except KeyboardInterrupt:
            return exits.DONE
    return exits.DONE


def _titles(run: str) -> Title:
    """Nodes by the plan's own words, as far as its reading was kept beside the run."""
    from runbook_tui import wiring

    runbook = wiring.kept_reading(run)
    if runbook is None:
        return plain
    from runbook_tui.run.outline import Outline

    outline = Outline(runbook)

    def title(id_: str) -> str:
        node = outline.nodes.get(id_) or outline.box(id_)
        return f"“{node.title}”" if node is not None else plain(id_)

    return title


def _print(events: Iterable[Event], as_json: bool, seen: int, title: Title) -> int:
    for event in events:
        seen = event.seq
        if as_json:
            from runbook_tui.journal.jsonl import as_line

            # Only ASCII: what a plan or a command wrote can then not reach the terminal raw.
            click.echo(json.dumps(as_line(event), ensure_ascii=True))
        else:
            say.out(text_line(event, title))
    sys.stdout.flush()
    return seen


def text_line(event: Event, title: Title = plain) -> str:
    """One event as a line of text."""
    from runbook_tui.run.times import epoch

    return (
        f"{event.seq:>4}  {say.stamp(epoch(event.at))}  {event.type:<18}  {sentence(event, title)}"
    )
