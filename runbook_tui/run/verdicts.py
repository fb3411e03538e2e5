"""Decisions on a node that stand: who approved, who rejected, and whether it is enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from runbook_tui.book.model import Gate
from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor
from runbook_tui.run.people import different


@frozen
class Signoff:
    """A decision on a node: on its gate (``for_gate``), or on the sign-off that closes it."""

    node: str
    role: str
    decision: str
    comment: str
    by: Actor
    at: float
    seq: int
    for_gate: bool = False
    signed_digest: str = ""
    signature: str = ""
    late: bool = False
    """Whether it came after the time that the plan gives for it."""
    instead: int = 0
    """The event of the same person's decision in whose place this one stands; 0 = none."""
    heads: Mapping[str, str] = field(default_factory=dict)
    """The heads of pull requests, by number, that it was given for."""

    @property
    def approved(self) -> bool:
        """Whether it says yes."""
        return self.decision == "approved"


def standing(signoffs: Iterable[Signoff]) -> list[Signoff]:
    """Each person's last decision in each role, of those on one thing."""
    return list({(s.by.key, s.role): s for s in signoffs}.values())


def missing(counted: Iterable[Signoff], asked: Gate, role: str) -> int:
    """How many people must still approve in a role; claims that may be one person count once."""
    approved = different(s.by for s in counted if s.approved and s.role == role)
    return max(0, asked.count - len(approved))


def rejections(counted: Iterable[Signoff], asked: Gate) -> list[Signoff]:
    """Rejections that stand in a role that is asked for, the newest last."""
    found = [s for s in counted if not s.approved and s.role in asked.roles]
    return sorted(found, key=lambda s: s.seq)


def enough(counted: Iterable[Signoff], asked: Gate) -> bool:
    """Whether everybody has approved who must, and nobody's rejection stands."""
    given = list(counted)
    if rejections(given, asked):
        return False
    return all(missing(given, asked, role) == 0 for role in asked.roles)


def rejected(counted: Iterable[Signoff], asked: Gate) -> str:
    """“rejected by Bob (comment)” for every rejection that stands; empty where none does."""
    said = []
    for given in rejections(counted, asked):
        words = " ".join(given.comment.split())
        said.append(f"{given.by.name} ({words})" if words else given.by.name)
    return f"rejected by {', '.join(said)}" if said else ""
