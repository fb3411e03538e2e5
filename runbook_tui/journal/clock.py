"""The real clock."""

from __future__ import annotations

import time
import uuid
from functools import cached_property
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """The machine's clocks, as port `Clock` asks for them; seconds throughout."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return time.time()

    def mono(self) -> float:
        """Seconds since boot, suspended time included where the system counts it."""
        try:
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        except (AttributeError, OSError):
            return time.monotonic()

    def boot(self) -> str:
        """The id of this boot; where the system has none, one of this process alone."""
        return self._boot

    @cached_property
    def _boot(self) -> str:
        try:
            known = BOOT_ID.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            known = ""
        # Without a boot id, monotonic times of two processes must never be compared.
        return known or f"process-{uuid.uuid4()}"
