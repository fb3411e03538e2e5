"""What a run's events say of its watches and of the probes of its boxes, to whoever looks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from runbook_tui.frozen import frozen
from runbook_tui.run.payload import Actor
from runbook_tui.run.watch_events import WatchBreached, WatchSampled
from runbook_tui.run.watching import LETTERS, STANDINGS, Standing

POINTS = 240
"""Points of a watch that a state keeps at most."""


@frozen(kw_only=False)
class Point:
    """One sample that was kept: when (epoch seconds), its value, how the watch stood then."""

    at: float
    value: float | None
    standing: Standing


@frozen
class Watched:
    """A watch as the events tell. ``since`` is when it came to stand as it does (epoch seconds).

    ``seq`` is the event that told of the breach; ``overridden`` the reason for going on all the
    same; ``breach`` what was recorded of it.
    """

    standing: Standing = Standing.UNMEASURED
    since: float | None = None
    value: float | None = None
    reason: str = ""
    seq: int = 0
    breach: WatchBreached | None = None
    overridden: str = ""
    overridden_by: Actor | None = None
    points: tuple[Point, ...] = ()

    @property
    def breached(self) -> bool:
        """Whether it is beyond its threshold."""
        return self.standing is Standing.BREACHED

    @property
    def before_start(self) -> bool:
        """Whether it was so before anything that it is about had begun."""
        return self.breach is not None and bool(self.breach.before_start)

    @property
    def decide_by(self) -> float | None:
        """When somebody is to have decided (epoch seconds); None where nothing waits for that."""
        if not self.breached or self.overridden or self.since is None or self.breach is None:
            return None
        within = self.breach.respond_within
        return None if within is None else self.since + within


NEVER = Watched()


@frozen
class Probed:
    """What the probe of a box said last, and since when (epoch seconds)."""

    holds: bool | None
    at: float
    reason: str = ""


def moved_watched(watched: Mapping[str, Watched], by: float) -> dict[str, Watched]:
    """Watches with every time moved by so many seconds."""
    return {
        id_: dataclasses.replace(
            one,
            since=None if one.since is None else one.since + by,
            points=tuple(Point(p.at + by, p.value, p.standing) for p in one.points),
        )
        for id_, one in watched.items()
    }


def thinned(points: Iterable[Point], most: int) -> tuple[Point, ...]:
    """So many of the points at most, unless more of them are changes of standing: those stay whole.

    Of each stretch the least and the greatest value are kept, and the first and last of all.
    """
    found = tuple(points)
    if len(found) <= most:
        return found
    keep = {0, len(found) - 1}
    keep |= {n for n in range(1, len(found)) if found[n].standing is not found[n - 1].standing}
    stretches = max(1, (most - len(keep)) // 2)
    size = len(found) / stretches
    for number in range(stretches if len(keep) < most else 0):
        part = range(int(number * size), int((number + 1) * size))
        read = [n for n in part if found[n].value is not None]
        if read:
            keep.add(min(read, key=lambda n: found[n].value or 0.0))
            keep.add(max(read, key=lambda n: found[n].value or 0.0))
    return tuple(found[n] for n in sorted(keep))


def written(points: Iterable[Point], now: float) -> list[list[float | str | None]]:
    """Points as an event that happens now keeps them."""
    return [
        [round(p.at - now, 1), None if p.value is None else float(f"{p.value:.6g}"),
         LETTERS.get(p.standing, "u")]
        for p in points
    ]  # fmt: skip


def read(payload: WatchSampled, at: float) -> dict[str, tuple[Point, ...]]:
    """The points of an event that happened at a time; what is no point is passed over."""
    return {
        watch: tuple(point for one in samples if (point := _point(one, at)) is not None)
        for watch, samples in payload.samples.items()
    }


def _point(one: object, at: float) -> Point | None:
    if not isinstance(one, list | tuple) or len(one) != 3:
        return None
    seconds, value, letter = one
    if not isinstance(seconds, int | float) or not isinstance(value, int | float | None):
        return None
    standing = STANDINGS.get(letter, Standing.UNKNOWN) if isinstance(letter, str) else None
    if standing is None:
        return None
    return Point(at + seconds, None if value is None else float(value), standing)
