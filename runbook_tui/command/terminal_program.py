"""A program of ours on a terminal that somebody else shows: read, typed into, and ended with it."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress

PIECE = 1 << 16


class TerminalProgram:
    """Started at once, as the leader of a session of its own. Raises OSError where it cannot be.

    Its terminal is held here alone: once this process is gone, however it ended, the kernel hangs
    up on the program.
    """

    def __init__(
        self,
        argv: Sequence[str],
        cwd: str,
        environment: Mapping[str, str],
        rows: int,
        columns: int,
        keeps: Sequence[int] = (),
    ) -> None:
        """``keeps``: descriptors that it has, too."""
        self._own, slave = pty.openpty()
        try:
            self.resize(rows, columns)
            self._child = subprocess.Popen(
                list(argv), cwd=cwd, env=dict(environment), stdin=slave, stdout=slave,
                stderr=slave, start_new_session=True, pass_fds=tuple(keeps),
            )  # fmt: skip
        except OSError:
            os.close(self._own)
            raise
        finally:
            os.close(slave)
        os.set_blocking(self._own, False)

    @property
    def fd(self) -> int:
        """To wait on, for reading and for writing; -1 once it is hung up."""
        return self._own

    def read(self) -> bytes | None:
        """What it has put out; None where there is nothing yet, empty once it has ended."""
        try:
            return os.read(self._own, PIECE)
        except BlockingIOError:
            return None
        except OSError:  # The last who had the terminal has closed it.
            return b""

    def write(self, data: bytes) -> int:
        """Type; returns how many bytes it takes now."""
        try:
            return os.write(self._own, data)
        except BlockingIOError:
            return 0
        except OSError:
            return len(data)  # It has ended: nobody reads this any more.

    def resize(self, rows: int, columns: int) -> None:
        """Give its terminal another size, of which it is told."""
        with suppress(OSError):
            fcntl.ioctl(self._own, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def redraw(self) -> None:
        """Have it draw everything anew."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGUSR1)

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self._child.poll() is not None

    def wait(self, seconds: float) -> bool:
        """Wait for its end, for so many seconds at most; whether it is gone."""
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(seconds)
        return self.ended

    def hang_up(self) -> None:
        """Take its terminal away, upon which it ends."""
        if self._own >= 0:
            os.close(self._own)
            self._own = -1

    def kill(self) -> None:
        """End it and what it has started in its session, whatever they do."""
        # Its number is its own until it was waited for.
        if self._child.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
