"""``runbook rollback [RUN]``: the panic path without a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from runbook_tui.book.findings import PlanFaults
from runbook_tui.cli import exits, say
from runbook_tui.cli.asking import hand_over
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import as_option, rescuer
from runbook_tui.cli.tracing import leave_traces
from runbook_tui.cli.values import given
from runbook_tui.cli.wish import Wish, consent
from runbook_tui.run.events import Actor
from runbook_tui.run.late_values import with_values
from runbook_tui.run.requests import SetSeverity
from runbook_tui.run.rollback import only_stopped, plan, without
from runbook_tui.run.scopes import SCOPES, default_scope, scope_node
from runbook_tui.run.state import RunState
from runbook_tui.session.opening import NoSuchRun
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.undo_file import UndoFile

if TYPE_CHECKING:
    from runbook_tui.cli.choosing import Glance


@click.command("rollback")
@click.argument("run", required=False)
@click.option("--scope", type=click.Choice(SCOPES), help="how much; else all since the last gate")
@click.option("--plan", "only_plan", is_flag=True, help="only show it: 0 all ready, 6 not")
@click.option("--yes", is_flag=True, help="start it without asking")
@click.option("--past-floor", is_flag=True, help="also undo what lies before an irreversible step")
@click.option("--sev", type=click.IntRange(1, 3), help="how bad it is: 1 (the worst) to 3")
@click.option("-p", "pairs", multiple=True, metavar="NAME=VALUE", help="a value an undo waits for")
@click.option("--stand-in", "stands_in", is_flag=True, hidden=True)
@as_option
def command(
    run: str | None,
    scope: str | None,
    only_plan: bool,
    yes: bool,
    past_floor: bool,
    sev: int | None,
    pairs: tuple[str, ...],
    stands_in: bool,
    claimed: str | None,
) -> int:
    """Bring it back: what really ran is undone, newest first, and each undo is verified."""
    from runbook_tui import wiring
    from runbook_tui.cli.reading import check_home
    from runbook_tui.session.home import exposed

    if stands_in and run is not None:
        from runbook_tui.cli.standing_in import stand_in

        return stand_in(run, claimed)
    if only_plan and sev is not None:
        raise Ended(exits.USAGE, "--plan only shows it, and records no severity")
    who = rescuer(claimed)
    say.outlive_readers()
    wish = Wish(
        scope=scope, only_plan=only_plan, yes=yes, past_floor=past_floor, severity=sev, pairs=pairs
    )
    try:
        check_home()
        if found := exposed(wiring.settings().home):
            say.err(f"WARNING: {found}", colour="yellow")
        known, chosen = _chosen(run)
        if chosen is not None:
            return _roll_back(chosen, who, wish)
    except (JournalError, PlanFaults, OSError) as error:
        from runbook_tui.cli.without_journal import roll_back

        return roll_back(run, who, error, wish)
    return _unknown(run, known, who, wish)


def _chosen(name: str | None) -> tuple[Mapping[str, int], str | None]:
    """The runs that the journal knows with their events, and the one that is meant, if any is."""
    from runbook_tui.cli.choosing import choose_only
    from runbook_tui.cli.reading import reading

    with reading() as journal:
        known = {entry.run: entry.events for entry in journal.runs()}
        try:
            found = choose_only(journal, name, _to_do, "have something to undo") or choose_only(
                journal, name, lambda run: bool(run.running), "have commands running"
            )
        except NoSuchRun:
            if not _forgotten(name, known):
                raise
            found = None
    return known, found.entry.run if found else None


def _to_do(run: Glance) -> bool:
    """Whether there is something to undo, or an account of a rollback to be entered."""
    return bool(run.to_undo) or run.outside


def _forgotten(name: str | None, known: Mapping[str, int]) -> list[UndoFile]:
    """Undo files that say more than the journal knows: it was lost, cut, or is another one.

    ``known`` is what it knew before; a run that goes on has recorded more.
    """
    from runbook_tui import wiring
    from runbook_tui.cli.without_journal import named
    from runbook_tui.session import emergency

    files = emergency.find(wiring.settings().home / "runs")
    more = [f for f in files if f.items and f.seq > known.get(f.run, -1)]
    if more:
        known = _known()
    return named([f for f in more if f.seq > known.get(f.run, -1)], name)


def _known() -> dict[str, int]:
    """The runs that the journal knows now, with how many events each has."""
    from runbook_tui.cli.reading import reading

    with reading() as journal:
        return {entry.run: entry.events for entry in journal.runs()}


def _unknown(name: str | None, known: Mapping[str, int], who: Actor, wish: Wish) -> int:
    """No run of the journal is meant: perhaps one whose journal was lost, and left its file."""
    from runbook_tui.cli.without_journal import roll_back

    files = _forgotten(name, known)
    if files:
        lost = JournalError("the journal does not know what ran: it was lost, or is another one")
        return roll_back(name, who, lost, wish, files)
    say.out("nothing to roll back")
    return exits.DONE


def _roll_back(run: str, who: Actor, wish: Wish) -> int:
    from runbook_tui import wiring
    from runbook_tui.cli.undo_list import print_plan
    from runbook_tui.cli.undoing import Undoing

    unattended = wish.yes or not say.interactive()
    filed = _filed(run)
    session = wiring.open_session(run, who, leads=False, unattended=unattended)
    state = session.state
    behind = _behind(filed, state)
    if behind is not None:
        from runbook_tui.cli.without_journal import roll_back

        return roll_back(run, who, behind, wish)
    values = given(wish.pairs, state.runbook, state.outline.makers)
    if not wish.only_plan:
        session.help_roll_back()
    planned = None
    if state.rolling_back and not wish.only_plan:
        say.err("a rollback of this run is under way; going on with it")
    else:
        scope, node = _scope(state, wish.scope)
        session.lookout.look_around(checks=wish.only_plan)
        state = with_values(session.foreseen(), values.plain)
        absent = session.absent
        held = tuple(name for name in absent.secrets if name not in values.secret)
        absent = replace(absent, secrets=held)
        planned = without(plan(state, scope, node, wish.past_floor), absent)
        if not planned.items and not only_stopped(state, node):
            say.out("nothing to roll back")
            return exits.DONE
        print_plan(state, planned, session.environment, whole=wish.only_plan)
        if wish.only_plan:
            return exits.DONE if all(i.ready for i in planned.items) else exits.INCOMPLETE
        consent(run, wish)
    session.open()
    try:
        hand_over(session, values)
        undoing = Undoing(session, may_ask=not unattended)
        if not session.state.rolling_back:
            wanted = _scope(session.state, wish.scope)
            undoing.start(*wanted, past_floor=wish.past_floor, planned=planned)
        if wish.severity is not None:
            # It is decided in its turn; the rollback does not wait for it.
            session.ask(SetSeverity(level=wish.severity))
        return undoing.follow()
    finally:
        session.close()
        leave_traces(session.state)


def _filed(run: str) -> int:
    """How many events the run's undo file counts, if it says of any how they are taken back.

    To be asked before the journal is read: what the file counts is recorded by then, while a run
    that goes on records, and files, more than was read before.
    """
    from runbook_tui import wiring
    from runbook_tui.session import undo_file

    try:
        file = undo_file.read(wiring.settings().run_folder(run) / undo_file.NAME)
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    return file.seq if file.items else 0


def _behind(filed: int, state: RunState) -> JournalError | None:
    """Whether the journal has lost events that the run's undo file knows of."""
    if filed <= state.seq:
        return None
    return JournalError(
        f"the journal ends at event {state.seq} of the run, and {filed} were recorded"
    )


def _scope(state: RunState, wished: str | None) -> tuple[str, str]:
    if wished is None:
        return default_scope(state)
    return wished, scope_node(state, wished)
