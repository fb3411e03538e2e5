"""Times of events as numbers."""

from __future__ import annotations

from datetime import UTC, datetime


def epoch(at: str) -> float:
    """Seconds since the epoch of an event's UTC time."""
    return datetime.fromisoformat(at).timestamp()


def utc(seconds: float) -> str:
    """Seconds since the epoch as events have them."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def ended_at(at: str, ended: str | None) -> float:
    """When it ended what an event of ``at`` is about: earlier, where nobody looked on then."""
    recorded = epoch(at)
    return min(recorded, epoch(ended)) if ended else recorded
