"""The other end of the command's terminal: what it draws is read here, what is typed is sent."""

import fcntl
import posix as os
import sys
import termios

import _signal as signal

CHUNK = 1 << 12
"""Bytes that one read of a terminal gives at most: room for more, asked for each time, costs a
tenth of the processor time."""
TYPED = 1 << 20
"""Bytes typed ahead of what the command reads; more is refused."""
STOPS = frozenset({signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU})
"""The signals with which a terminal stops what runs in it."""


class Terminal:
    """A pseudo terminal of our own. ``slave`` is the command's end, ``master`` the one held here.

    Raises OSError where the system has none left.
    """

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        os.set_blocking(self.master, False)
        self.typed = b""
        """What waits until the command reads."""
        self.size = (0, 0)
        """Rows and columns."""

    def read(self, limit: int) -> bytes:
        """What the terminal holds now, up to about ``limit`` bytes; never waits."""
        blocks: "list[bytes]" = []
        size = 0
        while size < limit:
            try:
                block = os.read(self.master, CHUNK)
            except OSError:
                break
            if not block:
                break
            blocks.append(block)
            size += len(block)
        return b"".join(blocks)

    def write(self, data: bytes) -> None:
        """Type into the terminal; what its buffer does not take yet waits."""
        if len(self.typed) + len(data) <= TYPED:
            self.typed += data
        self.send()

    def send(self) -> None:
        """Type as much of what is waiting as the terminal takes."""
        if not self.typed:
            return
        try:
            self.typed = self.typed[os.write(self.master, self.typed) :]
        except OSError:
            return

    def resize(self, rows: int, columns: int) -> bool:
        """Tell the terminal its size, and so whoever draws it; whether it has another one now."""
        rows, columns = min(max(1, rows), 9999), min(max(1, columns), 9999)
        if (rows, columns) == self.size:
            return False
        # Four short numbers; the package `struct` would be loaded for this alone.
        packed = b"".join(number.to_bytes(2, sys.byteorder) for number in (rows, columns, 0, 0))
        try:
            fcntl.ioctl(self.master, termios.TIOCSWINSZ, packed)
        except OSError:
            return False
        self.size = (rows, columns)
        return True

    def signal(self, number: int) -> None:
        """Signal what runs in the foreground, as Ctrl+C would. Raises OSError if nothing does."""
        os.killpg(os.tcgetpgrp(self.slave), number)

    def go_on(self, pid: int, number: int) -> None:
        """Continue a command, its group ``pid``, that the terminal has stopped with this signal;
        what somebody else has stopped stays so."""
        if number not in STOPS:
            return
        try:
            os.tcsetpgrp(self.slave, pid)
            os.killpg(pid, signal.SIGCONT)
        except OSError:
            return
