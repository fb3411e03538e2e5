"""``runbook prune --older-than 90d``: old runs' output is removed, never what was recorded."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass

import click

from runbook_tui.book.durations import parse_duration
from runbook_tui.book.plain_text import printable
from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import Glance, glances
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option
from runbook_tui.run.events import Actor
from runbook_tui.session.ports.journal import Journal
from runbook_tui.session.pruning import Output


class Age(click.ParamType[float]):
    """A length of time as plans write it, in seconds."""

    name = "age"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds."""
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What could be removed, and what is kept and why."""

    old: tuple[tuple[Glance, Output], ...]
    kept: tuple[str, ...]
    changed: bool = False


@click.command("prune")
@click.option("--older-than", "age", type=Age(), required=True, help="such as 90d, since it ended")
@click.option("--yes", is_flag=True, help="do not ask")
@as_option
def command(age: float, yes: bool, claimed: str | None) -> int:
    """Remove the output of commands of runs that have been over for long.

    Events, digests, plans and reports of what happened stay, and the journal still verifies. It
    shows what it would free and asks first. 8 where a run's record does not hold: that one is kept.
    """
    from runbook_tui import wiring
    from runbook_tui.cli.reading import reading
    from runbook_tui.cli.values import confirmed

    who = actor(claimed)
    with reading() as journal:
        found = _found(journal, time.time() - age)
    for line in found.kept:
        say.err(line)
    status = exits.UNVERIFIED if found.changed else exits.DONE
    if not found.old:
        say.err("there is no output of that age to remove")
        return status
    for run, output in found.old:
        say.out(_line(run, output))
    total = sum(output.bytes for _, output in found.old)
    say.out(f"{_runs(len(found.old))}, {say.size(total)}; events and digests stay")
    if not yes:
        if not say.interactive():
            raise Ended(exits.WAITING, "nothing was removed", "say --yes to remove it")
        if not confirmed("Remove this output?"):
            raise Ended(exits.WAITING, "nothing was removed")
    with closing(wiring.journal()) as journal:
        for _, output in found.old:
            _remove(journal, output, who)
    say.err(f"removed {say.size(total)}", colour="green")
    return status


def _found(journal: Journal, before: float) -> Found:
    """The runs that nobody has touched since ``before`` (epoch seconds), with their output."""
    from runbook_tui import wiring

    old: list[tuple[Glance, Output]] = []
    kept: list[str] = []
    changed = False
    for run in glances(journal):
        name = run.entry.run
        if run.touched >= before:
            continue
        output = wiring.output_of(name)
        if not (output.folders or output.files):
            continue
        if not is_over(run):
            kept.append(f"{name} is kept: it is {run.word}")
        elif problems := wiring.verification(journal, name, None).problems:
            # What is wrong may be the one trace of what somebody did.
            kept.append(f"{name} is kept, its record does NOT hold: {problems[0]}")
            changed = True
        else:
            old.append((run, output))
    return Found(old=tuple(old), kept=tuple(kept), changed=changed)


def is_over(run: Glance) -> bool:
    """Whether nothing more is to come of a run: it is finished, or taken back whole."""
    if run.rolling_back or run.running:
        return False
    return run.finished or run.word == "rolled back"


def _line(run: Glance, output: Output) -> str:
    logs = f"{len(output.folders)} log{'' if len(output.folders) == 1 else 's'}"
    if output.files:
        logs += f", {len(output.files)} of evidence"
    title = printable(run.entry.title, 60)
    day = say.moment(run.touched)
    return f"{run.entry.run}  {day}  {run.word:<11}  {logs}, {say.size(output.bytes)}  {title}"


def _remove(journal: Journal, output: Output, who: Actor) -> None:
    from runbook_tui import wiring

    try:
        wiring.prune(journal, output, who)
    except OSError as error:
        raise Ended(
            exits.USAGE,
            f"some of the output of run {output.run} could not be removed: {error}",
            "mend that and say the same again",
        ) from error


def _runs(count: int) -> str:
    return f"{count} run{'' if count == 1 else 's'}"
