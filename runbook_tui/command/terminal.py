"""The view of one command's terminal, read from the end of its log."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from runbook_tui.command.emulator import Emulator
from runbook_tui.command.folder import log_parts, read_tail
from runbook_tui.command.kept_lines import KeptLines
from runbook_tui.command.lines import addresses_cursor, parse_line
from runbook_tui.session.ports.terminals import PLAIN, TerminalView

TAIL = 16 * 1024
SCREEN_TAIL = 256 * 1024
LONGEST = 16 * 1024
"""Characters of one line that are looked at."""


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
        self._kept = KeptLines(folder)

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
        enough = min(SCREEN_TAIL, max(TAIL, rows * columns * 2))
        if len(data) == TAIL and enough > TAIL:
            data = read_tail(self._folder, enough)
        if len(data) in {TAIL, enough}:
            data = data.partition(b"\n")[2] or data
        found = self._parsed(_lines(data)[-rows:], 0, 0)
        return dataclasses.replace(found, brackets=_brackets(data))

    def find(self, text: str, before: int | None, stop: Callable[[], bool]) -> int | None:
        """The newest line above ``before`` that holds ``text``; on a count of its own, so that a
        view is taken meanwhile."""
        kept = KeptLines(self._folder)
        kept.renew()
        return kept.find(text, before, stop)

    def _emulated(self, rows: int, columns: int) -> TerminalView:
        screen = Emulator(rows, columns)
        data = whole = read_tail(self._folder, SCREEN_TAIL)
        for clear in (b"\x1b[?1049h", b"\x1b[2J", b"\x1bc"):
            at = data.rfind(clear)
            if at > 0:
                data = data[at:]
                break
        screen.feed(data)
        return TerminalView(
            rows=screen.rows(), full_screen=True, cursor=screen.cursor, brackets=_brackets(whole)
        )

    def _scrolled(self, rows: int, scroll: int) -> TerminalView:
        total = self._kept.renew()
        first = scroll if scroll >= 0 else total + scroll
        first = max(0, min(first, total - rows))
        return self._parsed(self._kept.lines(first, rows), first, total)

    def _parsed(self, lines: list[str], first: int, total: int) -> TerminalView:
        style = PLAIN
        rows = []
        for line in lines:
            row, style = parse_line(_bounded(line), style)
            rows.append(row)
        return TerminalView(rows=tuple(rows), first=first, total=total)


def _bounded(line: str) -> str:
    """What of a very long line can be seen: its beginning, or the end of what is rewritten."""
    if len(line) <= LONGEST:
        return line
    end = line[-LONGEST:]
    return end.partition("\r")[2] if "\r" in end[:-1] else line[:LONGEST]


def _brackets(data: bytes) -> bool:
    """Whether the program's last word was that pastes come in brackets (xterm's mode 2004)."""
    return data.rfind(b"\x1b[?2004h") > data.rfind(b"\x1b[?2004l")


def _lines(data: bytes) -> list[str]:
    lines = data.decode("utf-8", "replace").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines
