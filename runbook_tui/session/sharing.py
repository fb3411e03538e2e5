"""A run's life on other machines, as a session and a screen see it."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor
from runbook_tui.run.requests import Request
from runbook_tui.run.state import RunState
from runbook_tui.session.answering import Answer
from runbook_tui.session.presence import Here, Presence


@frozen
class SharingStatus:
    """How it stands, in words; ``short`` is the same where there is little room.

    ``away``: the remote is not reached, or not used any more. ``alarm``: what stands on it may
    have been tampered with, and why. ``news`` changes where a person who reads lines has to be
    told: it is the words without any that change by themselves.
    """

    words: str
    short: str
    news: str
    away: bool = False
    alarm: str = ""


class Sharing(Protocol):
    """A run that is mirrored to a remote, or followed from one."""

    @property
    def remote(self) -> str:
        """The remote's address, without a password in it."""

    def standing(self) -> SharingStatus:
        """How it stands now; never waits."""

    @property
    def people(self) -> tuple[Here, ...]:
        """Who looks at the run on other machines, as far as it was heard; never waits."""

    def close(self) -> None:
        """End it; waits for a last push, for a few seconds at most."""

    @property
    def left(self) -> str:
        """What the other side does not have yet, in words; empty where nothing."""


class Elsewhere(Sharing, Protocol):
    """The lead's machine, for a session on another one: nothing is decided here."""

    def ask(self, state: RunState, request: Request, actor: Actor) -> Future[Answer]:
        """Send it as a vote, and answer once the run has it, or says why not; or say at once why
        it cannot be done from here. Returns at once."""


def everybody(presence: Presence, sharing: Sharing | None) -> tuple[Here, ...]:
    """Who looks at a run, here and on other machines; oneself among them. Never waits."""
    local = presence.here
    known = {(one.actor.key, one.user, one.host) for one in local}
    far = sharing.people if sharing is not None else ()
    more = tuple(one for one in far if (one.actor.key, one.user, one.host) not in known)
    return (*local, *more) if more else local
