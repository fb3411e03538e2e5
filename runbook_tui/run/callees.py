"""Whom a plan wants to be called when it goes wrong: boxes to tick, each with an id of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from runbook_tui.book.ids import Ids, slug
from runbook_tui.book.model import Contact, Escalation, Runbook
from runbook_tui.frozen import frozen


@frozen
class Callee:
    """Somebody to call: a contact, or a rung of an escalation ladder (``rung`` 1 is the lowest).

    ``answers`` is the contact that stands for the rung, where the plan has one of that role.
    ``after`` are seconds from the beginning until it is due; None where the plan sets no time.
    """

    id: str
    topic: str
    who: str
    answers: str = ""
    rung: int = 0
    after: float | None = None

    @property
    def person(self) -> str:
        """Who answers, the same for a contact and for a rung that they stand on."""
        return (self.answers or self.who).casefold()

    @property
    def title(self) -> str:
        """Who, and about what."""
        return f"{self.who} ({self.topic})"


def callees(runbook: Runbook, taken: Iterable[str]) -> Mapping[str, Callee]:
    """Everybody by id, contacts first; ids are none of those that are ``taken``."""
    ids = Ids()
    for id_ in taken:
        ids.take(id_)
    answers = {c.role.casefold(): c.who for c in reversed(runbook.contacts)}
    found = [_contact(contact, ids) for contact in runbook.contacts]
    for ladder in runbook.escalations:
        found += _rungs(ladder, answers, ids)
    return {callee.id: callee for callee in found}


def _contact(contact: Contact, ids: Ids) -> Callee:
    return Callee(id=_free(f"call.{slug(contact.role)}", ids), topic=contact.role, who=contact.who)


def _rungs(ladder: Escalation, answers: Mapping[str, str], ids: Ids) -> Iterator[Callee]:
    """The first rung is called at once, each next one when the one before it has had its time."""
    for number, who in enumerate(ladder.ladder):
        yield Callee(
            id=_free(f"call.{slug(ladder.topic)}.{number + 1}", ids),
            topic=ladder.topic,
            who=who,
            answers=answers.get(who.casefold(), ""),
            rung=number + 1,
            after=None if ladder.within is None else number * ladder.within,
        )


def _free(wanted: str, ids: Ids) -> str:
    name, number = wanted, 1
    while not ids.take(name):
        number += 1
        name = f"{wanted}-{number}"
    return name
