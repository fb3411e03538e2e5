"""What is told holds no secret's value."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 4
"""Characters below which a secret's value stands in too many texts by chance."""


def masked(text: str, values: Iterable[str]) -> str:
    """The text without these values."""
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= SHORTEST:
            text = text.replace(value, "***")
    return text
