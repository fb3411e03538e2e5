"""Whether two people have one key: then a signature of either is no second pair of eyes. Pure.

A list of allowed signers may name several mails for one key, and one person has all of them.
"""

from __future__ import annotations

from functools import lru_cache

from runbook_tui.run.events import Actor
from runbook_tui.run.people import same
from runbook_tui.run.state import RunState
from runbook_tui.run.statement import fingerprint, principal
from runbook_tui.run.verdicts import Signoff

KINDS = ("ssh-", "ecdsa-", "sk-")
AUTHORITY = "cert-authority"
ANY_OF = frozenset("*?!")
NOBODYS: frozenset[str] = frozenset()


def one_person(state: RunState, one: Actor, other: Actor) -> bool:
    """Whether two claims may be one person: as `people.same` says, or they share a key."""
    if same(one, other):
        return True
    known = _keys(_signers(state))
    mine = known.get(principal(one).casefold(), NOBODYS)
    return not mine.isdisjoint(known.get(principal(other).casefold(), NOBODYS))


def one_signer(state: RunState, one: Signoff, other: Signoff) -> bool:
    """Whether two decisions may be by one person: or they were signed with one key, whatever
    pattern of the list has allowed it."""
    if one.signature and other.signature:
        key = fingerprint(one.signature)
        if key and key == fingerprint(other.signature):
            return True
    return one_person(state, one.by, other.by)


def _signers(state: RunState) -> str:
    return (state.begun.allowed_signers or "") if state.begun is not None else ""


@lru_cache(maxsize=8)
def _keys(signers: str) -> dict[str, frozenset[str]]:
    """The keys of everybody whom the list names; who is meant by a pattern, or by an authority's
    certificates, are different people."""
    found: dict[str, set[str]] = {}
    for line in signers.splitlines():
        words = line.split()
        kinds = [n for n, word in enumerate(words) if n and word.startswith(KINDS)]
        if line.startswith("#") or not kinds or kinds[0] + 1 >= len(words):
            continue
        if any(AUTHORITY in word for word in words[1 : kinds[0]]):
            continue
        for name in words[0].strip('"').split(","):
            if name and not ANY_OF & set(name):
                found.setdefault(name.casefold(), set()).add(words[kinds[0] + 1])
    return {name: frozenset(keys) for name, keys in found.items()}
