"""Who is let in: a link that opens once, and the cookie that its first opening gives. Pure.

Of both only digests are kept, so nothing that this process could show by mistake opens a door.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256

from runbook_tui.frozen import frozen

BYTES = 32
"""Of chance in a token and in a cookie."""


@frozen
class Person:
    """Somebody who is to take part: ``Name <mail>``, and what they may, as `session.guest` says."""

    identity: str
    may: str


class NotLetIn(Exception):
    """Why somebody is not let in, for a page that says so."""


class Door:
    """One person's: its ``path`` is nobody else's, so neither is the cookie that is kept for it."""

    def __init__(self, person: Person, until: float, now: Callable[[], float]) -> None:
        """``until``: when the link opens no more, on the clock ``now``."""
        self.person = person
        self.path = f"/{secrets.token_urlsafe(16)}/"
        self._token = secrets.token_urlsafe(BYTES)
        self._digest = _digest(self._token)
        self._until = until
        self._now = now
        self._cookie = b""

    def link(self, base: str) -> str:
        """The link that opens it, once."""
        return f"{base}{self.path}?token={self._token}"

    @property
    def used(self) -> bool:
        """Whether somebody has come in by it."""
        return bool(self._cookie)

    def open(self, token: str) -> str:
        """Take the token for good; the cookie that is given for it. Raises `NotLetIn`."""
        if not hmac.compare_digest(_digest(token), self._digest):
            raise NotLetIn("This link is not complete, or not one of this page.")
        if self._cookie:
            raise NotLetIn(
                "This link was used already: it opens once. If that was you, go on in the same"
                " browser, below. If it was not, tell whoever sent it to you at once."
            )
        if self._now() > self._until:
            raise NotLetIn("This link was not used in its time, and opens no more.")
        cookie = secrets.token_urlsafe(BYTES)
        self._cookie = _digest(cookie)
        return cookie

    def knows(self, cookie: str) -> bool:
        """Whether that is the cookie it has given."""
        return bool(self._cookie) and hmac.compare_digest(_digest(cookie), self._cookie)


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "replace")).digest()
