"""The smallest terminal on which everything is drawn; below it there is what brings a run back."""

from __future__ import annotations

from textual.geometry import Size

SMALLEST = Size(60, 16)


def too_small(size: Size) -> bool:
    """Whether not everything can be drawn on this many columns and rows."""
    return size.width < SMALLEST.width or size.height < SMALLEST.height
