"""What is left on disk of a command's output, to be held against what was recorded of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from runbook_tui.frozen import frozen


@frozen
class KeptLog:
    """``size`` is how many bytes are kept, ``digest`` the sha256 of as many as were asked for.

    ``turned``: so much was put out that what came later stands where something earlier stood.
    ``trouble`` is why it could not be read; nothing else is known then.
    """

    size: int = 0
    digest: str = ""
    turned: bool = False
    trouble: str = ""


class Logs(Protocol):
    """The commands' logs, in the folders in which their supervisors kept them."""

    def kept(self, folder: Path, first: int) -> KeptLog | None:
        """The log in ``folder``, with the digest of its ``first`` bytes; None where it is gone."""

    def weight(self, folder: Path) -> int | None:
        """Bytes that the log takes up; None where there is none, or something still writes it."""

    def remove(self, folder: Path) -> None:
        """Take the log away, and nothing else; raises OSError where that cannot be done."""

    def copy(self, path: Path) -> KeptLog | None:
        """A file that was kept as evidence, with the digest of all of it; None where it is gone."""

    def blocks(self, path: Path) -> Iterator[bytes]:
        """The same, piece by piece; raises OSError where it cannot be read."""

    def read(self, folder: Path, first: int) -> Iterator[bytes]:
        """The log's first bytes, piece by piece; raises OSError where they cannot be read."""
