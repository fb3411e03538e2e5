"""Lines of parts filled into a width: words whole where they can, counted in cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook_tui.tui.views.tone import Line, cells, length

WORDS = re.compile(r"\s+|\S+")


def filled(line: Line, width: int, aside: int = 0) -> list[Line]:
    """The line in rows of at most ``width`` cells; between words stands one space.

    Every row but the first is set in by ``aside`` cells, where there is room for that."""
    width = max(1, width)
    aside = aside if aside <= width // 2 else 0
    rows: list[Line] = [[]]
    used = begins = 0
    for word in _words(line):
        for piece in _pieces(word, width - aside):
            takes = length(piece)
            if used > begins and used + 1 + takes > width:
                used = begins = aside
                rows.append([(" " * aside, "plain")] if aside else [])
            row = rows[-1]
            if used > begins:
                # The space belongs to what goes on: of two bold words the one between is, too.
                row.append((" ", row[-1][1] if row[-1][1] == piece[0][1] else "plain"))
                used += 1
            row += piece
            used += takes
    return rows


def chopped(text: str, width: int) -> list[str]:
    """A line of code in pieces of at most ``width`` cells; its spaces stay as they are."""
    width = max(2, width)
    if cells(text) <= width:
        return [text]
    pieces, piece, used = [], "", 0
    for char in text:
        takes = cells(char)
        if used + takes > width:
            pieces.append(piece)
            piece, used = "", 0
        piece += char
        used += takes
    return [*pieces, piece]


def longest_word(line: Line) -> int:
    """Cells of the longest word."""
    return max((length(word) for word in _words(line)), default=0)


def _words(line: Line) -> Iterator[Line]:
    """Words, each of one part or, where its tone changes within it, of several."""
    word: Line = []
    for text, tone in line:
        for piece in WORDS.findall(text):
            if not piece.isspace():
                word.append((piece, tone))
            elif word:
                yield word
                word = []
    if word:
        yield word


def _pieces(word: Line, width: int) -> Iterator[Line]:
    """The word, or what fits of it."""
    if length(word) <= width:
        yield word
        return
    for text, tone in word:
        for piece in chopped(text, width):
            yield [(piece, tone)]
