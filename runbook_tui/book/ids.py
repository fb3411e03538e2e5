"""Ids of nodes: ``[a-z0-9][a-z0-9._-]*``, unique over a runbook."""

from __future__ import annotations

import hashlib
import re
import unicodedata

VALID = re.compile(r"[a-z0-9][a-z0-9._-]*")
BETWEEN = re.compile(r"[^a-z0-9]+")
LONGEST = 60


def slug(title: str) -> str:
    """An id made of a title in any language; never empty."""
    plain = title
    if not title.isascii():
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = BETWEEN.sub("-", plain.lower()).strip("-")[:LONGEST].strip("-")
    return words or "n" + hashlib.sha256(title.encode("utf-8", "replace")).hexdigest()[:8]


class Ids:
    """Hands out ids that nobody has yet."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def take(self, wanted: str) -> bool:
        """Reserve an id that the plan gives; False if it is taken."""
        if wanted in self._taken:
            return False
        self._taken.add(wanted)
        return True

    def make(self, title: str) -> str:
        """A new id for a title: its slug, with ``-2``, ``-3`` … where that is taken."""
        base = slug(title)
        number = self._last.get(base, 1)
        name = base
        while not self.take(name):
            number += 1
            name = f"{base}-{number}"
        self._last[base] = number
        return name
