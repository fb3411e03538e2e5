"""Driving a program on a PTY with as little in between as can be."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType


class Driven:
    """A program on a terminal of its own; times are seconds."""

    def __init__(
        self, argv: list[str], environment: Mapping[str, str], size: tuple[int, int]
    ) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.began = time.perf_counter()
        self._child = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env=dict(environment),
        )  # fmt: skip
        os.close(slave)
        self._seen = b""

    def __enter__(self) -> Driven:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.send_signal(signal.SIGKILL)
        self._child.wait()
        os.close(self._master)

    def memory(self) -> int:
        """Kilobytes of it that are in memory now."""
        status = Path(f"/proc/{self._child.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def spent(self) -> float:
        """Seconds of a processor that it has taken so far."""
        fields = Path(f"/proc/{self._child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def spent_on_screen(self) -> float:
        """The same of its first thread, which has the screen."""
        pid = self._child.pid
        return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e9

    def press(self, keys: bytes) -> float:
        """Write keys; returns when."""
        self._seen = b""
        os.write(self._master, keys)
        return time.perf_counter()

    def until(self, mark: bytes, seconds: float = 30.0) -> float:
        """Read until a mark has been put out; returns when."""
        deadline = time.perf_counter() + seconds
        while mark not in self._seen:
            ready, _, _ = select.select([self._master], [], [], 0.5)
            if ready:
                self._seen += os.read(self._master, 65536)
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{mark!r} did not come: {self._seen[-500:]!r}")
        return time.perf_counter()

    def settle(self, quiet: float) -> None:
        """Read until nothing has come for so many seconds."""
        while select.select([self._master], [], [], quiet)[0]:
            os.read(self._master, 65536)

    def drain(self, seconds: float) -> None:
        """Read what comes for a while."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            if select.select([self._master], [], [], left)[0]:
                os.read(self._master, 65536)


@contextlib.contextmanager
def stopping(*environments: Mapping[str, str]) -> Iterator[None]:
    """A command outlives its viewer: what was started in these homes is ended, come what may."""
    try:
        yield
    finally:
        for environment in environments:
            subprocess.run([python(), "-m", "runbook_tui", "stop"], env=dict(environment),
                           capture_output=True, check=False)  # fmt: skip


def python() -> str:
    """The interpreter that runs this."""
    return sys.executable


def spread(values: list[float]) -> str:
    """Median and extremes in milliseconds."""
    ordered = sorted(values)
    places = (("median", 0.5), ("p99", 0.99), ("worst", 1.0))
    last = len(ordered) - 1
    return " ".join(f"{ordered[round(last * at)] * 1000:8.1f} ms {word}" for word, at in places)


def median(values: list[float]) -> float:
    """The value in the middle."""
    return sorted(values)[len(values) // 2]


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The ratio of the medians."""
    return median(ours) / median(theirs)
