"""Files that a step names as evidence, copied beside the run when the step ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from runbook_tui.frozen import frozen


@frozen
class FileKept:
    """One file by its ``name`` from the step's folder; ``file`` is what it is called where it is
    kept. ``reason`` is why it was not kept; nothing but its name is known then."""

    name: str
    file: str = ""
    bytes: int = 0
    digest: str = ""
    reason: str = ""


class KeptFiles(Protocol):
    """Copies the files."""

    def keep(
        self, folder: Path, patterns: Sequence[str], into: Path, secrets: Mapping[str, str]
    ) -> list[FileKept]:
        """Copy what the patterns name in ``folder``; one entry for each file, and for each pattern
        that names none. A file that holds one of the secrets' values is not kept."""
