"""What of an output is chosen for copying: from one cell to another, or whole lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from runbook_tui.frozen import frozen
from runbook_tui.session.ports.terminals import Row
from runbook_tui.tui.widgets.drawn import part, text_of

Point = tuple[int, int]
"""A line of the kept log, or a row of a picture that stands still, and a cell in it; from 0."""


@frozen(kw_only=False)
class Selection:
    """Both ends are in it, whichever is first; ``whole``: all of their lines."""

    anchor: Point
    point: Point
    whole: bool = False

    @property
    def first(self) -> Point:
        """The end that comes first."""
        return min(self.anchor, self.point)

    @property
    def last(self) -> Point:
        """The end that comes last."""
        return max(self.anchor, self.point)

    @property
    def count(self) -> int:
        """How many lines it touches."""
        return self.last[0] - self.first[0] + 1

    def to(self, point: Point) -> Selection:
        """From the same anchor to another point."""
        return replace(self, point=point)

    def cells(self, line: int) -> tuple[int, int | None] | None:
        """The cells of a line that are in it: from, up to (None: its end); None for none."""
        (first, begin), (last, end) = self.first, self.last
        if not first <= line <= last:
            return None
        if self.whole:
            return 0, None
        return begin if line == first else 0, end + 1 if line == last else None

    def text(self, rows: Sequence[Row], top: int, wrapped: frozenset[int] = frozenset()) -> str:
        """What it says; ``rows`` begin with line ``top``, those in ``wrapped`` (counted from 0)
        go on in the next one."""
        said: list[str] = []
        for number, row in enumerate(rows):
            cells = self.cells(top + number)
            if cells is None:
                continue
            text = part(text_of(row), *cells)
            goes_on = number in wrapped and top + number < self.last[0]
            said.append(text if goes_on else text.rstrip() + "\n")
        return "".join(said).removesuffix("\n") + "\n" * self.whole
