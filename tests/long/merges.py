"""Kill -9 of `git.merge` and all that it has started, at random moments: afterwards it is merged
once or not at all, whether one goes on or takes it back."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.integration.forge.kills import Killed, one_death


@cache
def _killed(place: Path) -> Killed:
    (place / "merges").mkdir()
    return Killed(place / "merges")


def merge_dies(place: Path, seed: int) -> tuple[str, list[str]]:
    """One round; how it went, and what is not right."""
    return one_death(_killed(place), seed, 0.8)
