"""Hearing that a command has put out more, as soon as it has."""

from __future__ import annotations

import os
import weakref
from contextlib import suppress
from pathlib import Path

from runbook_tui.session.inotify import watch


class Growth:
    """The ear of one viewer: the folder in which a supervisor writes the parts of its log."""

    def __init__(self, folder: Path) -> None:
        self.descriptor = watch(folder)
        """Readable once something was written since the last `heard`; -1 where nothing tells."""
        if self.descriptor >= 0:
            weakref.finalize(self, os.close, self.descriptor)

    def heard(self) -> None:
        """What was written so far is known."""
        if self.descriptor >= 0:
            with suppress(BlockingIOError):
                os.read(self.descriptor, 1 << 16)
