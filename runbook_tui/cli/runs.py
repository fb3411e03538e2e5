"""``runbook runs``: open and past runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from runbook_tui.book.plain_text import printable
from runbook_tui.cli import exits, say, unknown
from runbook_tui.cli.choosing import Glance, glances
from runbook_tui.cli.filters import STATES, RunFilter, shared

if TYPE_CHECKING:
    from runbook_tui.run.follow_up import FollowUp
    from runbook_tui.run.sharing_events import VoteRefused
    from runbook_tui.run.state import RunState

SHORTEST = 10
"""Characters of a title that are shown however narrow the terminal is."""

WIDE = 100


@click.command("runs")
@click.option("--json", "as_json", is_flag=True, help="as one JSON list")
@click.option("--plan", metavar="TEXT", default="", help="of this plan; part of title or file name")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(STATES),
    help="that stand like this; given again: or like that",
)
@click.option("--step", metavar="ID", help="in which this step was ever started")
@shared
def command(
    as_json: bool,
    plan: str,
    states: tuple[str, ...],
    since: float | None,
    person: str | None,
    step: str | None,
    limit: int | None,
) -> int:
    """Open and past runs, newest first; all of them, or those that every option given fits.

    ``--since`` are those in which something has happened since then.
    """
    wanted = RunFilter(plan=plan, states=states, since=since, person=person or "", step=step or "")
    from runbook_tui.cli.reading import reading

    folders = unknown.folders()
    with reading() as journal:
        everything = glances(journal)
    found = [run for run in everything if wanted.passes(run)][:limit]
    if lost := unknown.said(folders, (run.entry.run for run in everything)):
        say.err(lost, colour="red")
    if as_json:
        click.echo(json.dumps([as_values(run) for run in found], ensure_ascii=True, indent=1))
        return exits.DONE
    if everything and not found:
        say.err(f"none of {len(everything)} runs fits; `runbook runs` lists all")
    elif not found and not lost:
        say.err("there are no runs yet; `runbook run FILE` starts one")
    for run in found:
        say.out(line(run))
    return exits.DONE


def line(run: Glance, indent: int = 0) -> str:
    """One run as a line of text; on a terminal it fits into one row."""
    undo = f"  {undo_words(run)}" if run.to_undo else ""
    if left := follow_words(run):
        undo += f"  {left}"
    if late := _void(run):
        undo += f"  {len(late)} sign-off{'' if len(late) == 1 else 's'} to be signed again"
    wide = say.columns()
    # A run's id begins with its day.
    narrow = wide is not None and wide < WIDE
    when = say.clock(run.began)[:5] if narrow else say.moment(run.began)
    fixed = f"{run.entry.run}  {when}  {run.word:<{0 if narrow else 11}}  "
    lead = run.lead if wide is None else run.lead.partition(" <")[0]
    last = f"  ({lead}){undo}"
    room = None if wide is None else max(SHORTEST, wide - indent - len(fixed) - len(last))
    return f"{fixed}{printable(run.entry.title, room)}{last}"


def undo_words(run: Glance) -> str:
    """What a rollback finds, counted as the screen counts it: ``↶ 4 ready, 1 by hand``."""
    from runbook_tui import wiring
    from runbook_tui.run.readiness import counted
    from runbook_tui.run.rollback import plan

    if run.outside:
        return f"{len(run.to_undo)} to undo after a rollback without the journal"
    state = wiring.state_of(run.entry.run)
    if state is None:
        return f"{len(run.to_undo)} to undo"
    words = counted(plan(state, "run", ""))
    return f"↶ {words}" if words else ""


def follow_words(run: Glance) -> str:
    """``follow-up 3/12``, and whether it is overdue; empty where a rollback left nothing to do."""
    from runbook_tui import wiring

    state = _rolled_back(run)
    found = _follow_up(state)
    if state is None or found is None or not found.open:
        return ""
    late = ", overdue" if found.due is not None and found.due < wiring.now(state) else ""
    return f"follow-up {found.of - len(found.open)}/{found.of}{late}"


def _void(run: Glance) -> tuple[VoteRefused, ...]:
    """Signed decisions from other machines that came too late and were not given anew."""
    from runbook_tui import wiring

    if not run.refused or run.finished:
        return ()
    from runbook_tui.run.void_votes import void

    state = wiring.state_of(run.entry.run)
    return void(state) if state is not None else ()


def _rolled_back(run: Glance) -> RunState | None:
    from runbook_tui import wiring

    return wiring.state_of(run.entry.run) if run.rolled_back else None


def _follow_up(state: RunState | None) -> FollowUp | None:
    from runbook_tui.run.follow_up import follow_up

    return follow_up(state) if state is not None else None


def _follow_up_values(run: Glance) -> dict[str, object] | None:
    found = _follow_up(_rolled_back(run))
    if found is None:
        return None
    due = None if found.due is None else datetime.fromtimestamp(found.due, UTC).isoformat()
    return {"open": [duty.id for duty in found.open], "of": found.of, "due": due}


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def as_values(run: Glance) -> dict[str, object]:
    """One run as JSON values."""
    return {
        "run": run.entry.run,
        "title": run.entry.title,
        "source": run.entry.source,
        "digest": run.entry.digest,
        "opened_at": run.entry.opened_at,
        "events": run.entry.events,
        "head": run.entry.head,
        "status": run.word,
        "lead": run.lead,
        "finished": run.finished,
        "started_at": _moment(run.began),
        "touched_at": _moment(run.touched),
        "people": list(run.people),
        "rehearsal": run.rehearsal,
        "result": run.result,
        "rolled_back": run.rolled_back,
        "rolling_back": run.rolling_back,
        "running": len(run.running),
        "to_undo": list(run.to_undo),
        "follow_up": _follow_up_values(run),
        "void_signoffs": [
            {
                "node": one.node,
                "role": one.role,
                "name": one.name,
                "email": one.email,
                "decision": one.decision,
            }
            for one in _void(run)
        ],
    }
