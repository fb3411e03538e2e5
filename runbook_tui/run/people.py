"""People as they claim to be: how a claim is written, and whether two may be one person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from runbook_tui.run.events import Actor

JOINERS = "\u200c\u200d"
"""Invisible, and needed to write names in some scripts; the one thing of its kind let through."""

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of what acts on a line without being seen, or cannot be written at all."""

EXAMPLE = "write it as 'Ada Lovelace <ada@example.com>'"


class NoIdentity(ValueError):
    """A text that names nobody, or could be read as two people."""


def parse_identity(text: str) -> tuple[str, str]:
    """Name and mail of ``Name <mail>``; either may be empty. Raises `NoIdentity`."""
    if any(unicodedata.category(c) in UNSEEN and c not in JOINERS for c in text):
        raise NoIdentity("an identity holds no control characters")
    name, opened, rest = text.strip().partition("<")
    mail, closed, more = rest.partition(">")
    if more or "<" in mail or ">" in name or bool(opened) != bool(closed):
        raise NoIdentity(f"“{text.strip()}” is no identity: one name, and one mail in <…>")
    name, mail = " ".join(name.split()), mail.strip()
    if len(mail.split()) > 1:
        raise NoIdentity(f"“{mail}” is no mail address: there is a blank in it")
    if not name and not mail:
        raise NoIdentity("an identity needs a name")
    return name, mail


def claimed(text: str) -> Actor:
    """The person of a ``Name <mail>``; a text that is none is a name as it stands."""
    try:
        name, mail = parse_identity(text)
    except NoIdentity:
        name, mail = text, ""
    return Actor(name=name or mail, email=mail)


def says_something(text: str) -> bool:
    """Whether a person sees anything of a text: blanks and invisible characters are no reason."""
    return any(unicodedata.category(c)[0] not in "CZ" for c in text)


def same(one: Actor, other: Actor) -> bool:
    """Whether two claims may be one person: the same mail, or the same name where one has none."""
    if one.key == other.key or (one.email and other.email):
        return one.key == other.key
    return _plain(one.name) == _plain(other.name)


def _plain(name: str) -> list[str]:
    """A name without what cannot be seen: case, width, blanks, joiners."""
    text = "".join(c for c in unicodedata.normalize("NFKC", name) if c not in JOINERS)
    return text.casefold().split()


def different(claims: Iterable[Actor]) -> list[Actor]:
    """As many of the claims as are certainly different people; who gives a mail comes first."""
    found: list[Actor] = []
    for claim in sorted(claims, key=lambda c: not c.email):
        if not any(same(claim, other) for other in found):
            found.append(claim)
    return found


def joined(people: tuple[Actor, ...], actor: Actor) -> tuple[Actor, ...]:
    """The people with one more, if nobody among them claims to be exactly that."""
    known = any(person.identity == actor.identity for person in people)
    return people if known else (*people, actor)
