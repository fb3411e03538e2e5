"""What was measured, in plain words: events of watches and of boxes with a probe."""

from __future__ import annotations

from collections.abc import Callable

from runbook_tui.book.durations import spoken
from runbook_tui.run import events as e
from runbook_tui.run.events import Event
from runbook_tui.run.watching import number

Title = Callable[[str], str]


def breached(event: Event, about: str, title: Title) -> str:
    """A breach with what it is held against, and how soon somebody is to decide."""
    p = event.payload
    assert isinstance(p, e.WatchBreached)
    value = number(p.value) if p.value is not None else p.reason or "cannot be read"
    parts = [f"watch {title(p.watch)} BREACHED: {value}"]
    if p.limit:
        parts[0] += f" (breached {p.limit})"
    if p.severity:
        parts.append(p.severity)
    if p.respond_within is not None:
        parts.append(f"respond within {spoken(p.respond_within)}" if p.respond_within
                     else "respond at once")  # fmt: skip
    if p.before_start:
        parts.append("red before the start")
    return ", ".join(parts)


def cleared(event: Event, about: str, title: Title) -> str:
    """It is well again."""
    p = event.payload
    assert isinstance(p, e.WatchCleared)
    return f"watch {title(p.watch)} clear again: {number(p.value)}"


def unknown(event: Event, about: str, title: Title) -> str:
    """Nobody knows."""
    p = event.payload
    assert isinstance(p, e.WatchUnknown)
    return f"watch {title(p.watch)} UNKNOWN, {p.samples} times in a row: {p.reason}"


def overridden(event: Event, about: str, title: Title) -> str:
    """Somebody goes on all the same."""
    p = event.payload
    assert isinstance(p, e.WatchOverridden)
    return f"watch {title(p.watch)} OVERRIDDEN by {event.actor.name}: {p.reason}"


def sampled(event: Event, about: str, title: Title) -> str:
    """How much was measured."""
    p = event.payload
    assert isinstance(p, e.WatchSampled)
    taken = sum(p.taken.values())
    of = f"{len(p.samples)} watch{'' if len(p.samples) == 1 else 'es'}"
    return f"{taken} sample{'' if taken == 1 else 's'} of {of}"


def probed(event: Event, about: str, title: Title) -> str:
    """What a probe says now."""
    p = event.payload
    assert isinstance(p, e.CheckProbed)
    says = "holds" if p.holds else "cannot be asked" if p.holds is None else "does NOT hold"
    return f"probe of {title(p.node)} {says}" + (f": {p.reason}" if p.reason else "")


def ticked(event: Event, about: str, title: Title) -> str:
    """A tick, and whose: a person's, the probe's, or one against it."""
    p = event.payload
    assert isinstance(p, e.CheckTicked)
    if p.override:
        return f"{title(p.node)} ticked by {event.actor.name} AGAINST its probe: {p.override}"
    return f"{title(p.node)} ticked by {'its probe' if p.probe else event.actor.name}"


def unticked(event: Event, about: str, title: Title) -> str:
    """A tick that is gone."""
    p = event.payload
    assert isinstance(p, e.CheckUnticked)
    more = f"; {about} waits for it again" if p.reopens else ""
    return (
        f"{title(p.node)} no longer ticked, by {'its probe' if p.probe else event.actor.name}{more}"
    )
