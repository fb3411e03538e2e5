"""Times of events as numbers."""

from __future__ import annotations

from datetime import datetime


def epoch(at: str) -> float:
    """Seconds since the epoch of an event's UTC time."""
    return datetime.fromisoformat(at).timestamp()
