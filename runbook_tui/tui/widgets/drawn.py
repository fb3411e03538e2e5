"""Rows of a terminal as textual draws them, and parts of them by the cells that they take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip

from runbook_tui.session.ports.terminals import Row, Style, TerminalView

GOES_ON = "›"
"""Stands at the right where a line goes on behind the edge."""
STYLES = 4096


def strip_of(row: Row, base: RichStyle) -> Strip:
    """A row, as long as it is."""
    return Strip([Segment(span.text, base + rich_style(span.style)) for span in row])


def window(strip: Strip, left: int, width: int, base: RichStyle) -> Strip:
    """``width`` cells of a line from cell ``left`` on, with a mark where it goes on."""
    length = strip.cell_length
    if length <= width and not left:
        return strip.adjust_cell_length(width, base)
    seen = strip.crop(left, left + width).adjust_cell_length(width, base)
    if length <= left + width:
        return seen
    return Strip.join([seen.crop(0, width - 1), Strip([Segment(GOES_ON, base)])])


def reversed_in(strip: Strip, start: int, end: int) -> Strip:
    """The cells from ``start`` to ``end`` turned round, so that they stand out from the others."""
    start, end = max(0, start), min(end, strip.cell_length)
    if start >= end:
        return strip
    turned = [
        Segment(text, (style or RichStyle()) + RichStyle(reverse=not (style and style.reverse)))
        for text, style, _ in strip.crop(start, end)
    ]
    return Strip.join([strip.crop(0, start), Strip(turned), strip.crop(end)])


def others(before: TerminalView, after: TerminalView) -> list[int] | None:
    """Rows that do not look the same in two views of the end of an output, the cursor's with them;
    None where one is a view of the kept log, of which more than its rows is drawn."""
    if before.total or after.total:
        return None
    pairs = zip_longest(before.rows, after.rows)
    found = {y for y, (one, other) in enumerate(pairs) if one != other}
    if before.cursor != after.cursor:
        found.update(cursor[0] for cursor in (before.cursor, after.cursor) if cursor)
    return sorted(found)


def text_of(row: Row) -> str:
    """What a row says."""
    return "".join(span.text for span in row)


def part(text: str, start: int, end: int | None) -> str:
    """The characters that stand in the cells from ``start`` to ``end`` (None: the end), those
    that do so with a half too."""
    if text.isascii():
        return text[start:end]
    return "".join(c for c, x, w in _cells(text) if x + w > start and (end is None or x < end))


def whole_cells(text: str, start: int, end: int) -> tuple[int, int]:
    """The same cells, and the other halves of the characters at both ends."""
    if text.isascii():
        return start, end
    for _, x, width in _cells(text):
        if x < start < x + width:
            start = x
        if x < end < x + width:
            end = x + width
    return start, end


def _cells(text: str) -> Iterator[tuple[str, int, int]]:
    at = 0
    for char in text:
        width = cell_len(char)
        # A mark belongs to the character before it.
        yield char, at if width else max(0, at - 1), width or 1
        at += width


@lru_cache(maxsize=STYLES)
def rich_style(style: Style) -> RichStyle:
    """The same style for rich."""
    return RichStyle(
        color=_colour(style.foreground),
        bgcolor=_colour(style.background),
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=style.underline or None,
        reverse=style.reverse or None,
    )


def _colour(name: str) -> Color | None:
    if not name:
        return None
    if name.startswith("ansi:"):
        return Color.from_ansi(int(name[5:]))
    return Color.parse(name)
