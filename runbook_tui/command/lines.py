"""Plain terminal output as lines: colours, carriage returns, tabs and backspaces; no addressing.

The fast way for what most commands put out; its rows are those of the emulator. Control sequences:
ECMA-48, as xterm reads them.
"""

from __future__ import annotations

import re

from runbook_tui.command.characters import clusters, shown
from runbook_tui.command.sgr import restyled
from runbook_tui.command.spans import trimmed
from runbook_tui.session.ports.terminals import PLAIN, Row, Span, Style

CSI = re.compile(r"\x1b\[([0-9;:?<>=]*)([ -/]*)([@-~])")
SEQUENCE = re.compile(
    r"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]?"  # other escapes
    r"|[\x00-\x1f\x7f-\x9f]"  # controls
)
SGR = re.compile(r"\x1b\[([0-9;:]*)m")
SIMPLE = re.compile(r"[\x20-\x7e]*(?:\x1b\[[0-9;:]*m[\x20-\x7e]*)*\r?")
ADDRESSING = re.compile(
    # It begins with a character that the search can look for by itself.
    rb"\x1b(?:\[\?(?:[0-9]+;)*(?:[567]|47|104[789])(?:;[0-9]+)*[hl]"  # the second screen, wrapping
    rb"|\[[0-9;:]*[@-FHIJLMPSTXZ`abdefhlrsu]|\[!p"  # the cursor, lines, margins, modes
    rb"|[78DEHMc]|[()]0)"
)
WRITING = re.compile(r"(?:[\x20-\x7e\u2500-\u259f]|\x1b\[[0-9;:]*m|\x1b\[0?K)*")
"""What goes from left to right, a column for each character; with what is made of boxes."""
PLAIN_SEQUENCE = re.compile(r"\x1b\[[0-9;:]*[mK]")
ERASING = re.compile(r"\x1b\[0?K")
RESETS = frozenset({"\x1b[m", "\x1b[0m"})
FEW = 4
"""Writings of a line that are not worth looking for what can still be seen."""
WIDEST = 4096
TAB = 8

Cell = tuple[str, Style]


def addresses_cursor(data: bytes) -> bool:
    """Whether the output needs a full emulator: it moves the cursor or uses the second screen."""
    return b"\x0b" in data or b"\x0c" in data or ADDRESSING.search(data) is not None


def parse_line(line: str, style: Style = PLAIN) -> tuple[Row, Style]:
    """The beginning of one line as spans, and the style that the next line begins with."""
    rows, style, _ = parse_rows(line, style, WIDEST)
    return rows[0], style


def parse_rows(line: str, style: Style, columns: int) -> tuple[list[Row], Style, int]:
    """One line as the rows that it fills, the style that the next line begins with, and the
    column in which the cursor is left."""
    line = newest(line, columns)
    if SIMPLE.fullmatch(line):
        rows, style, column = _simple(line.rstrip("\r"), style, columns)
        return rows, style, 0 if line.endswith("\r") else column
    return written(line, style, columns)


def newest(line: str, columns: int) -> str:
    """A line that is rewritten again and again without what nobody can see any more.

    Each writing begins at the left, so one that is no longer than what was written later is gone,
    but for the style that it has left.
    """
    writings = line.split("\r")
    if len(writings) < FEW:
        return line
    covered, reset = 0, False
    kept: list[str] = []
    for at in range(len(writings) - 1, -1, -1):
        writing = writings[at]
        drawn = len(PLAIN_SEQUENCE.sub("", writing))
        if not WRITING.fullmatch(writing) or drawn > columns:
            # It may reach into other rows, and what came before it with it.
            kept += reversed(writings[: at + 1])
            break
        # What erases the rest of its row reaches to its end.
        reach = columns if ERASING.search(writing) else drawn
        if reach > covered or not kept:
            kept.append(writing)
            reset = False
        elif not reset:
            before, reset = _styles(writing)
            kept[-1] = before + kept[-1]
        covered = max(covered, reach)
    return "\r".join(reversed(kept))


def _styles(writing: str) -> tuple[str, bool]:
    """The changes of style in a text, and whether nothing from before it goes on behind them."""
    found = [match[0] for match in SGR.finditer(writing)]
    last = max((at for at, code in enumerate(found) if code in RESETS), default=-1)
    return "".join(found[max(0, last) :]), last >= 0


def written(line: str, style: Style, columns: int) -> tuple[list[Row], Style, int]:
    """The same as `parse_rows`, character by character."""
    paper = _Paper(columns)
    at = 0
    line = shown(line)
    for match in SEQUENCE.finditer(line):
        paper.write(line[at : match.start()], style)
        at = match.end()
        style = paper.obey(match[0], style)
    paper.write(line[at:], style)
    return [trimmed(_spans(cells)) for cells in paper.rows], style, paper.column


def _simple(line: str, style: Style, columns: int) -> tuple[list[Row], Style, int]:
    """Printable ASCII and colours."""
    parts = SGR.split(line)
    rows: list[Row] = []
    spans: list[Span] = []
    room = columns
    for number, part in enumerate(parts):
        if number % 2:
            style = restyled(style, part)
            continue
        at = 0
        while at < len(part):
            if not room:
                rows.append(trimmed(spans))
                spans, room = [], columns
            text = part[at : at + room]
            spans.append(Span(text, style))
            at += len(text)
            room -= len(text)
    return [*rows, trimmed(spans)], style, columns - room


class _Paper:
    """The rows that one line fills while it is written; a wide character has an empty cell
    behind it."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self.column = 0
        self.rows: list[list[Cell]] = [[]]

    def write(self, text: str, style: Style) -> None:
        """Characters; what does not fit goes on in the next row."""
        for char, width in clusters(text):
            if not 0 < width <= self._columns:
                continue
            if self.column + width > self._columns:
                if self.column < self._columns:
                    self._put(" ", 1, style)
                self.rows.append([])
                self.column = 0
            self._put(char, width, style)

    def _put(self, char: str, width: int, style: Style) -> None:
        cells, at = self.rows[-1], self.column
        cells.extend([(" ", PLAIN)] * (at - len(cells)))
        self._split(at, style)
        self._split(at + width, style)
        cells[at : at + width] = [(char, style), ("", style)][:width]
        self.column += width

    def _split(self, at: int, style: Style) -> None:
        """What is left of a wide character that is half written over is blank."""
        cells = self.rows[-1]
        if at < len(cells) and not cells[at][0]:
            cells[at - 1 : at + 1] = [(" ", style)] * 2

    def obey(self, text: str, style: Style) -> Style:
        """A control character or sequence; the style after it."""
        if text == "\r":
            self.column = 0
        elif text == "\b":
            self.column = max(0, min(self.column, self._columns - 1) - 1)
        elif text == "\t":
            self.column = min(self._columns - 1, self.column - self.column % TAB + TAB)
        elif (match := CSI.fullmatch(text)) is not None and not match[2]:
            if match[3] == "m" and not match[1].startswith(("?", ">", "<", "=")):
                return restyled(style, match[1])
            self._move(match[3], match[1], style)
        return style

    def _move(self, kind: str, mode: str, style: Style) -> None:
        if kind == "K" and mode in {"", "0", "1", "2"}:
            self._erase(mode or "0", style)
        elif kind == "G":
            wanted = int(mode[:5]) if mode.isdigit() else 1
            self.column = max(0, min(self._columns, wanted) - 1)

    def _erase(self, mode: str, style: Style) -> None:
        if self.column >= self._columns and mode == "0":
            return
        cells = self.rows[-1]
        first = self.column if mode == "0" else 0
        last = self._columns if mode != "1" else min(self.column + 1, self._columns)
        self._split(first, style)
        self._split(last, style)
        seen = style.background or style.reverse or style.underline
        end = last if seen else min(last, len(cells))
        cells.extend([(" ", PLAIN)] * (first - len(cells)))
        cells[first:last] = [(" ", style)] * (end - first)


def _spans(cells: list[Cell]) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for at in range(1, len(cells) + 1):
        if at == len(cells) or cells[at][1] != cells[start][1]:
            text = "".join(char for char, _ in cells[start:at])
            spans.append(Span(text, cells[start][1]))
            start = at
    return spans
