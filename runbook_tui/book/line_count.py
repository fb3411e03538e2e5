"""In which line of a text a place is, for many places of one text."""

from __future__ import annotations


class LineCount:
    """Counts on from the last place that was asked for: asked in order, a text is read once."""

    def __init__(self, text: str, first: int = 0) -> None:
        """``first`` is the number of the text's first line."""
        self._text = text
        self._first = first
        self._at = 0
        self._line = first

    def of(self, place: int) -> int:
        """The line of a place."""
        if place < self._at:
            self._at, self._line = 0, self._first
        self._line += self._text.count("\n", self._at, place)
        self._at = place
        return self._line
