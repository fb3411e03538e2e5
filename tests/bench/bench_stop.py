"""What is left of a tree of 200 that replace themselves when they are asked to end, and how long
their end takes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.long.crowds import respawners

TREE = 200


def main(rounds: int = 3) -> None:
    """Print the survivors and the time."""
    survivors: list[str] = []
    worst = 0.0
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as place:
            took, left = respawners(Path(place), TREE)
        worst = max(worst, took)
        survivors += left
    print(f"stop, {rounds} trees of {TREE} respawning: {survivors or 'no survivor'}")
    print(f"  the longest took {worst:.2f} s, of which 0.3 s are the grace")
