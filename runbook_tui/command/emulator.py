"""A full terminal for programs that address the cursor; loaded when first needed.

avt where it is installed, else pyte: a hundred times slower, but written in Python alone.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol

from runbook_tui.command.characters import CONTROL, Clusters
from runbook_tui.command.cleaning import Cleaner
from runbook_tui.command.modes import Modes
from runbook_tui.command.spans import trimmed
from runbook_tui.session.ports.terminals import Row, Span


class Screen(Protocol):
    """What an emulator must be able to do; its texts hold clusters as single characters."""

    SLICE: int
    """Bytes that may be fed at once: a thread that does holds up the others for a millisecond."""
    BEHIND: int
    """Bytes that a view may lag behind; more are skipped."""

    def feed(self, text: str) -> None:
        """Show more output."""

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column from 0; behind the last one where the next character wraps."""

    def rows(self) -> tuple[tuple[Row, ...], bool]:
        """The screen from top to bottom, and whether it is the second one."""

    def above(self) -> Row | None:
        """The line that left the screen last."""


@cache
def best() -> type[Screen]:
    """The fastest emulator that is installed."""
    try:
        from runbook_tui.command.avt_screen import AvtScreen
    except ImportError:
        from runbook_tui.command.pyte_screen import PyteScreen

        return PyteScreen
    return AvtScreen


class Emulator:
    """One screen of ``rows`` by ``columns``, fed with bytes that may be cut anywhere."""

    def __init__(self, rows: int, columns: int, kind: type[Screen] | None = None) -> None:
        self.kind = kind or best()
        self._space = (rows, columns)
        self._screen = self.kind(rows, columns)  # type: ignore[call-arg]
        self._clusters = Clusters()
        self._cleaner = Cleaner(self._clusters)
        self.second = False
        """Whether the second screen was shown at the last `rows`."""
        self.modes = Modes()
        self._lowered = 0

    def feed(self, data: bytes) -> None:
        """Show more output."""
        instead, text = self._cleaner.feed(data)
        column = self._screen.cursor[1] if instead else 0
        if column:
            self._screen.feed(f"\x1b[{column}G{instead}")
        if text:
            self._screen.feed(text)
        self.modes.feed(text)

    def forget_margins(self) -> None:
        """The terminal has got another size: margins go with the old one."""
        self._screen.feed("\x1b7\x1b[r\x1b8")

    def skip(self) -> None:
        """What is fed next does not follow on what was fed last."""
        self._cleaner = Cleaner(self._clusters)

    def screen(self) -> tuple[Row, ...]:
        """The screen from top to bottom."""
        rows, self.second = self._screen.rows()
        return tuple(self._clean(row) for row in rows)

    def rows(self) -> tuple[Row, ...]:
        """The same, but lines come without the empty one below the last, as they do where no
        emulator is needed."""
        rows = self.screen()
        self._lowered = 0
        if not self.second and self._screen.cursor == (self._space[0] - 1, 0) and not rows[-1]:
            above = self._screen.above()
            if above is not None:
                self._lowered = 1
                return (self._clean(above), *rows[:-1])
        return rows

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, from 0, in the last `rows`; it may stand below them."""
        row, column = self._screen.cursor
        return row + self._lowered, min(column, self._space[1] - 1)

    def _clean(self, row: Row) -> Row:
        return trimmed(span if _is_plain(span.text) else self._cleaned(span) for span in row)

    def _cleaned(self, span: Span) -> Span:
        return Span(CONTROL.sub(" ", self._clusters.decode(span.text)), span.style)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
