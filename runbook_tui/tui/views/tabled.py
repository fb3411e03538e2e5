"""A table within a width: in columns while each row can be read, else a record a row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from runbook_tui.tui.views.filling import filled, longest_word
from runbook_tui.tui.views.tone import Line, length

GAP = 2
WORD = 30
"""Cells of a word for which a column is kept wide; a longer one (a digest) may be broken."""
TALL = 3
"""Rows of the screen that one row of a table may take; beyond that columns cannot be read."""
NONE = "–"
DEEP = re.compile(r"(· )*")


def tabled(heads: Sequence[Line], rows: Sequence[Sequence[Line]], width: int) -> list[Line]:
    """The table in lines of at most ``width`` cells."""
    table = [heads, *rows]
    widths = _widths(table, width)
    if widths is None:
        return _records(heads, rows, width)
    laid = [
        [filled(cell, w, _set_in(cell)) for cell, w in zip(row, widths, strict=True)]
        for row in table
    ]
    if any(len(cell) > TALL for row in laid for cell in row):
        return _records(heads, rows, width)
    total = sum(widths) + GAP * (len(widths) - 1)
    head = [[(text, "dim") for text, _ in line] for line in _beside(laid[0], widths)]
    body = [line for row in laid[1:] for line in _beside(row, widths)]
    return [*head, [("─" * total, "dim")], *body]


def _set_in(cell: Line) -> int:
    """How far its words are set in by the dots that say how deep it lies."""
    found = DEEP.match("".join(text for text, _ in cell[:1]))
    return found.end() if found is not None else 0


def _widths(table: Sequence[Sequence[Line]], width: int) -> list[int] | None:
    """What each column gets; None where they do not fit beside one another."""
    columns = list(zip(*table, strict=True))
    lengths = [[length(cell) for cell in column] for column in columns]
    widths = [max(1, *found) for found in lengths]
    least = [
        min(most, max(1, *(min(WORD, longest_word(cell)) for cell in column)))
        for most, column in zip(widths, columns, strict=True)
    ]
    room = width - GAP * (len(columns) - 1)
    if sum(least) > room:
        return None

    @cache
    def lines(column: int, at: int) -> int:
        return sum(-(-found // at) for found in lengths[column])

    while sum(widths) > room:
        can = [n for n, (w, at_least) in enumerate(zip(widths, least, strict=True)) if w > at_least]
        narrower = min(
            can, key=lambda n: (lines(n, widths[n] - 1) - lines(n, widths[n]), -widths[n])
        )
        widths[narrower] -= 1
    return widths


def _beside(cells_: Sequence[list[Line]], widths: Sequence[int]) -> list[Line]:
    """Cells beside one another, each in as many lines as it has."""
    found: list[Line] = []
    for at in range(max(len(cell) for cell in cells_)):
        line: Line = []
        for number, (cell, width) in enumerate(zip(cells_, widths, strict=True)):
            part = cell[at] if at < len(cell) else []
            line += part
            if number < len(widths) - 1:
                line.append((" " * (width - length(part) + GAP), "plain"))
        found.append(line)
    return found


def _records(heads: Sequence[Line], rows: Sequence[Sequence[Line]], width: int) -> list[Line]:
    """Each row as a record: its first cell, and below it what the others are called and say."""
    names = ["".join(text for text, _ in head) for head in heads]
    wide = min(max(map(len, names[1:]), default=0), max(1, width // 3))
    found: list[Line] = []
    for row in rows:
        found += [[(text, "strong") for text, _ in line] for line in filled(row[0], width)]
        for name, cell in zip(names[1:], row[1:], strict=True):
            if "".join(text for text, _ in cell) in {NONE, ""}:
                continue
            for at, line in enumerate(filled(cell, width - wide - 4)):
                label = name[:wide].ljust(wide) if at == 0 else " " * wide
                found.append([(f"  {label}  ", "dim"), *line])
        found.append([])
    return found[:-1]
