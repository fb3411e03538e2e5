"""Which runs, and which events of one, a person wants to see."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import tzinfo
from typing import Any, TypeVar

import click

from runbook_tui.book.moments import parse_moment
from runbook_tui.cli.choosing import Glance
from runbook_tui.frozen import frozen
from runbook_tui.run.events import Event
from runbook_tui.run.times import epoch

STATES = (
    "open", "running", "rolling-back", "done", "abandoned", "rolled-back", "incomplete",
    "rehearsal",
)  # fmt: skip
"""How a run stands, as ``--state`` names it; more than one may hold."""
WHEN = "2h (ago), 18:00, 2026-11-26 or 2026-11-26 18:00, with Z or +01:00 behind a time, or not"
F = TypeVar("F", bound=Callable[..., Any])


def moment_of(text: str, now: float, zone: tzinfo | None = None) -> float:
    """A moment before now (epoch seconds); raises ValueError with what is allowed.

    A length of time counts back from now, a time of day is today's, without a zone the person's.
    """
    found = parse_moment(text)
    if found is None or found.day is not None or text.strip().startswith("+"):
        raise ValueError(f"“{text}” is no moment; write {WHEN}")
    at = now - found.after if found.after is not None else found.resolve(now, zone=zone)
    if at > now:
        raise ValueError(f"“{text}” lies ahead")
    return at


class When(click.ParamType[float]):
    """A moment in the past, in epoch seconds."""

    name = "when"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Epoch seconds."""
        if isinstance(value, float):
            return value
        try:
            return moment_of(value, time.time())
        except ValueError as error:
            self.fail(str(error), param, ctx)


@frozen
class RunFilter:
    """What a run must be; what is empty or None says nothing."""

    plan: str = ""
    states: tuple[str, ...] = ()
    since: float | None = None
    person: str = ""
    step: str = ""

    def passes(self, run: Glance) -> bool:
        """Whether the run is wanted."""
        plan = self.plan.casefold()
        return (
            (not plan or plan in run.entry.title.casefold() or plan in run.entry.source.casefold())
            and (not self.states or not standing(run).isdisjoint(self.states))
            and (self.since is None or run.touched >= self.since)
            and (not self.person or _among(self.person, *run.people))
            and (not self.step or self.step in run.begun)
        )


def standing(run: Glance) -> set[str]:
    """The states of a run, in the words of `STATES`."""
    found = set()
    whole = run.rolled_back == "complete" and not run.to_undo
    if run.rehearsal:
        found.add("rehearsal")
    if run.finished:
        found.add(run.result or "done")
    elif not whole:
        found.add("open")
    if run.running:
        found.add("running")
    if run.rolling_back:
        found.add("rolling-back")
    elif run.rolled_back:
        found.add("rolled-back" if run.rolled_back == "complete" else "incomplete")
    return found


@frozen
class EventFilter:
    """What an event must be; what is empty or None says nothing."""

    step: str = ""
    types: tuple[str, ...] = ()
    since: float | None = None
    person: str = ""

    def passes(self, event: Event) -> bool:
        """Whether the event is wanted. A type may be given by its first part: ``command``."""
        about = {event.step, getattr(event.payload, "node", None)}
        return (
            (not self.step or self.step in about)
            and (not self.types or any(_is(event.type, t) for t in self.types))
            and (self.since is None or epoch(event.at) >= self.since)
            and (not self.person or _among(self.person, event.actor.identity))
        )


def _is(type_: str, wanted: str) -> bool:
    return type_ == wanted or type_.startswith(f"{wanted}.")


def _among(wanted: str, *identities: str) -> bool:
    return any(wanted.casefold() in identity.casefold() for identity in identities)


def shared(command: F) -> F:
    """The options that runs and events have in common."""
    for option in (
        click.option("-n", "--limit", type=click.IntRange(min=1), help="only the newest N"),
        click.option("--person", metavar="TEXT", help="who did anything; part of a name or mail"),
        click.option("--since", type=When(), metavar="WHEN", help=f"since {WHEN}"),
    ):  # fmt: skip
        command = option(command)
    return command
