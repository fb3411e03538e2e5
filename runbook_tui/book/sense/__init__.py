"""The sense of a plan: what in it contradicts itself, or will go wrong when it is carried out.

Looked for only where somebody asks for it (``check``, ``show``), never while a plan is opened.
"""

from __future__ import annotations

from collections.abc import Iterable

from runbook_tui.book.findings import Finding
from runbook_tui.book.model import Runbook
from runbook_tui.book.sense.asking import asking
from runbook_tui.book.sense.calls import calls_of
from runbook_tui.book.sense.counts import counts
from runbook_tui.book.sense.days import days
from runbook_tui.book.sense.destroying import destroying
from runbook_tui.book.sense.environments import environments
from runbook_tui.book.sense.said import Said
from runbook_tui.book.sense.targets import targets
from runbook_tui.book.sense.times import times


def sense(runbook: Runbook, said: Iterable[Said]) -> tuple[Finding, ...]:
    """Every finding on what a plan says as a whole; ``said`` are its sentences."""
    lines, calls = tuple(said), tuple(calls_of(runbook))
    found = (
        *times(runbook, lines),
        *days(runbook, lines),
        *counts(runbook, lines),
        *targets(runbook),
        *environments(calls),
        *asking(calls),
        *destroying(runbook, calls),
    )
    return tuple({(f.code, f.source, f.line, f.related_line): f for f in found}.values())
