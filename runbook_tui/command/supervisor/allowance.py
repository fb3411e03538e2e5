"""How fast a command's output is read: a flood must leave whoever looks on their processor."""

import time

BURST = 64 << 20
RATE = 20 << 20
"""Output is read as fast as it comes up to BURST bytes, then at RATE bytes a second: a flood at
full speed takes both cores of a small machine, and the panic key's with them."""


class Allowance:
    """A bucket of bytes that may be read: BURST at once, RATE a second after that."""

    def __init__(self) -> None:
        self._left = float(BURST)
        self._at = time.monotonic()

    def spend(self, size: int) -> None:
        """Take ``size`` bytes out; the last take may go below nothing."""
        now = time.monotonic()
        self._left = min(float(BURST), self._left + (now - self._at) * RATE) - size
        self._at = now

    def wait(self) -> float:
        """Seconds until there is something to take; 0 or less if there is."""
        return -self._left / RATE - (time.monotonic() - self._at) if self._left <= 0 else 0.0
