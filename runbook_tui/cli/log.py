"""``runbook log [RUN]``: the events of a run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import choose
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.filters import EventFilter, shared
from runbook_tui.cli.words import Title, plain, sentence
from runbook_tui.run.events import Event
from runbook_tui.run.wire import PAYLOADS

if TYPE_CHECKING:
    from runbook_tui.run.outline import Outline
    from runbook_tui.session.ports.journal import Journal

LOOK = 5.0


@click.command("log")
@click.argument("run", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, an event a line")
@click.option("--follow", is_flag=True, help="go on with what is recorded from now on")
@click.option(
    "--type",
    "types",
    metavar="TYPE",
    multiple=True,
    help="of this type (step.started) or kind (step); given again: or of that",
)
@click.option("--step", metavar="ID", help="about this step, check or other node")
@shared
def command(
    run: str | None,
    as_json: bool,
    follow: bool,
    types: tuple[str, ...],
    since: float | None,
    person: str | None,
    step: str | None,
    limit: int | None,
) -> int:
    """What happened in a run, event by event; all of it, or what every option given fits."""
    from runbook_tui.cli.reading import reading

    with reading() as journal:
        chosen = choose(journal, run)
        title = plain if as_json else _titles(chosen)
        events = journal.events(chosen)
        kinds = _kinds(types, {event.type for event in events})
        wanted = EventFilter(
            step=_known(chosen, step), types=kinds, since=since, person=person or ""
        )
        fitting = [event for event in events if wanted.passes(event)]
        _print(fitting[-limit:] if limit else fitting, as_json, title)
        with suppress(KeyboardInterrupt):
            later = _further(journal, chosen, events[-1].seq if events else 0) if follow else ()
            for event in filter(wanted.passes, later):
                _print([event], as_json, title)
    return exits.DONE


def _further(journal: Journal, run: str, seen: int) -> Iterator[Event]:
    """What is recorded of a run from here on, without an end."""
    while True:
        if journal.wait(run, seen, LOOK):
            for event in journal.events(run, seen):
                yield event
                seen = event.seq


def _titles(run: str) -> Title:
    """Nodes by the plan's own words, as far as its reading was kept beside the run."""

    outlines = _outlines(run)

    def title(id_: str) -> str:
        found = (outline.named(id_) for outline in outlines)
        node = next((one for one in found if one is not None), None)
        return f"“{node.title}”" if node is not None else plain(id_)

    return title


def _outlines(run: str) -> list[Outline]:
    """The nodes of the run's plan, then those of the plans before it, as far as they were kept."""
    from runbook_tui import wiring
    from runbook_tui.run.outline import Outline

    newest = wiring.kept_reading(run)
    if newest is None:
        return []
    return [Outline(runbook) for runbook in (newest, *wiring.kept_before(run))]


def _kinds(types: tuple[str, ...], there: Iterable[str]) -> tuple[str, ...]:
    """The types that were asked for; one that no event can have is wrong usage.

    ``there`` are those of the run: a newer program may have recorded some that are not known here.
    """
    kinds = {part for name in (*PAYLOADS, *there) for part in (name, name.partition(".")[0])}
    for wanted in types:
        if wanted not in kinds:
            raise Ended(
                exits.USAGE, f"there are no events of the type “{wanted}”",
                f"there are: {', '.join(sorted(PAYLOADS))}",
            )  # fmt: skip
    return types


def _known(run: str, step: str | None) -> str:
    """The node that was asked for; one that the run's plan does not have is wrong usage."""

    outlines = _outlines(run) if step else []
    if outlines and step and not any(o.named(step) is not None for o in outlines):
        raise Ended(
            exits.USAGE, f"the plan of run {run} has no “{step}”",
            "`runbook show FILE` lists its ids",
        )  # fmt: skip
    return step or ""


def _print(events: Iterable[Event], as_json: bool, title: Title) -> None:
    for event in events:
        if as_json:
            from runbook_tui.journal.jsonl import as_line

            # Only ASCII: what a plan or a command wrote can then not reach the terminal raw.
            click.echo(json.dumps(as_line(event), ensure_ascii=True))
        else:
            say.out(text_line(event, title))
    sys.stdout.flush()


def text_line(event: Event, title: Title = plain) -> str:
    """One event as a line of text."""
    from runbook_tui.run.times import epoch

    return (
        f"{event.seq:>4}  {say.stamp(epoch(event.at))}  {event.type:<18}  {sentence(event, title)}"
    )
