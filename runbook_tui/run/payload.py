"""What every event has: whose it is, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What an event says; ``WIRE`` names it in the journal."""

    WIRE: ClassVar[str] = ""
