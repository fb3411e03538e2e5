"""When a pane looks for more output: 15 times a second, at once while somebody waits for it, and of
a command that has been silent only once it is heard of."""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress

from runbook_tui.session.ports.terminals import Terminal

SAMPLES_A_SECOND = 15
ANSWERS = 0.15
"""Seconds after a key within which its echo is shown as soon as it is put out."""
SILENT = 2.0
"""Seconds without output after which more of it is waited for in place of looked for."""
ANYHOW = 1.0
"""Seconds after which it is looked for even so."""
NOTHING = 60.0
"""Seconds between two looks where there is no output at all."""
SOON = 0.004
"""Seconds between two looks then, and between those where nothing tells of output."""


class Pace:
    """Waits on the sampling thread; `ring` and `expect` are for all others."""

    def __init__(self) -> None:
        self._hears, self._rings = os.pipe()
        for end in (self._hears, self._rings):
            os.set_blocking(end, False)
        self._expected = 0.0
        self._looked = 0.0
        self._deaf = True
        self.listens = False
        """Whether output is heard of: while nobody types it need not be, and a flood is work."""

    def close(self) -> None:
        """Let go of it, once nobody waits any more."""
        hears, rings = self._hears, self._rings
        self._hears = self._rings = -1
        os.close(rings)
        os.close(hears)

    def ring(self) -> None:
        """Have it looked at once."""
        with suppress(OSError):
            os.write(self._rings, b"\n")

    def expect(self) -> None:
        """Somebody waits for what is put out from now on."""
        self._expected = time.monotonic() + ANSWERS
        if self._deaf:
            self.ring()

    @property
    def answering(self) -> bool:
        """Whether somebody waits."""
        return time.monotonic() < self._expected

    def wait(self, terminal: Terminal | None, *, silent: bool = False) -> None:
        """Until it is time to look at the terminal; ``silent``: nothing has come for a while."""
        if terminal is None:
            self._ready_or(NOTHING)
        else:
            self._wait(terminal if self.listens or silent else None, silent=silent)
        self._looked = time.monotonic()

    def _ready_or(self, seconds: float) -> None:
        """Until it rings, or so long."""
        self._deaf = True
        if self._ready(-1, seconds):
            self._hear()

    def _hear(self) -> None:
        with suppress(OSError):
            os.read(self._hears, 4096)

    def _wait(self, terminal: Terminal | None, *, silent: bool) -> None:
        ear = terminal.listen() if terminal is not None else -1
        self._deaf = ear < 0
        patient = silent and not self._deaf
        due = time.monotonic() + (ANYHOW if patient else 1 / SAMPLES_A_SECOND)
        while (left := due - time.monotonic()) > 0:
            if self._deaf and self.answering:
                left = min(left, SOON)
                due = 0.0
            ready = self._ready(ear if not self._deaf else -1, left)
            if self._hears in ready:
                self._hear()
                return
            if ready and terminal is not None:
                terminal.heard()
                if patient:
                    return
                if self.answering:
                    time.sleep(max(0.0, self._looked + SOON - time.monotonic()))
                    return
                # It is in time for the next look; of a flood no more is heard until then.
                self._deaf = True

    def _ready(self, ear: int, seconds: float) -> list[int]:
        ears = select.poll()
        for fd in (self._hears, ear):
            if fd >= 0:
                ears.register(fd, select.POLLIN)
        return [fd for fd, _ in ears.poll(seconds * 1000)]
