"""An emulator that keeps up with a growing log, or skips what it cannot keep up with."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from runbook_tui.command.emulator import Emulator
from runbook_tui.command.folder import log_parts, read_from, resized_at
from runbook_tui.session.ports.terminals import Row, TerminalView

BUDGET = 0.03
"""Seconds that one view may take to feed."""
CLEARS = (b"\x1b[?1049h", b"\x1b[2J", b"\x1bc", b"\x1b[H\x1b[J")
MODES = re.compile(rb"\x1b\[\?[0-9;]+[hl]|\x1b\[[0-9;]*r|\x1b[()][0-9A-Z]|\x1bc")
LOOKED_AT = 1 << 20
"""Bytes before those that are shown in which modes are looked for."""


class Following:
    """The screen of a command, ``size`` (rows and columns) large, as of what was fed so far."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self._folder = folder
        self.size = size
        self._resized = resized_at(folder)
        self._emulator = Emulator(*size)
        self._at = 0
        self.behind = False
        """Whether there is more than could be fed in the time of one view."""

    @property
    def second(self) -> bool:
        """Whether the program has gone to the second screen."""
        return self._emulator.second

    def view(self, rows: int) -> TerminalView:
        """Take in what has come, as far as there is time, and show the screen."""
        self._advance()
        found = self._emulator.rows()
        cursor, modes = self._emulator.cursor, self._emulator.modes
        first = _first(found, rows, cursor[0])
        return TerminalView(
            rows=found[first : first + rows],
            full_screen=True,
            second=self._emulator.second,
            cursor=(cursor[0] - first, cursor[1]) if modes.cursor else None,
            brackets=modes.brackets,
            application_keys=modes.application_keys,
        )

    def _advance(self) -> None:
        end = log_parts(self._folder).total
        deadline = time.monotonic() + BUDGET
        self.behind = False
        if not 0 <= end - self._at <= self._emulator.kind.BEHIND:
            self._skip(end)
        while self._at < end:
            if self._at == self._resized:
                self._emulator.forget_margins()
            start, data = read_from(self._folder, self._at, self._slice())
            if not data:
                return
            if start != self._at:
                self._skip(end)
                continue
            self._emulator.feed(data)
            self._at += len(data)
            if time.monotonic() > deadline:
                self.behind = self._at < end
                return

    def _slice(self) -> int:
        """How much is fed at once: not over the byte at which the size changed."""
        most, left = self._emulator.kind.SLICE, self._resized - self._at
        return min(most, left) if left > 0 else most

    def _skip(self, end: int) -> None:
        """Go on at the last time that the screen was cleared, with the modes set till then."""
        begin = max(0, end - self._emulator.kind.BEHIND)
        before, earlier = read_from(self._folder, max(self._at, begin - LOOKED_AT), LOOKED_AT)
        earlier = earlier[: max(0, begin - before)]
        start, data = read_from(self._folder, begin, self._emulator.kind.BEHIND)
        at = max(data.rfind(clear) for clear in CLEARS)
        if at < 0:
            # Not in the middle of a sequence or a character.
            at = next((m.start() for m in [re.search(rb"[\n\x1b]", data)] if m), 0)
        first = begin - len(earlier)
        modes = dict.fromkeys(
            found[0]
            for found in reversed(list(MODES.finditer(earlier + data[:at])))
            # Margins went with the size that they were set for.
            if not (found[0].endswith(b"r") and first + found.start() < self._resized)
        )
        self._emulator.skip()
        self._emulator.feed(b"".join(reversed(modes)) + b"\x1b[H" * (begin > 0))
        self._at = start + at


def _first(found: tuple[Row, ...], rows: int, cursor: int) -> int:
    """The first row in view where the screen is higher than the view: its end is seen."""
    last = max([cursor, *(at for at, row in enumerate(found) if row)])
    return max(0, min(last + 1 - rows, len(found) - rows))


def size_of(folder: Path, rows: int, columns: int) -> tuple[int, int]:
    """The size for which the command puts out; that of the view where it is not known."""
    from runbook_tui.command.folder import terminal_size

    return terminal_size(folder) if os.path.exists(folder / "size.json") else (rows, columns)
