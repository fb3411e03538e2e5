"""Phases by their number in words: “Phase 2”."""

from __future__ import annotations

import re

from runbook_tui.book.model import Phase

PHASE_NUMBER = re.compile(r"\b(?:phase|fase|stage)\s{1,3}(\d{1,4})\b", re.IGNORECASE)


def phase_numbered(text: str, phases: tuple[Phase, ...]) -> Phase | None:
    """The phase that a text names by number: the one titled so, else the one at that place."""
    match = PHASE_NUMBER.search(text)
    return phase_at(int(match.group(1)), phases) if match else None


def phase_at(number: int, phases: tuple[Phase, ...]) -> Phase | None:
    """The phase of a number."""
    titled = [m and int(m.group(1)) for m in (PHASE_NUMBER.search(p.title) for p in phases)]
    if number in titled:
        return phases[titled.index(number)]
    if any(titled):
        return None
    return phases[number - 1] if 0 < number <= len(phases) else None
