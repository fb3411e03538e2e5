"""Durations as plans write them (``90s``, ``15m``, ``1h30m``, ``1d``) and as screens show them."""

from __future__ import annotations

import re

UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
PATTERN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def parse_duration(text: str) -> float:
    """Seconds; raises ValueError with what is allowed."""
    match = PATTERN.fullmatch(text.strip())
    if not text.strip() or match is None:
        raise ValueError(f"“{text}” is no duration; write 90s, 15m, 2h, 1d or 1h30m")
    parts = (int(part) if part else 0 for part in match.groups())
    return float(sum(n * unit for n, unit in zip(parts, UNITS.values(), strict=True)))


def write_duration(seconds: float) -> str:
    """The shortest text that `parse_duration` reads back; whole seconds."""
    left = round(seconds)
    words = []
    for unit, size in UNITS.items():
        count, left = divmod(left, size)
        if count:
            words.append(f"{count}{unit}")
    return "".join(words) or "0s"


def clock(seconds: float) -> str:
    """A running time as ``m:ss`` or ``h:mm:ss``."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def spoken(seconds: float) -> str:
    """A duration in short words: ``12 s``, ``3 m 40 s``, ``4 h 10 m``, ``2 d 3 h``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, left = divmod(whole, 60)
        return f"{minutes} m {left} s" if left else f"{minutes} m"
    if whole < 86400:
        hours, left = divmod(whole // 60, 60)
        return f"{hours} h {left} m" if left else f"{hours} h"
    days, left = divmod(whole // 3600, 24)
    return f"{days} d {left} h" if left else f"{days} d"


def window(start: float, end: float, dash: str = "–") -> str:
    """A window between two times in seconds, in the largest unit that says both in whole numbers:
    ``0–2 min``, ``0–1 h``, ``1–7 d``."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if end >= size and not end % size and not start % size:
            return f"{start / size:g}{dash}{end / size:g} {unit}"
    return f"{start:g}{dash}{end:g} s"
