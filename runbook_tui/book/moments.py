"""Moments as plans write them: ``day 7``, ``day 2 18:00``, ``18:00``, ``2026-11-26 18:00``, ``4h``.

A plan is written once and carried out on some day: day 1 is the day on which a run starts. Without
a zone (``Z``, ``+02:00``) a moment is in the time of the person who looks. Pure.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from runbook_tui.book.durations import parse_duration
from runbook_tui.frozen import frozen

CLOCK = r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
ZONE = r"\s*(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?"
DAY = re.compile(rf"day\s+(?P<day>[1-9]\d{{0,3}})(?:[\s,]+{CLOCK}{ZONE})?", re.IGNORECASE)
DATE = re.compile(rf"(?P<date>\d{{4}}-\d\d-\d\d)(?:[T\s]+{CLOCK}{ZONE})?", re.IGNORECASE)
TIME = re.compile(rf"{CLOCK}{ZONE}", re.IGNORECASE)
YEARS = range(1970, 9000)
LONGEST = 100 * 366 * 86400.0
ALLOWED = "“day 7”, “day 2 18:00”, “18:00”, “2026-11-26 18:00+01:00” or “4h” after the start"


@frozen
class Moment:
    """A moment of a run: on ``day`` (1 is the first) or ``date``, or ``after`` its start (seconds).

    ``clock`` is seconds of that day, None where only the day is said.
    """

    day: int | None = None
    date: date | None = None
    after: float | None = None
    clock: float | None = None
    zone: timezone | None = None

    def resolve(self, started: float, *, end: bool = False, zone: tzinfo | None = None) -> float:
        """Epoch seconds, for a run that started then. ``end``: a day alone means its end; a time
        of day that was over when the run started means the next day's.

        ``zone`` is the person's; None is that of this machine.
        """
        if self.after is not None:
            return started + self.after
        place = self.zone or zone
        begun = datetime.fromtimestamp(started, UTC).astimezone(place)
        day = self.date or begun.date() + timedelta(days=(self.day or 1) - 1)
        if self.clock is None:
            return _at(day + timedelta(days=1) if end else day, 0, place)
        at = _at(day, self.clock, place)
        if end and self.date is None and self.day is None and at <= started:
            return _at(day + timedelta(days=1), self.clock, place)
        return at


def parse_moment(text: str) -> Moment | None:
    """The moment that a text names; None where it names none (``after lunch``)."""
    text = " ".join(text.split())
    try:
        return _parsed(text)
    except ValueError:
        return None


def _parsed(text: str) -> Moment:
    """The same; raises ValueError where it names none."""
    if found := DAY.fullmatch(text):
        return Moment(day=int(found["day"]), clock=_clock(found), zone=_zone(found))
    if found := DATE.fullmatch(text):
        on = date.fromisoformat(found["date"])
        if on.year not in YEARS:
            raise ValueError(text)
        return Moment(date=on, clock=_clock(found), zone=_zone(found))
    if found := TIME.fullmatch(text):
        return Moment(clock=_clock(found), zone=_zone(found))
    after = parse_duration(text.removeprefix("+"))
    if after > LONGEST:
        raise ValueError(text)
    return Moment(after=after)


def _at(day: date, seconds: float, zone: tzinfo | None) -> float:
    # By the clock on the wall: a day on which it is put forward has 23 hours.
    more, rest = divmod(round(seconds), 86400)
    wall = time(rest // 3600, rest // 60 % 60, rest % 60)
    found = datetime.combine(day + timedelta(days=more), wall)
    return found.replace(tzinfo=zone).timestamp() if zone is not None else found.timestamp()


def _clock(found: re.Match[str]) -> float | None:
    if found["hour"] is None:
        return None
    return int(found["hour"]) * 3600.0 + int(found["minute"]) * 60 + int(found["second"] or 0)


def _zone(found: re.Match[str]) -> timezone | None:
    text = found["zone"]
    if text is None:
        return None
    if text.upper() in {"Z", "UTC"}:
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
