"""Decisions on a node that stand: who approved, who rejected, and whether it is enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runbook_tui.book.model import Gate
from runbook_tui.run.events import Actor
from runbook_tui.run.people import different


@dataclass(frozen=True, slots=True, kw_only=True)
class Signoff:
    """A decision on a node. ``void`` once a rollback or a changed plan took its ground away."""

    node: str
    role: str
    decision: str
    comment: str
    by: Actor
    at: float
    seq: int
    signed_digest: str = ""


def standing(signoffs: Iterable[Signoff], node: str, role: str = "") -> list[Signoff]:
    """Each person's last decision on a node in each role, or in one."""
    latest = {
        (s.by.key, s.role): s for s in signoffs if s.node == node and role in {"", s.role}
    }  # fmt: skip
    return list(latest.values())


def missing(signoffs: Iterable[Signoff], node: str, asked: Gate, role: str) -> int:
    """How many people must still approve in a role; claims that may be one person count once."""
    found = standing(signoffs, node, role)
    approved = different(s.by for s in found if s.decision == "approved")
    return max(0, asked.count - len(approved))


def rejections(signoffs: Iterable[Signoff], node: str, asked: Gate) -> list[Signoff]:
    """Rejections that stand in a role that is asked for, the newest last."""
    found = [s for s in standing(signoffs, node)
             if s.decision == "rejected" and s.role in asked.roles]  # fmt: skip
    return sorted(found, key=lambda s: s.seq)


def enough(signoffs: Iterable[Signoff], node: str, asked: Gate) -> bool:
    """Whether everybody has approved who must, and nobody's rejection stands."""
    given = list(signoffs)
    if rejections(given, node, asked):
        return False
    return all(missing(given, node, asked, role) == 0 for role in asked.roles)


def rejected(signoffs: Iterable[Signoff], node: str, asked: Gate) -> str:
    """“rejected by Bob (comment)” for every rejection that stands; empty where none does."""
    said = []
    for given in rejections(signoffs, node, asked):
        words = " ".join(given.comment.split())
        said.append(f"{given.by.name} ({words})" if words else given.by.name)
    return f"rejected by {', '.join(said)}" if said else ""
