"""What is left on disk of a command's output, to be held against what was recorded of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
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
    """Reads commands' logs from the folders in which their supervisors kept them."""

    def kept(self, folder: Path, first: int) -> KeptLog | None:
        """The log in ``folder``, with the digest of its ``first`` bytes; None where it is gone."""
