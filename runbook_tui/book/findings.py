"""What a reader says about a plan: findings, which never stop a run, and faults, which do.

``source`` is the file that a plan takes in and that the line belongs to; empty for the plan's own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something the reader noticed in a plan; it never stops a run."""

    code: str
    message: str
    severity: str = "warning"
    line: int = 0
    column: int = 1
    related_line: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that keeps a plan from being run."""

    message: str
    line: int = 1
    column: int = 1
    hint: str = ""
    source: str = ""


class PlanFaults(Exception):
    """A plan that cannot be run; carries every fault at once, those of the plan's own text first.

    ``source`` is the plan's own name.
    """

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{source}: {len(faults)} fault(s)")
        self.source = source
        self.faults = tuple(sorted(faults, key=lambda f: (f.source, f.line, f.column)))
