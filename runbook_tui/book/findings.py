"""What a reader says about a plan: findings, which never stop a run, and faults, which do.

``source`` is the file that a plan takes in and that the line belongs to; empty for the plan's own.
"""

from __future__ import annotations

from collections.abc import Iterable

from runbook_tui.frozen import frozen

SEVERITIES = ("high", "medium", "low", "info")
"""What may go wrong badly, what may go wrong, what is not right, what is good to know."""


@frozen
class Finding:
    """Something the reader noticed in a plan; it never stops a run.

    ``severity`` is one of `SEVERITIES`; ``related_line`` is the other line that it is about.
    """

    code: str
    message: str
    severity: str = "medium"
    line: int = 0
    column: int = 1
    related_line: int | None = None
    source: str = ""


@frozen
class Fault:
    """Something that keeps a plan from being run."""

    message: str
    line: int = 1
    column: int = 1
    hint: str = ""
    source: str = ""


def by_weight(found: Iterable[Finding]) -> list[Finding]:
    """Findings with the worst first, each weight in the order of the plan."""
    weight = {name: place for place, name in enumerate(SEVERITIES)}
    return sorted(found, key=lambda f: (weight.get(f.severity, 0), f.source, f.line))


class PlanFaults(Exception):
    """A plan that cannot be run; carries every fault at once, those of the plan's own text first.

    ``source`` is the plan's own name.
    """

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{source}: {len(faults)} fault(s)")
        self.source = source
        self.faults = tuple(sorted(faults, key=lambda f: (f.source, f.line, f.column)))
