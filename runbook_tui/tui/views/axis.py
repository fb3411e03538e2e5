"""The scale above bars of time: hours of a day, or days and weeks of a calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

DAY = 86_400
STEPS = (60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, DAY, 2 * DAY, 7 * DAY,
         14 * DAY, 28 * DAY, 84 * DAY)  # fmt: skip
"""Seconds between two marks; the first with which their words have room is taken."""
MOST_HOURS = 1.5 * DAY
"""Seconds beyond which a time of day says too little: there are several of each."""


def scale(begin: float, end: float, width: int) -> str:
    """Marks with the local time they stand for in ``width`` cells; each begins at its moment."""
    span = max(1.0, end - begin)
    words: list[tuple[float, str]] = []
    for step in (step for step in STEPS if step >= DAY or span <= MOST_HOURS):
        words = [(at, _said(at, step)) for at in _marks(begin, end, step)]
        longest = max((len(said) for _, said in words), default=0)
        if width * step / span >= longest + 2:
            break
    cells = [" "] * width
    for at, said in words:
        first = int((at - begin) / span * width)
        if first + len(said) <= width:
            cells[first : first + len(said)] = said
    return "".join(cells)


def _marks(begin: float, end: float, step: int) -> list[float]:
    """Full hours, midnights or Mondays by local time, so that the marks are round ones."""
    if (end - begin) / step > 1000:
        return []
    first = datetime.fromtimestamp(begin, UTC).astimezone()
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    if step < DAY:
        since = (first - midnight).total_seconds()
        at = begin + (-since % step)
        return [at + n * step for n in range(int((end - at) // step) + 1)]
    day = midnight - timedelta(days=midnight.weekday()) if step >= 7 * DAY else midnight
    found: list[float] = []
    while day.timestamp() <= end:
        if day.timestamp() >= begin:
            found.append(day.timestamp())
        # By the calendar: a day on which clocks are set is not as long as others.
        day = (day.replace(tzinfo=None) + timedelta(days=step // DAY)).astimezone()
    return found


def _said(at: float, step: int) -> str:
    local = datetime.fromtimestamp(at, UTC).astimezone()
    if step < DAY:
        return f"{local:%H:%M}"
    return f"{local:%a %d}" if step < 7 * DAY else f"{local:%d %b}"
