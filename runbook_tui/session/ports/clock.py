"""Time and identity of events, injected so that tests own them."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Wall and monotonic time."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""

    def mono(self) -> float:
        """Seconds of the monotonic clock that goes on during suspend."""

    def boot(self) -> str:
        """The id of this boot; monotonic times compare only within one."""
