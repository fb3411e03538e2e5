"""Which run is resumed when nobody names one, and whose lead it was: never without a word."""

from __future__ import annotations

from dataclasses import dataclass

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import Glance, choose, glances
from runbook_tui.cli.exits import Ended
from runbook_tui.run.events import Actor


@dataclass(frozen=True, kw_only=True)
class Taking:
    """The run that a person is about to lead, and what they are told of that.

    ``question`` is empty where nobody has to be asked.
    """

    run: str
    chosen: tuple[str, ...] = ()
    """What was chosen for them, in lines."""
    handed: str = ""
    """That the lead changes."""
    question: str = ""

    @property
    def words(self) -> str:
        """The same in one line, for a screen."""
        others = len(self.chosen) - 2
        chosen = f"took the newest open run of {others + 1}; `runbook runs` lists them"
        return "; ".join(filter(None, (chosen if self.chosen else "", self.handed)))


def look(name: str | None, who: Actor) -> Taking:
    """Which run is meant, and what there is to say of that; nothing is said or changed yet."""
    from runbook_tui.cli.reading import reading

    with reading() as journal:
        run = choose(journal, name)
        found = glances(journal)
    mine = next(glance for glance in found if glance.entry.run == run)
    others = [g for g in found if g is not mine and not g.finished] if name is None else []
    chosen = (f"took the newest open run: {_line(mine)}", "also open:",
              *(f"  {_line(other)}" for other in others)) if others else ()  # fmt: skip
    if not _changes_hands(mine, who) or _led_now(run):
        return Taking(run=run, chosen=chosen)
    handed = f"the lead of {run} goes from {mine.lead} to {who.identity}; that is recorded"
    question = f"Lead “{mine.entry.title}”?" if name is None else ""
    return Taking(run=run, chosen=chosen, handed=handed, question=question)


def agreed(taking: Taking, *, may_ask: bool) -> str:
    """Say what was found, and ask where the lead changes and nobody named the run; its id.

    Raises `Ended` (7) where they do not want it.
    """
    for line in filter(None, (*taking.chosen, taking.handed)):
        say.err(line)
    if taking.question and may_ask:
        from runbook_tui.cli.values import confirmed

        if not confirmed(taking.question):
            raise Ended(exits.WAITING, "nothing was changed", "name the run: runbook resume RUN")
    return taking.run


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
