"""Masking of secrets in a stream, before anything of it is written.

Looks for each value, its lines, and its base64, URL-quoted, JSON-escaped and shell-quoted forms,
the longest first. Not guaranteed: a program can print a secret in a form that nobody foresees.
"""

import base64
import json
import re
import shlex
import urllib.parse

MASK = b"***"
SHORTEST = 4


def forms(secrets: "list[str]") -> "list[bytes]":
    """All byte strings to look for, the longest first; values under 4 characters are left out."""
    found = set()
    for value in secrets:
        for part in [value, *value.splitlines()]:
            if len(part) < SHORTEST:
                continue
            found |= {part, urllib.parse.quote(part, safe=""), json.dumps(part)[1:-1]}
            found.add(shlex.quote(part))
            found.add(base64.b64encode(part.encode()).decode())
    return sorted((f.encode("utf-8", "surrogateescape") for f in found), key=len, reverse=True)


class Masker:
    """Masks a stream whatever the chunks it comes in."""

    def __init__(self, secrets: "list[str]") -> None:
        patterns = forms(secrets)
        self._longest = len(patterns[0]) if patterns else 0
        self._pattern = re.compile(b"|".join(re.escape(p) for p in patterns)) if patterns else None
        self._prefixes = patterns
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """What may be written now; the beginning of a possible secret is held back."""
        if self._pattern is None:
            return data
        data = self._pattern.sub(MASK, self._held + data)
        keep = self._tail(data)
        self._held = data[len(data) - keep :] if keep else b""
        return data[: len(data) - keep] if keep else data

    def _tail(self, data: bytes) -> int:
        """How many bytes at the end may begin a secret."""
        for size in range(min(self._longest - 1, len(data)), 0, -1):
            end = data[-size:]
            if any(p.startswith(end) for p in self._prefixes):
                return size
        return 0

    def flush(self) -> bytes:
        """What was held back, when the stream ends; never at a pause, the rest may follow."""
        held, self._held = self._held, b""
        return held
