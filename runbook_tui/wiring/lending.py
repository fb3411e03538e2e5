"""Variables that a screen in a browser gets from whoever serves it, once a rollback is looked at.

The two ends of a pair of sockets: nobody else can ask, and it is over with either process.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runbook_tui.session.ports.surroundings import Surroundings

LARGEST = 4 << 20
"""Bytes of a question, and of an answer."""
PATIENCE = 2.0
"""Seconds in which the server answers: a rollback does not wait for longer."""


class Lender:
    """The server's end. ``around`` is all that may be asked for."""

    def __init__(self, around: Mapping[str, str]) -> None:
        self._around = dict(around)
        self._own, self.other = socket.socketpair()
        """``other`` is for the screen; `begin` closes it here."""

    def begin(self) -> None:
        """Answer, on a thread of its own, until the screen has ended."""
        self.other.close()
        threading.Thread(target=self._answer, name="lender", daemon=True).start()

    def close(self) -> None:
        """There is no screen after all."""
        self._own.close()
        self.other.close()

    def _answer(self) -> None:
        with (
            suppress(OSError, ValueError, RecursionError),
            self._own,
            self._own.makefile("rb") as f,
        ):
            while line := f.readline(LARGEST):
                names = json.loads(line)
                if not isinstance(names, list):
                    return
                found = {n: self._around[n] for n in names
                         if isinstance(n, str) and n in self._around}  # fmt: skip
                self._own.sendall(json.dumps(found).encode() + b"\n")


class Borrower:
    """The screen's end; ``fd`` is the socket that it was started with."""

    def __init__(self, fd: int) -> None:
        os.set_inheritable(fd, False)  # It is nothing for commands.
        self._socket = socket.socket(fileno=fd)
        self._socket.settimeout(PATIENCE)
        self._answers = self._socket.makefile("rb")

    def lend(self, names: Iterable[str]) -> Surroundings | None:
        """Take these variables into this process; None where the server does not answer."""
        from runbook_tui.wiring.machine import surroundings

        try:
            self._socket.sendall(json.dumps(sorted(names)).encode() + b"\n")
            found = json.loads(self._answers.readline(LARGEST))
        except (OSError, ValueError):
            return None
        os.environ.update({n: value for n, value in found.items() if n not in os.environ})
        return surroundings()
