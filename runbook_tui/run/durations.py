"""How long steps and undos took in runs of a plan, and what that says of the next time. Pure.

A step's time is that of its last attempt, until what it does itself was done: what it then waited
for others' checks and sign-offs is not its own. Work of hands rests while the lead is away. Only
what went well counts, and a rehearsal does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from runbook_tui.frozen import frozen
from runbook_tui.run import events as e

SLOW = 0.9
"""What is slow: so many of past times were no longer."""
STEP, UNDO = "step", "undo"


@frozen
class Spread:
    """Seconds that something took in ``runs`` past cases: the median, and nine of ten."""

    median: float
    p90: float
    runs: int


@frozen(kw_only=False, eq=False)
class Past:
    """How long the steps of a plan, and their undos, took in past runs, by the steps' ids."""

    steps: Mapping[str, Spread] = field(default_factory=dict)
    undos: Mapping[str, Spread] = field(default_factory=dict)


NO_PAST = Past()


@frozen
class Timing:
    """As much of an event as tells how long things took. ``at`` is epoch seconds, ``mono`` those
    of a clock that nobody sets, within ``boot``; the others are its data's, where it has them."""

    type: str
    step: str
    at: float
    mono: float = 0.0
    boot: str = ""
    kind: str = ""
    result: str = ""
    exit: int | None = None
    seconds: float = 0.0
    rehearse: bool = False
    late: float = 0.0
    """Seconds after the end of what it is about, where nobody looked on then."""


@frozen
class Took:
    """One thing that went well: ``kind`` is `STEP` or `UNDO`."""

    kind: str
    step: str
    seconds: float


TIMED = (
    e.RunStarted, e.RunPaused, e.RunResumed, e.StepStarted, e.StepWaiting, e.StepFinished,
    e.StepSkipped, e.StepRehearsed, e.CommandStarted, e.CommandFinished,
)  # fmt: skip
TYPES = tuple(payload.WIRE for payload in TIMED)
"""Types of the events that are looked at."""


@dataclass(slots=True)
class _Open:
    """A step that was started: ``by_hand`` until it runs a command, ``rested`` while paused."""

    begun: Timing
    by_hand: bool = True
    rested: float = 0.0
    waits: Timing | None = None


def took(timings: Iterable[Timing]) -> Iterator[Took]:
    """What went well in one run, in the order in which it ended."""
    open_: dict[str, _Open] = {}
    paused: Timing | None = None
    for now in timings:
        if now.type == e.RunStarted.WIRE and now.rehearse:
            return
        if now.type == e.RunPaused.WIRE:
            paused = paused or now
        elif now.type == e.RunResumed.WIRE:
            _rest(open_.values(), paused, now)
            paused = None
        elif now.type == e.CommandFinished.WIRE:
            if now.kind == "undo" and now.exit == 0:
                yield Took(kind=UNDO, step=now.step, seconds=now.seconds)
        elif now.type == e.StepStarted.WIRE:
            open_[now.step] = _Open(now)
        elif found := open_.get(now.step):
            yield from _step(open_, found, now)


def _step(open_: dict[str, _Open], found: _Open, now: Timing) -> Iterator[Took]:
    if now.type == e.CommandStarted.WIRE:
        found.by_hand = found.by_hand and now.kind != "run"
    elif now.type == e.StepWaiting.WIRE:
        found.waits = found.waits or now
    else:
        del open_[now.step]
        if now.type == e.StepFinished.WIRE and now.result == "done":
            end = found.waits or now
            whole = between(found.begun, end) - end.late
            rested = found.rested if found.by_hand else 0.0
            yield Took(kind=STEP, step=now.step, seconds=max(0.0, whole - rested))


def _rest(open_: Iterable[_Open], paused: Timing | None, now: Timing) -> None:
    for step in open_:
        if paused is not None and step.waits is None:
            since = paused if paused.at >= step.begun.at else step.begun
            step.rested += between(since, now)


def between(first: Timing, last: Timing) -> float:
    """Seconds between two events: by the steady clock within a boot, else by the time of day."""
    same = first.boot and first.boot == last.boot
    return max(0.0, last.mono - first.mono if same else last.at - first.at)


def spread(seconds: Sequence[float]) -> Spread:
    """What some past times say; there must be one. They may come in any order."""
    ordered = sorted(seconds)
    return Spread(median=quantile(ordered, 0.5), p90=quantile(ordered, SLOW), runs=len(ordered))


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which a share of sorted values lies, between two of them in proportion."""
    # Not by `statistics`, whose import takes longer than a rollback may wait.
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
