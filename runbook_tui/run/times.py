"""Times of events as numbers, and in words."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def epoch(at: str) -> float:
    """Seconds since the epoch of an event's UTC time."""
    return datetime.fromisoformat(at).timestamp()


def said(at: float, now: float, zone: tzinfo | None = None) -> str:
    """A moment for a person: ``16:05``, with the day where that is not today's.

    ``zone`` is the person's; None is that of this machine.
    """
    local, today = (datetime.fromtimestamp(t, UTC).astimezone(zone) for t in (at, now))
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%d %b %H:%M}" if abs(at - now) < YEAR else f"{local:%d %b %Y %H:%M}"


def day_of(at: float, started: float, zone: tzinfo | None = None) -> int:
    """Which day of a run it is, by the calendar of the person: 1 is that of its start."""
    begun, now = (datetime.fromtimestamp(t, UTC).astimezone(zone) for t in (started, at))
    return max(1, (now.date() - begun.date()).days + 1)


YEAR = 300 * 86400.0


def utc(seconds: float) -> str:
    """Seconds since the epoch as events have them."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def ended_at(at: str, ended: str | None) -> float:
    """When it ended what an event of ``at`` is about: earlier, where nobody looked on then."""
    recorded = epoch(at)
    return min(recorded, epoch(ended)) if ended else recorded
