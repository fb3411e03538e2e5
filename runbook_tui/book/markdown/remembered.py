"""What was said of a line once is not worked out again while its document is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

MOST = 4096
"""Texts that are kept of each question."""
_FORGET: list[Callable[[], None]] = []


Answer = TypeVar("Answer")


def remembered(function: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """A question about a text whose answer depends on that text alone, and never changes."""
    kept = lru_cache(maxsize=MOST)(function)
    _FORGET.append(kept.cache_clear)
    return kept


def forget() -> None:
    """Give the texts free: the document has been read."""
    for clear in _FORGET:
        clear()
