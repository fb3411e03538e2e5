"""Signed votes whose place in the record was taken before they came: how long they are waited for.

Whoever gave one signs anew by themselves, as long as their program is open. Once it is not, or
takes too long, the vote is void, and that is said. Pure but for the clock that it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runbook_tui.run.state import RunState
from runbook_tui.run.void_votes import said_since
from runbook_tui.run.votes import Vote

AT_ONCE, ANEW = 5.0, 60.0
"""Seconds of looking at the remote in which it has to be signed anew: by somebody whose program was
not heard of there, and by somebody whose program is open."""
GAP = 10.0
"""Seconds between two looks from which on nobody could have said anything meanwhile."""


@dataclass(slots=True, kw_only=True)
class _Waits:
    vote: Vote
    since: float
    kept: bool


class Overtaken:
    """What waits to be signed anew. Used by one thread; ``mono`` is a clock that never jumps."""

    def __init__(self, mono: Callable[[], float]) -> None:
        self._mono = mono
        self._looked = mono()
        self._waiting: dict[str, _Waits] = {}

    def followed(self, vote: Vote) -> None:
        """Another vote came in that ref: it takes the place of an earlier one on the same thing."""
        for id_, one in list(self._waiting.items()):
            if _thing(one.vote) == _thing(vote) and one.vote.number < vote.number:
                del self._waiting[id_]

    def wait(self, vote: Vote, *, kept: bool = False) -> None:
        """One that is overtaken; ``kept``: since before this program has begun."""
        self._waiting.setdefault(vote.id, _Waits(vote=vote, since=self._mono(), kept=kept))

    def void(
        self, state: RunState, heard: Callable[[str], bool], *, ending: bool = False
    ) -> list[Vote]:
        """Those that nobody waits for any longer; to be asked after each look at the remote.

        ``heard``: whether the program that writes a ref is known to be open. ``ending``: this is
        the last look.
        """
        now = self._mono()
        if (gap := now - self._looked) > GAP:
            for one in self._waiting.values():
                one.since += gap
        self._looked = now
        found: list[Vote] = []
        for id_, one in list(self._waiting.items()):
            alive = heard(one.vote.who)
            patience = ANEW if alive else 0.0 if one.kept or ending else AT_ONCE
            if said_since(state, one.vote):
                del self._waiting[id_]
            elif now - one.since >= patience:
                found.append(self._waiting.pop(id_).vote)
        return found


def _thing(vote: Vote) -> tuple[str, str, str, str]:
    return vote.who, vote.node, vote.role, vote.on
