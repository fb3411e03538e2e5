"""The bytes that are hashed, and how each event holds on to the one before it. Pure.

An event's hash is ``sha256(hash of the event before it + the body's UTF-8 bytes)``. The first
event of a run holds on to the run's genesis: the hash of a text that binds the run's id, its
plan's digest and the head of the run that was opened before it, so that neither an event nor a
whole run can be taken out or exchanged without every later hash changing.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any

SURROGATE = re.compile("[\ud800-\udfff]")
WRITER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
FORMAT = 1


def canonical(value: Any) -> str:
    """The one JSON text of ``value``: keys sorted, no spaces, nothing escaped that need not be.

    Half surrogates (bytes that were no UTF-8, in a path for example) stay as ``\\udcxx`` escapes,
    so that the text can always be written as UTF-8. Raises ValueError for NaN and infinities,
    TypeError for what JSON does not know.
    """
    return escaped(WRITER.encode(value))


def quoted(text: str) -> str:
    """The same for a text alone, which most values are, at a third of the time."""
    return escaped(encode_basestring(text))


def escaped(text: str) -> str:
    """The text with ``\\udcxx`` for each half surrogate, as which SQLite and UTF-8 can hold it."""
    if text.isascii() or not SURROGATE.search(text):
        return text
    # Two halves that stand side by side are one character to every reader: make it one here.
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", joined)


def genesis(run: str, digest: str, previous: tuple[str, str] | None) -> str:
    """What a run's first event holds on to; ``previous`` is (id, head in hex) of the run before."""
    before = None if previous is None else {"run": previous[0], "head": previous[1]}
    return canonical({"format": FORMAT, "run": run, "digest": digest, "previous": before})


def start(text: str) -> bytes:
    """The hash that stands before the first event: that of the genesis text."""
    return sha256(text.encode()).digest()


def link(previous: bytes, body: bytes) -> bytes:
    """The hash of an event: 32 bytes over the hash before it and its body."""
    return sha256(previous + body).digest()
