"""When events happened, on one scale: durations hold across suspend and a clock that is set.

An event has the time of day and, within one boot of one machine, seconds of a clock that nobody
sets and that goes on while the machine sleeps. The latter says how long things took. Where the
time of day jumped against it, somebody has set the clock, and what was before is moved to how the
clock shows it since: “began 5 minutes ago” stays true, and no time of day on the screen is one
that the clock on the wall contradicts. What the journal holds is not touched.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from runbook_tui.frozen import frozen
from runbook_tui.run import events as e
from runbook_tui.run.events import Event
from runbook_tui.run.times import epoch

SET = 1.0
"""Seconds by which the time of day must jump for the clock to have been set."""
LEADING = (e.RunStarted, e.RunResumed, e.LeadHandedOver)
"""What is recorded by whoever leads: their machine's clock is the one that counts."""


@frozen
class Frame:
    """A machine's clock: the time of day is ``offset`` and its monotonic time, within ``boot``."""

    boot: str
    host: str
    offset: float


@frozen(kw_only=False)
class Placed:
    """When an event happened (epoch seconds), and by how much what was before it is to be moved."""

    at: float
    moved: float
    frame: Frame | None


def placed(event: Event, frame: Frame | None, last: float) -> Placed:
    """An event on the scale; ``last`` is when the one before it happened."""
    wall = epoch(event.at)
    if not event.boot:
        return Placed(wall, 0.0, frame)
    jump = 0.0
    if frame is not None and event.boot == frame.boot:
        steady = frame.offset + event.mono
        jump = wall - steady
        if abs(jump) < SET:
            return Placed(steady, 0.0, frame)
    own = Frame(boot=event.boot, host=event.actor.host, offset=wall - event.mono)
    if frame is None or event.boot == frame.boot:
        return Placed(wall, jump, own)
    if own.host == frame.host or isinstance(event.payload, LEADING):
        # Nothing counts across a reboot but the time of day; only backwards it cannot have gone.
        return Placed(wall, min(0.0, wall - last), own)
    return Placed(wall, 0.0, frame)


def now_in(frame: Frame | None, *, wall: float, mono: float, boot: str) -> float:
    """What a machine's clocks say, on the scale of the run."""
    same = frame is not None and boot and boot == frame.boot
    return frame.offset + mono if frame is not None and same else wall


@frozen(kw_only=False)
class ClockSet:
    """The clock was set before event ``seq``, by so many seconds; negative is back."""

    seq: int
    by: float


def steadied(events: Iterable[Event]) -> tuple[list[Event], list[ClockSet]]:
    """The events with times on the scale as it is at their end, and where the clock was set."""
    frame, last = None, 0.0
    times: list[tuple[Event, float, float]] = []
    jumps: list[ClockSet] = []
    whole = 0.0
    for event in events:
        found = placed(event, frame, last)
        frame, last = found.frame, found.at
        whole += found.moved
        if found.moved:
            jumps.append(ClockSet(event.seq, found.moved))
        times.append((event, found.at, whole))
    return [_at(event, at + whole - then) for event, at, then in times], jumps


def _at(event: Event, seconds: float) -> Event:
    by = seconds - epoch(event.at)
    if not by:
        return event
    payload: Any = event.payload
    if ended := getattr(payload, "ended", None):
        payload = dataclasses.replace(payload, ended=_exact(epoch(ended) + by))
    return dataclasses.replace(event, at=_exact(seconds), payload=payload)


def _exact(seconds: float) -> str:
    """A time as an event's, to the microsecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def moved(value: Any, by: float, names: Iterable[str] = ("at",)) -> Any:
    """A value with its times moved by so many seconds; those that are None stay so."""
    times = {name: time + by for name in names if (time := getattr(value, name)) is not None}
    return dataclasses.replace(value, **times)
