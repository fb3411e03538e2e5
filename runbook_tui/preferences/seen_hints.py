"""Which hints a person has seen: a small file beside the journal. It may be lost at any time."""

from __future__ import annotations

import json
from pathlib import Path

LARGEST = 4096


class SeenHints:
    """Names of hints in a file; what cannot be read or written is no trouble to anybody."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> frozenset[str]:
        """The names; nothing where there is no such file."""
        try:
            with self._path.open("rb") as file:
                found = json.loads(file.read(LARGEST))
        except (OSError, ValueError):
            return frozenset()
        return frozenset(x for x in found if isinstance(x, str)) if isinstance(found, list) else (
            frozenset()
        )  # fmt: skip

    def write(self, names: frozenset[str]) -> None:
        """These from now on."""
        try:
            self._path.write_text(json.dumps(sorted(names)), encoding="utf-8")
        except OSError:
            return
