"""What the samples of a watch come to: breached, clear, inconclusive or unknown. A fold."""

from __future__ import annotations

import dataclasses
import math
from enum import StrEnum

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Runbook, Watch
from runbook_tui.frozen import frozen

EVIDENCE = 10
"""Samples that are kept as evidence of a breach."""


FLAPS = 5
"""Breaches within `FLAPPING` seconds from which on a watch flaps."""
FLAPPING = 60.0
SETTLED = 30.0
"""Seconds without a bad sample after which one that flaps is clear."""


class Standing(StrEnum):
    """How a watch stands; the value is the word on the screen. Only `GOOD` is ever green."""

    UNMEASURED = "not measured yet"
    GOOD = "ok"
    UNSURE = "inconclusive"
    UNKNOWN = "unknown"
    BREACHED = "breached"


LETTERS = {Standing.GOOD: "g", Standing.UNSURE: "i", Standing.UNKNOWN: "u", Standing.BREACHED: "b"}
STANDINGS = {letter: standing for standing, letter in LETTERS.items()}


class Verdict(StrEnum):
    """What one sample says by itself."""

    GOOD = "good"
    BAD = "bad"
    BETWEEN = "between"
    UNREAD = "unread"


@frozen
class Sample:
    """What a probe gave once, at a time (epoch seconds); ``trouble`` is why there is no value."""

    at: float
    value: float | None = None
    trouble: str = ""


@frozen
class Track:
    """A watch so far. ``bad``, ``good`` and ``unread`` count samples in a row, ``failures`` the bad
    ones since it was clear. ``told``: that it cannot be read was told as an event."""

    standing: Standing = Standing.UNMEASURED
    since: float | None = None
    bad: int = 0
    good: int = 0
    unread: int = 0
    failures: int = 0
    told: bool = False
    last: Sample | None = None
    recent: tuple[Sample, ...] = ()
    breaches: tuple[float, ...] = ()
    """When it was breached the last times (epoch seconds)."""
    bad_at: float = 0.0
    """When the last bad sample came."""

    def flaps(self, at: float) -> bool:
        """Whether it goes to and fro at its limit, so that one good moment says nothing."""
        often = len(self.breaches) >= FLAPS
        often = often and abs(self.breaches[-1] - self.breaches[0]) < FLAPPING
        return often and abs(at - self.bad_at) < SETTLED


@frozen
class Bounds:
    """Where a watch is breached; with none of them it never is."""

    below: float | None = None
    above: float | None = None
    equal: float | None = None

    @property
    def words(self) -> str:
        """“below 99 or above 101”; empty where there is none."""
        named = (("below", self.below), ("above", self.above), ("equal to", self.equal))
        return " or ".join(f"{word} {value:g}" for word, value in named if value is not None)


def bounds(watch: Watch) -> Bounds:
    """Where the plan says, else where a command or an answer counts as bad by its status."""
    found = Bounds(below=watch.below, above=watch.above, equal=watch.equal)
    if found.words:
        return found
    if by_exit(watch):
        return Bounds(below=0.0, above=0.0)
    asked = watch.probe.http
    if asked is not None and "json" not in asked and asked.get("measure", "status") == "status":
        return Bounds(below=200.0, above=399.0)
    return found


def by_exit(watch: Watch) -> bool:
    """Whether a command's exit status counts, not a number that it puts out."""
    bound = (watch.below, watch.above, watch.equal)
    return watch.probe.run is not None and all(x is None for x in bound)


def limit_words(watch: Watch) -> str:
    """When it counts as breached, in words: “below 99, 2 in a row”."""
    if by_exit(watch):
        words = "its command fails"
    else:
        words = bounds(watch).words or "never: the plan gives no limit"
    if watch.unit and not by_exit(watch):
        words += f" {watch.unit}"
    if watch.samples > 1:
        words += f", {watch.samples} in a row"
    if watch.failure_limit is not None:
        words += f", or more than {watch.failure_limit} in all"
    return words


def verdict(watch: Watch, value: float | None) -> Verdict:
    """What one value says by itself."""
    if value is None or not math.isfinite(value):
        return Verdict.BAD if watch.unreadable == "breach" else Verdict.UNREAD
    limits = bounds(watch)
    if (
        (limits.below is not None and value < limits.below)
        or (limits.above is not None and value > limits.above)
        or (limits.equal is not None and value == limits.equal)
    ):
        return Verdict.BAD
    clears_above, clears_below = watch.clears_above, watch.clears_below
    if (clears_above is not None and value < clears_above) or (
        clears_below is not None and value > clears_below
    ):
        return Verdict.BETWEEN
    return Verdict.GOOD


def judge(watch: Watch, track: Track, sample: Sample) -> Track:
    """The watch with one sample more.

    What cannot be read and what lies between never clears anything, and forgives nothing: bad
    samples before it still count as in a row.
    """
    says = verdict(watch, sample.value)
    bad, good, unread, failures = track.bad, track.good, track.unread, track.failures
    if says is Verdict.GOOD:
        bad, good, unread = 0, good + 1, 0
    elif says is Verdict.BAD:
        bad, good, unread, failures = bad + 1, 0, 0, failures + 1
    elif says is Verdict.BETWEEN:
        good, unread = 0, 0
    else:
        good, unread = 0, unread + 1
    limit = watch.failure_limit
    breaks = bad >= watch.samples or (limit is not None and failures > limit)
    standing = _standing(watch, track.standing, says, good=good, breaks=breaks)
    if standing is Standing.GOOD and track.standing is Standing.BREACHED and track.flaps(sample.at):
        standing = Standing.BREACHED
    anew = standing is Standing.BREACHED and track.standing is not Standing.BREACHED
    breaches = (*track.breaches[-FLAPS + 1 :], sample.at) if anew else track.breaches
    if standing is Standing.GOOD and track.standing is Standing.BREACHED:
        failures = 0
    lasting = standing is Standing.UNKNOWN and unread >= watch.error_limit
    settled = standing in {Standing.GOOD, Standing.BREACHED}
    return dataclasses.replace(
        track,
        standing=standing,
        since=track.since if standing is track.standing else sample.at,
        bad=bad,
        good=good,
        unread=unread,
        failures=failures,
        told=not settled and (track.told or lasting),
        last=sample,
        recent=(*track.recent[-EVIDENCE + 1 :], sample),
        breaches=breaches,
        bad_at=sample.at if says is Verdict.BAD else track.bad_at,
    )


def _standing(watch: Watch, was: Standing, says: Verdict, *, good: int, breaks: bool) -> Standing:
    if says is Verdict.BAD and breaks:
        return Standing.BREACHED
    if was is Standing.BREACHED:
        clear = says is Verdict.GOOD and good >= (watch.clears_for or watch.samples)
        return Standing.GOOD if clear else Standing.BREACHED
    if says is Verdict.GOOD:
        return Standing.GOOD
    return Standing.UNKNOWN if says is Verdict.UNREAD else Standing.UNSURE


class Turn(StrEnum):
    """What of a watch's way is told as an event."""

    BREACHED = "breached"
    CLEARED = "cleared"
    UNKNOWN = "unknown"


def turn(before: Track, after: Track) -> Turn | None:
    """What has changed that is recorded; None for a sample like those before."""
    if after.standing is Standing.BREACHED and before.standing is not Standing.BREACHED:
        return Turn.BREACHED
    if after.standing is Standing.GOOD and (before.standing is Standing.BREACHED or before.told):
        return Turn.CLEARED
    return Turn.UNKNOWN if after.told and not before.told else None


def respond_within(runbook: Runbook, watch: Watch) -> float | None:
    """Seconds in which somebody is to decide: the watch's, else those of its severity's alert."""
    if watch.respond_within is not None:
        return watch.respond_within
    word = watch.severity.casefold()
    alike = (a.respond_within for a in runbook.alerts if a.severity.casefold() == word)
    return next((within for within in alike if within is not None), None)


def number(value: float | None, unit: str = "") -> str:
    """A value as people read it."""
    if value is None:
        return "?"
    text = f"{value:.4g}" if abs(value) < 1e5 or abs(value) >= 1e15 else f"{value:.0f}"
    return f"{text} {unit}".rstrip()


def counted(watch: Watch, track: Track) -> str:
    """How far it is on its way to a breach or back: “1 of 2”; empty where nothing counts."""
    if track.last is not None and track.standing is Standing.BREACHED and track.good:
        if track.flaps(track.last.at):
            return "it flaps"
        return f"{track.good} of {watch.clears_for or watch.samples} good"
    if track.standing is not Standing.BREACHED and track.bad:
        return f"{track.bad} of {watch.samples} bad"
    return ""


def ago(seconds: float) -> str:
    """An age in words."""
    return "now" if seconds < 1 else f"{spoken(float(int(seconds)))} ago"
