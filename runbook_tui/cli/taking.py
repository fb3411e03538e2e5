"""Which run is resumed when nobody names one, and whose lead it was: never without a word."""

from __future__ import annotations

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import Glance, choose, glances
from runbook_tui.cli.exits import Ended
from runbook_tui.run.events import Actor


def taken(name: str | None, who: Actor, *, may_ask: bool) -> str:
    """The run that this person is about to lead; what was chosen for them is said.

    Where nobody named the run and its lead changes, they are asked if they can be; raises
    `Ended` (7) where they do not want it.
    """
    from runbook_tui.cli.opening import reading

    with reading() as journal:
        run = choose(journal, name)
        found = glances(journal)
    mine = next(glance for glance in found if glance.entry.run == run)
    if name is None:
        _say_chosen(mine, [g for g in found if g is not mine and not g.finished])
    if not _changes_hands(mine, who) or _led_now(run):
        return run
    say.err(f"the lead of {run} goes from {mine.lead} to {who.identity}; that is recorded")
    if name is None and may_ask:
        from runbook_tui.cli.values import confirmed

        if not confirmed(f"Lead “{mine.entry.title}”?"):
            raise Ended(exits.WAITING, "nothing was changed", "name the run: runbook resume RUN")
    return run


def _say_chosen(mine: Glance, others: list[Glance]) -> None:
    if not others:
        return
    say.err(f"took the newest open run: {_line(mine)}")
    say.err("also open:")
    for other in others:
        say.err(f"  {_line(other)}")


def _line(run: Glance) -> str:
    return f"{run.entry.run}  {run.word}  {run.entry.title}  ({run.lead})"


def _changes_hands(run: Glance, who: Actor) -> bool:
    from runbook_tui.run.people import NoIdentity, parse_identity

    try:
        name, email = parse_identity(run.lead)
    except NoIdentity:
        return True
    return Actor(name=name, email=email).key != who.key


def _led_now(run: str) -> bool:
    """Whether somebody leads it at this moment; they keep it, and opening the run says so."""
    from runbook_tui import wiring
    from runbook_tui.session.locks import RunLock

    return not RunLock(wiring.settings().run_folder(run) / "lead.lock").free()
