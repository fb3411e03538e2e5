"""The one text of a value: what is hashed by the journal and signed by people. Pure."""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring
from typing import Any

SURROGATE = re.compile("[\ud800-\udfff]")
WRITER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


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
