"""Starting a program that nobody waits for, and that ends with no terminal and no starter."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence


def start_detached(argv: Sequence[str]) -> subprocess.Popen[bytes] | None:
    """Start it in a session of its own, without input or output; None where that fails.

    Whoever keeps what is returned may `poll` it, so that its end leaves no zombie.
    """
    try:
        return subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None
