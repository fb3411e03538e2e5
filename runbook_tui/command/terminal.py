"""The view of one command's terminal, read from the end of its log."""

from __future__ import annotations

import os
from pathlib import Path

from runbook_tui.command.emulator import Emulator
from runbook_tui.command.folder import log_parts, read_tail
from runbook_tui.command.lines import addresses_cursor, parse_line
from runbook_tui.session.ports.terminals import PLAIN, TerminalView

TAIL = 16 * 1024
SCREEN_TAIL = 256 * 1024
WHOLE = 16 << 20


class LogTerminals:
    """Port `Terminals`."""

    def open(self, folder: Path) -> LogTerminal:
        """The terminal of the command that keeps its log in ``folder``."""
        return LogTerminal(folder)


class LogTerminal:
    """Port `Terminal`: lines for plain output, a full emulator once the cursor is addressed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[str, int], ...] = ()
        self._lines: list[str] = []
        self._lines_of: tuple[tuple[str, int], ...] = ()

    def changed(self) -> bool:
        """Whether anything was put out since the last `view`."""
        return self._sizes() != self._seen

    def _sizes(self) -> tuple[tuple[str, int], ...]:
        found = []
        for path, _ in log_parts(self._folder).parts:
            try:
                found.append((path.name, os.stat(path).st_size))
            except OSError:
                continue
        return tuple(found)

    def view(self, rows: int, columns: int, scroll: int | None = None) -> TerminalView:
        """The last ``rows`` lines, or those from line ``scroll``."""
        self._seen = self._sizes()
        if scroll is not None:
            return self._scrolled(rows, scroll)
        data = read_tail(self._folder, TAIL)
        if addresses_cursor(data):
            return self._emulated(rows, columns)
        if len(data) == TAIL:
            data = data.partition(b"\n")[2] or data
        lines = _lines(data)
        return self._parsed(lines[-rows:], 0, 0)

    def search(self, text: str) -> list[int]:
        """Line numbers of the kept log that hold ``text``."""
        wanted = text.casefold()
        return [
            number
            for number, line in enumerate(self._whole())
            if wanted in "".join(s.text for s in parse_line(line)[0]).casefold()
        ]

    def _emulated(self, rows: int, columns: int) -> TerminalView:
        screen = Emulator(rows, columns)
        data = read_tail(self._folder, SCREEN_TAIL)
        for clear in (b"\x1b[?1049h", b"\x1b[2J", b"\x1bc"):
            at = data.rfind(clear)
            if at > 0:
                data = data[at:]
                break
        screen.feed(data)
        return TerminalView(rows=screen.rows(), full_screen=True, cursor=screen.cursor)

    def _scrolled(self, rows: int, scroll: int) -> TerminalView:
        lines = self._whole()
        first = max(0, min(scroll, len(lines) - rows))
        return self._parsed(lines[first : first + rows], first, len(lines))

    def _whole(self) -> list[str]:
        sizes = self._sizes()
        if sizes != self._lines_of:
            self._lines_of = sizes
            self._lines = _lines(read_tail(self._folder, WHOLE))
        return self._lines

    def _parsed(self, lines: list[str], first: int, total: int) -> TerminalView:
        style = PLAIN
        rows = []
        for line in lines:
            row, style = parse_line(line, style)
            rows.append(row)
        return TerminalView(rows=tuple(rows), first=first, total=total)


def _lines(data: bytes) -> list[str]:
    lines = data.decode("utf-8", "replace").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines
