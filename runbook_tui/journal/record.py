"""One event as text and back: the body that is hashed, its id and its time. Pure."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runbook_tui.journal.chain import canonical
from runbook_tui.run.events import Actor, Draft, Event, RunStarted, decode, encode, wire_name
from runbook_tui.session.ports.journal import JournalError

KIB = 1024
LIMIT = 64 * KIB
"""Bytes of one event's data; output belongs in a command's log, not here."""
PLAN_LIMIT = 4 * KIB * KIB
"""Bytes of ``run.started``, which holds the plan's whole text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One event as it is kept: ``body`` is the text that ``hash`` (32 bytes) covers."""

    seq: int
    id: str
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When something was recorded: ``at`` UTC in ISO 8601, ``mono`` seconds within ``boot``."""

    at: str
    mono: float
    boot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A draft that can be recorded: its wire name, its data and whose act it is."""

    id: str
    type: str
    step: str | None
    actor: Actor
    data: dict[str, Any]


def iso(seconds: float) -> str:
    """Seconds since the epoch as UTC, ISO 8601 with microseconds and ``Z``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def fresh_id(seconds: float) -> str:
    """A new UUID version 7: ids made later sort later, to the millisecond."""
    stamp = int(seconds * 1000) & (1 << 48) - 1
    chance = uuid.uuid4().int
    low = (chance & (1 << 62) - 1) | 1 << 63
    return str(uuid.UUID(int=stamp << 80 | 7 << 76 | (chance >> 100 & 0xFFF) << 64 | low))


def entry(draft: Draft, actor: Actor, seconds: float) -> Entry:
    """The draft made ready; raises `JournalError` where it is too large or is no JSON."""
    kind = wire_name(draft.payload)
    data = encode(draft.payload)
    try:
        size = len(canonical(data).encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise JournalError(
            f"{kind} cannot be recorded: {error}", "Values must be text, numbers, lists or tables."
        ) from error
    limit = PLAN_LIMIT if kind == RunStarted.WIRE else LIMIT
    if size > limit:
        raise JournalError(
            f"{kind} is too large to be recorded: {size} bytes, at most {limit}",
            "Shorten the text; output belongs in a file that a note can name.",
        )
    return Entry(
        id=draft.id or fresh_id(seconds),
        type=kind,
        step=draft.step,
        actor=draft.actor or actor,
        data=data,
    )


def body(what: Entry, run: str, seq: int, moment: Moment) -> str:
    """The canonical text of the entry in its place."""
    who = what.actor
    return canonical(
        {
            "run": run,
            "seq": seq,
            "id": what.id,
            "type": what.type,
            "at": moment.at,
            "mono": moment.mono,
            "boot": moment.boot,
            "actor": {
                "name": who.name,
                "email": who.email,
                "user": who.user,
                "host": who.host,
            },
            "step": what.step,
            "data": what.data,
        }
    )


def event(text: str | bytes, digest: bytes) -> Event:
    """The event that ``text`` says; keys that a newer program added are passed over.

    Raises ValueError, KeyError or TypeError where it is no event.
    """
    values = json.loads(text)
    who = values["actor"]
    return Event(
        seq=values["seq"],
        id=values["id"],
        run=values["run"],
        type=values["type"],
        at=values["at"],
        actor=Actor(
            name=who["name"],
            email=who.get("email", ""),
            user=who.get("user", ""),
            host=who.get("host", ""),
        ),
        step=values["step"],
        payload=decode(values["type"], values["data"]),
        mono=values.get("mono", 0.0),
        boot=values.get("boot", ""),
        hash=digest.hex(),
    )
