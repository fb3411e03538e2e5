"""Messages to supervisors, over the sockets on which they hear."""

from __future__ import annotations

import json
import os
import socket
import threading
import weakref
from pathlib import Path

SEND_SECONDS = 0.25
Message = dict[str, object]


def send(folder: Path, message: Message) -> bool:
    """A message to a supervisor; False where it does not hear, as one that is gone."""
    try:
        # A queue holds few messages; a busy supervisor is waited for, a stuck one is not.
        with connected(folder, SEND_SECONDS) as out:
            out.send(json.dumps(message).encode())
    except OSError:
        return False
    return True


def connected(folder: Path, seconds: float) -> socket.socket:
    """A socket that a supervisor hears; each message waits at most so many seconds. Raises
    OSError."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        out.settimeout(seconds)
        # Through /proc, since a socket's path may not be longer than 108 bytes.
        out.connect(f"/proc/self/fd/{place}/control")
    except OSError:
        out.close()
        raise
    finally:
        os.close(place)
    return out


class KeptOpen:
    """The socket of the supervisor that was written to last, for messages that may not wait: not
    for the supervisor, and not for a disk that would have to find it. Thread-safe."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._held: dict[Path, socket.socket] = {}
        weakref.finalize(self, _let_go, self._held)

    def keep(self, folder: Path) -> None:
        """Connect to this one; may wait for a disk."""
        if folder in self._held:
            return
        try:
            out = connected(folder, 0.0)
        except OSError:
            return
        with self._gate:
            _let_go(self._held)
            self._held[folder] = out

    def send(self, folder: Path, message: Message) -> bool:
        """False where nothing was sent: another is kept, or this one has no room or is gone."""
        with self._gate:
            out = self._held.get(folder)
            if out is None:
                return False
            try:
                out.send(json.dumps(message).encode())
            except BlockingIOError:
                return False
            except OSError:
                _let_go(self._held)
                return False
        return True


def _let_go(held: dict[Path, socket.socket]) -> None:
    while held:
        held.popitem()[1].close()
