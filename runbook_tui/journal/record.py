"""One event as text and back: the body that is hashed, its id and its time. Pure."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from runbook_tui.frozen import frozen
from runbook_tui.run.canonical import canonical, escaped, quoted
from runbook_tui.run.events import Actor, Draft, Event, Payload, Unknown
from runbook_tui.run.wire import decode, encode, limit, wire_name
from runbook_tui.session.ports.journal import JournalError, TooLarge

READER = json.JSONDecoder()


class Record(NamedTuple):
    """One event as it is kept: ``body`` is the text that ``hash`` (32 bytes) covers."""

    seq: int
    id: str
    body: bytes
    hash: bytes


@frozen
class Moment:
    """When something was recorded: ``at`` UTC in ISO 8601, ``mono`` seconds within ``boot``."""

    at: str
    mono: float
    boot: str


@frozen
class Entry:
    """A draft that can be recorded: its wire name, its data and whose act it is.

    ``text`` is the data as canonical JSON. ``named`` is whether the caller chose the id.
    """

    id: str
    named: bool
    type: str
    step: str | None
    actor: Actor
    data: dict[str, Any]
    text: str
    payload: Payload


def listed(started: dict[str, Any]) -> tuple[str, str, str]:
    """Title, source and digest, as the list of runs has them, from the data of ``run.started``."""
    title, source, digest = (
        escaped(str(started.get(n, ""))) for n in ("title", "source", "digest")
    )
    return title, source, digest


def bound(started: dict[str, Any]) -> dict[str, str]:
    """What a run's genesis binds beside its plan, from the data of ``run.started``."""
    commit, signers = started.get("commit"), started.get("allowed_signers")
    found = {"commit": escaped(str(commit))} if commit else {}
    if signers:
        found["signers"] = sha256(escaped(str(signers)).encode()).hexdigest()
    return found


def iso(seconds: float) -> str:
    """Seconds since the epoch as UTC, ISO 8601 with microseconds and ``Z``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def fresh_id(seconds: float) -> str:
    """A new UUID version 7: ids made later sort later, to the millisecond."""
    stamp = int(seconds * 1000) & (1 << 48) - 1
    chance = int.from_bytes(os.urandom(10), "big")
    low = (chance & (1 << 62) - 1) | 1 << 63
    text = f"{stamp << 80 | 7 << 76 | (chance >> 68) << 64 | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def entry(draft: Draft, actor: Actor, seconds: float) -> Entry:
    """The draft made ready; raises `JournalError` where it is too large or is no JSON."""
    kind = wire_name(draft.payload)
    data = encode(draft.payload)
    try:
        text = canonical(data)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise JournalError(
            f"{kind} cannot be recorded: {error}", "Values must be text, numbers, lists or tables."
        ) from error
    if size > limit(kind):
        raise TooLarge(kind, size, limit(kind))
    # What a newer program's event looks like from outside is what it is when it is read again.
    payload = decode(kind, data) if isinstance(draft.payload, Unknown) else draft.payload
    return Entry(
        id=draft.id or fresh_id(seconds),
        named=bool(draft.id),
        type=kind,
        step=draft.step,
        actor=draft.actor or actor,
        data=data,
        text=text,
        payload=payload,
    )


@lru_cache(maxsize=32)
def actor_text(who: Actor) -> str:
    """The actor as canonical JSON; there are few of them and many events."""
    return canonical({"name": who.name, "email": who.email, "user": who.user, "host": who.host})


def body(what: Entry, run: str, seq: int, moment: Moment) -> str:
    """The canonical text of the entry in its place.

    Put together by hand, keys in their order, because the data is text already: writing it a
    second time would be the most expensive part of an append but for the disk.
    """
    return (
        f'{{"actor":{actor_text(what.actor)},"at":{quoted(moment.at)},'
        f'"boot":{quoted(moment.boot)},"data":{what.text},"id":{quoted(what.id)},'
        f'"mono":{moment.mono!r},"run":{quoted(run)},"seq":{seq},'
        f'"step":{"null" if what.step is None else quoted(what.step)},"type":{quoted(what.type)}}}'
    )


def placed(what: Entry, run: str, seq: int, moment: Moment, digest: bytes) -> Event:
    """The event that the entry has become; reading its body gives an equal one."""
    return Event(
        seq=seq,
        id=what.id,
        run=run,
        type=what.type,
        at=moment.at,
        actor=what.actor,
        step=what.step,
        payload=what.payload,
        mono=moment.mono,
        boot=moment.boot,
        hash=digest.hex(),
    )


def event(text: str | bytes, digest: bytes) -> Event:
    """The event that ``text`` says; keys that a newer program added are passed over.

    Raises `JournalError` where it is no event.
    """
    try:
        return read(parsed(text), digest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise unreadable() from error


def unreadable() -> JournalError:
    """What is said of something that is no event."""
    return JournalError("an event of the journal cannot be read", "`runbook verify` says which.")


def parsed(text: str | bytes) -> dict[str, Any]:
    """The values of a body, which is one JSON text without a space before or behind it. Raises
    ValueError where it is none."""
    text = text if isinstance(text, str) else text.decode()
    values, end = READER.raw_decode(text)
    if end != len(text):
        raise ValueError("there is something behind the event")
    return values  # type: ignore[no-any-return]


@lru_cache(maxsize=64)
def actor(name: str, email: str, user: str, host: str) -> Actor:
    """The actor; there are few of them and many events."""
    return Actor(name=name, email=email, user=user, host=host)


def read(values: dict[str, Any], digest: bytes) -> Event:
    """The same from the parsed body; raises KeyError or TypeError."""
    who = values["actor"]
    return Event(
        seq=values["seq"],
        id=values["id"],
        run=values["run"],
        type=values["type"],
        at=values["at"],
        actor=actor(who["name"], who.get("email", ""), who.get("user", ""), who.get("host", "")),
        step=values["step"],
        payload=decode(values["type"], values["data"]),
        mono=values.get("mono", 0.0),
        boot=values.get("boot", ""),
        hash=digest.hex(),
    )
