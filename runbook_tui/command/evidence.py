"""A command's log as evidence: its parts in their order, read to the end."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from runbook_tui.command.folder import HEAD, SEGMENTS, locked, log_parts
from runbook_tui.session.ports.logs import KeptLog

BLOCK = 1 << 20
TURNING = 8 << 20
"""Bytes of a head and one full segment: a log that has lost anything holds at least so much."""


class KeptLogs:
    """Port `Logs` on this machine. What lies there is believed to be nothing but bytes."""

    def kept(self, folder: Path, first: int) -> KeptLog | None:
        """The log's size, and the digest of its first bytes; None where no part of it is left."""
        log = log_parts(folder)
        paths = [path for path, _ in log.parts]
        if any(path.name not in (HEAD, *SEGMENTS) for path in paths):
            return KeptLog(trouble="its list of parts names other files")
        there = [path for path in paths if os.path.lexists(path)]
        if not there:
            return None
        found = hashlib.sha256()
        size = 0
        try:
            for block in (block for path in there for block in blocks(path)):
                found.update(block[: max(0, first - size)])
                size += len(block)
        except OSError as error:
            return KeptLog(trouble=f"cannot be read: {error.strerror or error}")
        turned = log.dropped > 0 and size >= TURNING
        return KeptLog(size=size, digest=found.hexdigest(), turned=turned)

    def copy(self, path: Path) -> KeptLog | None:
        """A file that was kept as evidence, with the digest of all of it; None where it is gone."""
        if not os.path.lexists(path):
            return None
        found, size = hashlib.sha256(), 0
        try:
            for block in blocks(path):
                found.update(block)
                size += len(block)
        except OSError as error:
            return KeptLog(trouble=f"cannot be read: {error.strerror or error}")
        return KeptLog(size=size, digest=found.hexdigest())

    def blocks(self, path: Path) -> Iterator[bytes]:
        """The same, piece by piece; raises OSError where it cannot be read."""
        return blocks(path)

    def weight(self, folder: Path) -> int | None:
        """Bytes that the log takes up; None where there is none, or something still writes it."""
        parts = [folder / name for name in (HEAD, *SEGMENTS)]
        seen = [path.lstat() for path in parts if os.path.lexists(path)]
        if not seen or locked(folder):
            return None
        return sum(one.st_size for one in seen)

    def remove(self, folder: Path) -> None:
        """Take the log away, and nothing else; raises OSError where that cannot be done."""
        # The oldest last: while any of it is there, what is left is no log that begins elsewhere.
        for name in (*reversed(SEGMENTS), HEAD):
            (folder / name).unlink(missing_ok=True)

    def read(self, folder: Path, first: int) -> Iterator[bytes]:
        """The log's first bytes, piece by piece, oldest part first."""
        left = first
        for path, _ in log_parts(folder).parts:
            if not os.path.lexists(path):
                continue
            for block in blocks(path):
                if left > 0:
                    yield block[:left]
                left -= len(block)


def blocks(path: Path) -> Iterator[bytes]:
    """The file's content; raises OSError for what is no plain file, which could be without end."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(f"{path.name} is no plain file")
        while block := file.read(BLOCK):
            yield block
