"""The lines of a kept log, found with small reads: the log is counted once and never held whole."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from runbook_tui.command.characters import HIDDEN
from runbook_tui.command.error_lines import first_error
from runbook_tui.command.folder import log_parts

BLOCK = 1 << 16
MOST = 2 << 20
"""Bytes that are read at once at most, however long the lines are."""


@dataclass(slots=True)
class _Part:
    """One file of the log, or what stands in place of what was not kept.

    ``ends`` counts the lines that end in each block of it.
    """

    path: Path
    start: int
    words: bytes = b""
    size: int = 0
    ends: list[int] = field(default_factory=list)

    def read(self, number: int) -> bytes:
        if self.words:
            return self.words
        try:
            with self.path.open("rb") as file:
                file.seek(number * BLOCK)
                return file.read(min(BLOCK, self.size - number * BLOCK))
        except OSError:
            return b""

    def renew(self) -> None:
        """Count what has come since."""
        try:
            size = self.path.stat().st_size
        except OSError:
            size = 0
        if size < self.size:
            self.ends.clear()
        whole = min(self.size, size) // BLOCK
        if size == self.size:
            return
        del self.ends[whole:]
        self.size = size
        for number in range(whole, -(-size // BLOCK)):
            self.ends.append(self.read(number).count(b"\n"))


class KeptLines:
    """Numbered lines of the log in a command's folder, from 0; not for several threads at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[_Part] = []
        self._blocks: list[tuple[_Part, int]] = []
        self._before: list[int] = [0]

    def renew(self) -> int:
        """Take in what has come since; how many lines there are now."""
        known = {(part.path, part.start): part for part in self._parts if not part.words}
        self._parts = []
        for path, start in log_parts(self._folder).parts:
            part = known.get((path, start)) or _Part(path, start)
            part.renew()
            self._parts += [*self._gap(start), part]
        self._blocks = [(p, number) for p in self._parts for number in range(len(p.ends))]
        ends = (p.ends[number] for p, number in self._blocks)
        self._before = list(itertools.accumulate(ends, initial=0))
        return self._before[-1] + self._unended()

    def _gap(self, start: int) -> list[_Part]:
        last = self._parts[-1] if self._parts else None
        missing = start - (last.start + last.size) if last is not None else 0
        if missing <= 0:
            return []
        words = f"\n… {missing:,} bytes were not kept …\n".encode()
        return [_Part(Path(), start, words, len(words), [words.count(b"\n")])]

    def _unended(self) -> bool:
        if not self._blocks:
            return False
        part, number = self._blocks[-1]
        data = part.read(number)
        return bool(data) and not data.endswith(b"\n")

    def lines(self, first: int, count: int) -> list[str]:
        """Up to ``count`` lines from line ``first`` on, as they stood at the last `renew`."""
        if count <= 0 or not self._blocks:
            return []
        at = max(0, bisect_left(self._before, first) - 1)
        passed = first - self._before[at]
        wanted = passed + count
        data: list[bytes] = []
        ended = size = 0
        for part, number in self._blocks[at:]:
            data.append(part.read(number))
            ended += data[-1].count(b"\n")
            size += len(data[-1])
            if ended >= wanted or size >= MOST:
                break
        found = b"".join(data).split(b"\n")
        if found and not found[-1]:
            found.pop()
        return [line.decode("utf-8", "replace") for line in found[passed:wanted]]

    def find(self, text: str, before: int | None, stop: Callable[[], bool]) -> int | None:
        """The newest line above line ``before`` (None: the end) that holds ``text``, whatever its
        case and colours; None where none does, or once ``stop()`` says so."""
        wanted = text.casefold()
        for first, body in self._backwards():
            if stop():
                return None
            if before is not None and first >= before:
                continue
            shown = HIDDEN.sub("", body) if "\x1b" in body or "\x08" in body else body
            if before is not None:
                shown = "\n".join(shown.split("\n", before - first)[: before - first])
            shown = shown.casefold()
            at = shown.rfind(wanted)
            if at >= 0:
                return first + shown.count("\n", 0, at)
        return None

    def _backwards(self) -> Iterator[tuple[int, str]]:
        """The lines that begin in each block, whole, from the end; with the first one's number."""
        begun_later: list[bytes] = []
        for at in reversed(range(len(self._blocks))):
            part, number = self._blocks[at]
            data = part.read(number)
            end_of_earlier, newline, own = data.partition(b"\n")
            if at and not newline:
                begun_later.append(data)
                yield self._before[at] + 1, ""
                continue
            body = b"".join([own if at else data, *reversed(begun_later)])
            begun_later = [end_of_earlier]
            yield self._before[at] + (1 if at else 0), body.decode("utf-8", "replace")

    def find_error(self, after: int, stop: Callable[[], bool]) -> int | None:
        """The first line from line ``after`` on that says that something went wrong; None where
        none does, or once ``stop()`` says so."""
        for first, body in self._forwards(after):
            if stop():
                return None
            skipped = max(0, after - first)
            # Of what comes before the line only its newlines are of interest.
            data = b"\n".join(body.split(b"\n")[skipped:]) if skipped else body
            found = first_error(data)
            if found is not None:
                return first + skipped + found
        return None

    def _forwards(self, after: int) -> Iterator[tuple[int, bytes]]:
        """The lines that end in each block, whole, from the one of line ``after`` on; with the
        first one's number."""
        begun = b""
        start = max(0, bisect_left(self._before, after) - 1)
        for at in range(start, len(self._blocks)):
            part, number = self._blocks[at]
            ended, newline, rest = (begun + part.read(number)).rpartition(b"\n")
            if newline:
                yield self._before[at], ended
            begun = rest[-MOST:]
        if begun:
            yield self._before[-1], begun
