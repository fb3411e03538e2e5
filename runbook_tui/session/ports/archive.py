"""A run as an archive: what is in one, and what the journal has to say of its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Protocol

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Event

ABOUT = "archive.json"
EVENTS = "events.jsonl"
HASHES = "hashes"
SUMS = "SHA256SUMS"
PLAN = "plan/"
LOGS = "logs/"
EVIDENCE = "evidence/"


class NoArchive(Exception):
    """A file that is no archive of a run, or cannot be read as one."""


@frozen
class Packed:
    """A file to be put into an archive: ``size`` bytes that ``blocks`` gives, piece by piece."""

    name: str
    size: int
    blocks: Callable[[], Iterator[bytes]]


@frozen
class Member:
    """A file of an archive; ``data`` is empty where only its ``size`` and ``sha256`` are kept."""

    size: int
    sha256: str
    data: bytes = b""


@frozen
class Archived:
    """An archive as read: its folder's name, its files by name in their order, when it says they
    were made (epoch seconds), and what is wrong with how it is packed."""

    folder: str
    at: int
    members: Mapping[str, Member]
    problems: tuple[str, ...] = ()


@frozen
class Lines:
    """A run's events as they are kept: the text that its first one holds on to, and of each its
    bytes and its hash (hex)."""

    genesis: str
    bodies: tuple[bytes, ...]
    hashes: tuple[str, ...]


@frozen
class Chained:
    """What a chain of lines is found to be; ``events`` are those that could be read."""

    events: tuple[Event, ...] = ()
    head: str = ""
    problems: tuple[str, ...] = field(default=())


class Chain(Protocol):
    """Computes the chain of a run's lines anew."""

    def __call__(
        self, run: str, genesis: str, bodies: Sequence[bytes], hashes: Sequence[str]
    ) -> Chained:
        """What the lines say, and what is wrong with them."""
