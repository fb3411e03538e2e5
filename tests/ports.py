"""Ports on loopback for servers that must be told theirs."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_ROOM = 10_000
_CHANCE = random.SystemRandom()


def free_port() -> int:
    """A port that nobody has, and that no outgoing connection is given before it is taken."""
    given = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii")
    lowest = int(given.split()[0])
    while True:
        below = _CHANCE.randrange(lowest - _ROOM, lowest) if lowest > 2 * _ROOM else 0
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", below))
            except OSError:
                continue
            port: int = tried.getsockname()[1]
            return port
