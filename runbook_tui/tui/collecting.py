"""When cyclic garbage is collected: never while a person waits for a key.

Of what a key has Textual make, a part outlives the quick collections and then is garbage; without
full ones a program that is used for days would grow by ten kilobytes and more with each key.
"""

from __future__ import annotations

import gc
import time

LOOK = 1.0
"""Seconds between two looks whether there is something to do."""
OLDER = 3
"""Collections of the middle generation after which a full one is worth its time."""
QUIET = 0.1
"""Seconds since the last key after which the next is not expected at once."""
PATIENCE = 20
"""The longer the last one took the longer it must be quiet: so many times as long."""


class Collector:
    """Full collections by hand, in quiet moments. On the application's thread."""

    def __init__(self) -> None:
        self._took = 0.0
        self._settled = False

    def settle(self) -> None:
        """What is there now stays, and is not gone through again; no full collection comes by
        itself from here on."""
        gc.freeze()
        gc.set_threshold(2000, 20, 10**6)
        self._settled = True

    def tidy(self, pressed: float) -> None:
        """Collect, if that is worth it and no key is expected; ``pressed``: when the last came."""
        began = time.monotonic()
        quiet = began - pressed >= max(QUIET, PATIENCE * self._took)
        if not self._settled or not quiet or gc.get_count()[2] < OLDER:
            return
        gc.collect()
        self._took = time.monotonic() - began
