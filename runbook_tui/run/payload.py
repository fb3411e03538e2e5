"""What every event has: whose it is, and what it says."""

from __future__ import annotations

from typing import ClassVar

from runbook_tui.frozen import frozen


@frozen
class Actor:
    """Who did it: the claimed identity (name, email) and the operating system's (user, host)."""

    name: str
    email: str = ""
    user: str = ""
    host: str = ""

    @property
    def identity(self) -> str:
        """``Name <mail>`` as roles list it, or the name alone."""
        return f"{self.name} <{self.email}>" if self.email else self.name

    @property
    def key(self) -> str:
        """What tells people apart: the mail, in whatever case, or where there is none the name."""
        return (self.email or " ".join(self.name.split())).casefold()


@frozen
class Payload:
    """What an event says; ``WIRE`` names it in the journal."""

    WIRE: ClassVar[str] = ""
