"""A command's output as lines, followed from its log while it grows."""

from __future__ import annotations

import re
from pathlib import Path

BLOCK = 1 << 18
STILL = 2.0
"""Seconds after which a line that does not end is shown as it is."""
ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # OSC and other strings, up to their end
    r"|\x1b[ -/]*[0-~]"  # other escapes
)
NEXT = {"log.head": "log.0", "log.0": "log.1", "log.1": "log.0"}


class LogFollower:
    """Reads a command's log from its beginning, through its head and its turning segments."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._part = "log.head"
        self._offset = 0
        self._rest = b""
        self._asked = (b"", 0.0)

    def prompt(self, now: float) -> str:
        """An unfinished last line, once it has stood still: it may be a question. ``now``: seconds.

        Read by `lines` before; empty where there is none, or it was given already.
        """
        seen, since = self._asked
        if seen != self._rest:
            self._asked = (self._rest, now)
            return ""
        if not seen or now - since < STILL:
            return ""
        self._asked = (seen, float("inf"))
        return shown(seen.decode("utf-8", "replace"))

    def lines(self, ended: bool) -> list[str]:
        """Lines that are new; an unfinished last one only once the command has ended."""
        data = self._rest
        while block := self._block():
            data += block
            if not ended and len(data) > BLOCK:
                break
        whole, newline, self._rest = data.rpartition(b"\n")
        if ended and self._rest:
            whole, newline, self._rest = data, b"\n", b""
        if not newline:
            return []
        text = whole.removesuffix(b"\n").decode("utf-8", "replace")
        return [shown(line) for line in text.split("\n")]

    def _block(self) -> bytes:
        data = self._read()
        while not data and self._turn():
            data = self._read()
        return data

    def _read(self) -> bytes:
        try:
            with (self._folder / self._part).open("rb") as file:
                if file.seek(0, 2) < self._offset:
                    # The segment was begun anew while nobody read: what it held is gone.
                    self._offset = 0
                file.seek(self._offset)
                data = file.read(BLOCK)
        except OSError:
            return b""
        self._offset += len(data)
        return data

    def _turn(self) -> bool:
        """Go on to the next segment, if the log has gone on there."""
        following = self._folder / NEXT[self._part]
        try:
            newer = following.stat().st_mtime_ns
            if self._part != "log.head" and newer <= (
                (self._folder / self._part).stat().st_mtime_ns
            ):
                return False
        except OSError:
            return False
        self._part, self._offset = following.name, 0
        return True


def shown(line: str) -> str:
    """A line as it would stand on a terminal at its end: no escapes, the last rewrite wins."""
    plain = ESCAPES.sub("", line).rstrip("\r")
    return plain.rpartition("\r")[2]
