"""The view of one command's terminal, read from the end of its log."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

from runbook_tui.command.folder import META, log_parts, read_tail, trouble
from runbook_tui.command.following import Following, size_of
from runbook_tui.command.growth import Growth
from runbook_tui.command.kept_lines import KeptLines
from runbook_tui.command.lines import SGR, addresses_cursor, parse_line, parse_rows
from runbook_tui.command.modes import Modes
from runbook_tui.command.reading import reads
from runbook_tui.command.sgr import restyled
from runbook_tui.command.spans import blank_is_seen
from runbook_tui.frozen import frozen
from runbook_tui.session.ports.terminals import PLAIN, Row, Span, Style, TerminalView

TAIL = 16 * 1024
SCREEN_TAIL = 256 * 1024
LONGEST = 16 * 1024
"""Characters of one line that are looked at."""


class LogTerminals:
    """Port `Terminals`."""

    def open(self, folder: Path) -> LogTerminal:
        """The terminal of the command that keeps its log in ``folder``."""
        return LogTerminal(folder)

    def reads(self, folder: Path) -> bool:
        """Whether something of the command reads what is typed."""
        return reads(folder)


class LogTerminal:
    """Port `Terminal`: lines for plain output, a full emulator once the cursor is addressed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[str, int], ...] = ()
        self._kept = KeptLines(folder)
        self._screen: Following | None = None
        self._growth: Growth | None = None

    def changed(self) -> bool:
        """Whether anything was put out since the last `view`."""
        return self._sizes() != self._seen or (self._screen is not None and self._screen.behind)

    def listen(self) -> int:
        """Readable once the supervisor has written more; below 0 where nothing tells."""
        if self._growth is None:
            self._growth = Growth(self._folder)
        return self._growth.descriptor

    def heard(self) -> None:
        """What was written so far is known."""
        if self._growth is not None:
            self._growth.heard()

    def _sizes(self) -> tuple[tuple[str, int], ...]:
        found = []
        # What cannot be kept makes no part of the log grow, but it is written down.
        for path in (self._folder / META, *(path for path, _ in log_parts(self._folder).parts)):
            try:
                found.append((path.name, os.stat(path).st_size))
            except OSError:
                continue
        return tuple(found)

    def view(self, rows: int, columns: int, scroll: int | None = None) -> TerminalView:
        """The last ``rows`` rows, or the lines from line ``scroll``."""
        self._seen = self._sizes()
        if scroll is not None:
            return self._scrolled(rows, scroll)
        notice = trouble(self._folder)
        found = self._end(max(1, rows - bool(notice)), columns)
        if not notice:
            return found
        # What is missing from here on is said where it would stand.
        kept = found.rows[-(rows - 1) :] if rows > 1 else ()
        return dataclasses.replace(found, rows=(*kept, (Span(notice, Style(reverse=True)),)))

    def _end(self, rows: int, columns: int) -> TerminalView:
        data = read_tail(self._folder, TAIL)
        if data.count(b"\n") < rows and len(data) == TAIL:
            data = read_tail(self._folder, SCREEN_TAIL)
        found = None
        if not addresses_cursor(data) and not (self._screen and self._screen.second):
            whole = len(data) not in {TAIL, SCREEN_TAIL}
            found = tail_of(data if whole else data.partition(b"\n")[2] or data, rows, columns)
        if found is None:
            return self._emulated(rows, columns)
        self._screen = None
        modes = Modes()
        modes.feed(data.decode("latin-1"))
        return TerminalView(
            rows=found.rows,
            cursor=found.cursor if modes.cursor else None,
            wrapped=found.wrapped,
            brackets=modes.brackets,
            application_keys=modes.application_keys,
        )

    def find(self, text: str, before: int | None, stop: Callable[[], bool]) -> int | None:
        """The newest line above ``before`` that holds ``text``; on a count of its own, so that a
        view is taken meanwhile."""
        kept = KeptLines(self._folder)
        kept.renew()
        return kept.find(text, before, stop)

    def find_error(self, after: int, stop: Callable[[], bool]) -> int | None:
        """The first line from line ``after`` on that says that something went wrong."""
        kept = KeptLines(self._folder)
        kept.renew()
        return kept.find_error(after, stop)

    def _emulated(self, rows: int, columns: int) -> TerminalView:
        size = size_of(self._folder, rows, columns)
        if self._screen is None or self._screen.size != size:
            self._screen = Following(self._folder, size)
        return self._screen.view(rows)

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


@frozen(kw_only=False)
class Tail:
    """The end of plain output as a terminal shows it: its rows, which of them go on in the next
    one, and where the cursor is left, which may be below them."""

    rows: tuple[Row, ...]
    wrapped: frozenset[int]
    cursor: tuple[int, int]


def tail_of(data: bytes, rows: int, columns: int) -> Tail | None:
    """The last rows of lines; None where a style that blanks show reaches into the next row:
    what an emulator does then depends on where the lines stand."""
    text = data.decode("utf-8", "replace")
    at = len(text)
    for _ in range(rows + 1):
        at = text.rfind("\n", 0, at)
        if at < 0:
            break
    style, column = PLAIN, 0
    for codes in SGR.findall(text, 0, at + 1):
        style = restyled(style, codes)
    found: list[Row] = []
    wrapped: list[int] = []
    lines = text[at + 1 :].split("\n")
    for line in lines:
        if blank_is_seen(style):
            return None
        filled, style, column = parse_rows(_bounded(line), style, columns)
        if len(filled) > 1 and any(blank_is_seen(span.style) for row in filled for span in row):
            return None
        wrapped += range(len(found), len(found) + len(filled) - 1)
        found += filled
    cursor = len(found) - 1
    if not found[-1] and not column:
        found.pop()
    first = max(0, len(found) - rows)
    return Tail(
        rows=tuple(found[first:]),
        wrapped=frozenset(at - first for at in wrapped if at >= first),
        cursor=(cursor - first, min(column, columns - 1)),
    )


def _bounded(line: str) -> str:
    """What of a very long line can be seen: its beginning, or the end of what is rewritten."""
    if len(line) <= LONGEST:
        return line
    end = line[-LONGEST:]
    return end.partition("\r")[2] if "\r" in end[:-1] else line[:LONGEST]
