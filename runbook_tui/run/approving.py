"""An approval at GitHub as a sign-off: whose it is, on what, and whether it is none yet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from runbook_tui.book.model import Change, Gate
from runbook_tui.run.counting import counted
from runbook_tui.run.payload import Actor
from runbook_tui.run.people import NoIdentity, parse_identity
from runbook_tui.run.pull_events import PullSeen
from runbook_tui.run.requests import SignNode
from runbook_tui.run.state import RunState


def approvals(state: RunState, seen: PullSeen) -> Iterator[tuple[Actor, SignNode]]:
    """What is to be asked for in whose name, because of what people have said at GitHub.

    Whether it counts is decided as ever: roles, four eyes, what is signed with a key.
    """
    forge = state.runbook.forge
    if forge is None or seen.state != "open":
        return
    said = [(login, True) for login in seen.approved]
    said += [(login, False) for login in seen.against]
    people = [(login, approve, _person(forge.logins.get(login, ""), login))
              for login, approve in said]  # fmt: skip
    for node, asked, gate in _asking(state, seen.number):
        given = {(s.by.key, s.role): s.approved for s in counted(state, node, gate=gate)}
        for (login, approve, actor), role in product(people, asked.roles):
            # Who has not approved has nothing to take back.
            if actor is None or given.get((actor.key, role), False) is approve:
                continue
            what = "approved" if approve else "changes asked for"
            comment = f"{what} at GitHub by {login}, #{seen.number} at {seen.head[:10]}"
            yield actor, SignNode(node=node, role=role, approve=approve, comment=comment)


def _asking(state: RunState, number: int) -> Iterator[tuple[str, Gate, bool]]:
    """Gates and sign-offs of a pull request's change, and in it, for which GitHub counts."""
    for phase in state.runbook.phases:
        for change in phase.changes:
            if change.pull_request != number:
                continue
            for node in (n for n in state.outline.inside(change.id)):
                item = node.item
                if not isinstance(item, Change) and node.id not in state.outline.steps:
                    continue
                if node.gate is not None and node.gate.github:
                    yield node.id, node.gate, True
                if node.signoff is not None and node.signoff.github:
                    yield node.id, node.signoff, False


def _person(listed: str, login: str) -> Actor | None:
    """Who a login is, as the plan says; None where it says nothing."""
    try:
        name, mail = parse_identity(listed)
    except NoIdentity:
        return None
    return Actor(name=name, email=mail, user=login, host="github") if name else None
