"""The screen of avt, an emulator in Rust; read from what it would print to draw itself anew.

Going through its cells one by one would take ten times as long.
"""

from __future__ import annotations

import re
from typing import Any

import avt

from runbook_tui.command.sgr import styled
from runbook_tui.session.ports.terminals import PLAIN, Row, Span, Style

TOKEN = re.compile(r"\x1b\[([0-9;:]*)([mb])|([^\x1b\x9b\r\n]+)")
SECOND = "\x9b?1047h\x9b1;1H"
"""It goes to the second screen; what comes before is the first one."""


class AvtScreen:
    """One screen of ``rows`` by ``columns``."""

    SLICE = 16 * 1024
    BEHIND = 256 * 1024

    def __init__(self, rows: int, columns: int) -> None:
        # One line above the screen is kept.
        self._vt: Any = avt.Vt(columns, rows, 1)
        self._rows = rows

    def feed(self, text: str) -> None:
        """Show more output."""
        self._vt.feed_str(text)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column from 0; behind the last one where the next character wraps."""
        cursor = self._vt.cursor
        return cursor.row, cursor.col

    def rows(self) -> tuple[tuple[Row, ...], bool]:
        """The screen from top to bottom, and whether it is the second one."""
        dump: str = self._vt.dump()
        second = dump.rfind(SECOND)
        if dump.find("\x9b?1047l", second + 1) > second >= 0:
            second = -1
        lengths = [len(line.text) for line in self._vt.view()]
        body = dump[second + len(SECOND) :] if second >= 0 else dump
        # Empty rows at the end are left out, and what follows the rows begins with this control.
        return _rows(body.partition("\x9b")[0], lengths), second >= 0

    def above(self) -> Row | None:
        """The line that left the screen last."""
        lines = self._vt.lines()
        return _row_of(lines[-self._rows - 1]) if len(lines) > self._rows else None


def _rows(dump: str, lengths: list[int]) -> tuple[Row, ...]:
    rows: list[Row] = []
    spans: list[Span] = []
    style, last = PLAIN, " "
    lacking = iter([*lengths, 0])
    need = next(lacking)
    for match in TOKEN.finditer(dump):
        codes, kind, text = match.groups()
        if kind == "m":
            style = styled(codes)
            continue
        text = last * int(codes or 1) if kind else text
        last = text[-1]
        while text and len(rows) < len(lengths):
            part, text = text[:need], text[need:]
            spans.append(Span(part, style))
            need -= len(part)
            if not need:
                rows.append(tuple(spans))
                spans = []
                need = next(lacking)
    rows += [(Span(" " * length),) for length in lengths[len(rows) :]]
    return tuple(rows)


def _row_of(line: Any) -> Row:
    """A row from the cells of one line."""
    return tuple(
        Span("".join(cell.char for cell in chunk if cell.width), _style(chunk[0].pen))
        for chunk in line.chunks(lambda one, other: _style(one.pen) != _style(other.pen))
    )


def _style(pen: Any) -> Style:
    return Style(
        foreground=_colour(pen.foreground), background=_colour(pen.background), bold=pen.bold,
        dim=pen.faint, italic=pen.italic, underline=pen.underline, reverse=pen.inverse,
    )  # fmt: skip


def _colour(colour: Any) -> str:
    if colour is None:
        return ""
    if isinstance(colour, avt.Color.Indexed):
        return f"ansi:{colour[0]}"
    return f"#{colour[0]:02x}{colour[1]:02x}{colour[2]:02x}"
