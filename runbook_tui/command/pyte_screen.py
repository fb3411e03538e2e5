"""The screen of pyte, an emulator in Python: it goes everywhere, and is slow."""

from __future__ import annotations

import copy
from typing import Any

import pyte
from pyte import modes as mo

from runbook_tui.command.characters import width
from runbook_tui.session.ports.terminals import PLAIN, Row, Span, Style

NAMES = {
    "black": 0, "red": 1, "green": 2, "brown": 3, "blue": 4, "magenta": 5, "cyan": 6, "white": 7,
    "brightblack": 8, "brightred": 9, "brightgreen": 10, "brightbrown": 11, "brightyellow": 11,
    "brightblue": 12, "brightmagenta": 13, "brightcyan": 14, "brightwhite": 15,
    "bfightmagenta": 13,
}  # fmt: skip
SECOND = {47, 1047, 1049}


class _Screen(pyte.Screen):
    """pyte's screen with a second one, and with what it lacks of a usual terminal."""

    def __init__(self, columns: int, lines: int) -> None:
        self.first: tuple[Any, Any] | None = None
        self.above: Any = None
        self.drawn = " "
        super().__init__(columns, lines)

    def reset(self) -> None:
        self.first = None
        super().reset()

    def select_graphic_rendition(self, *attrs: int, **private: Any) -> None:
        """Without the private form that vim sends."""
        if not private:
            super().select_graphic_rendition(*attrs)

    def set_mode(self, *modes: int, **private: Any) -> None:
        super().set_mode(*modes, **private)
        if private.get("private") and SECOND & set(modes) and self.first is None:
            self.first = (self.buffer, copy.copy(self.cursor))
            self.buffer = copy.copy(self.buffer)
            self.buffer.clear()
            self.dirty.update(range(self.lines))

    def reset_mode(self, *modes: int, **private: Any) -> None:
        super().reset_mode(*modes, **private)
        if private.get("private") and SECOND & set(modes) and self.first is not None:
            self.buffer, cursor = self.first
            self.cursor = cursor if 1049 in modes else self.cursor
            self.first = None
            self.dirty.update(range(self.lines))

    def erase_in_display(self, how: int = 0, *args: Any, **private: Any) -> None:
        if how in {0, 1, 2, 3}:
            super().erase_in_display(how, *args, **private)

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        if how in {0, 1, 2}:
            super().erase_in_line(how, private)

    def restore_cursor(self) -> None:
        """To where it was saved, as often as asked for, and beyond the margins."""
        saved = self.savepoints[-1] if self.savepoints else None
        kept = copy.copy(saved.cursor) if saved else self.cursor
        super().restore_cursor()
        if saved is not None:
            self.savepoints[:] = [saved._replace(cursor=kept)]
            self.cursor.y, self.cursor.x = kept.y, kept.x

    def index(self) -> None:
        if self.cursor.y == self.lines - 1 and self.margins is None and self.first is None:
            self.above = self.buffer[0]
        super().index()

    def insert_lines(self, count: int | None = None) -> None:
        self._fill()
        super().insert_lines(count)

    def delete_lines(self, count: int | None = None) -> None:
        self._fill()
        super().delete_lines(count)

    def _fill(self) -> None:
        """Rows that were never written are not moved by pyte: make them."""
        for row in range(self.lines):
            self.buffer[row]

    def draw(self, data: str) -> None:
        for part in [data] if data.isascii() else data:
            if (
                self.cursor.x == self.columns - 1
                and not part.isascii()
                and width(part) == 2
                and mo.DECAWM in self.mode
            ):
                self.cursor.x = self.columns  # half of it would not fit
            super().draw(part)
        self.drawn = data[-1:] or self.drawn

    def repeat(self, count: int | None = None) -> None:
        """The last character once more."""
        self.draw(self.drawn * min(count or 1, self.columns * self.lines))

    def scroll_up(self, count: int | None = None) -> None:
        self._scroll(count, self.delete_lines)

    def scroll_down(self, count: int | None = None) -> None:
        self._scroll(count, self.insert_lines)

    def _scroll(self, count: int | None, act: Any) -> None:
        at, self.cursor.y = self.cursor.y, self.margins.top if self.margins else 0
        x = self.cursor.x
        act(min(count or 1, self.lines))
        self.cursor.y, self.cursor.x = at, x


class _Tolerant:
    """Carries out what the screen can; a call that it does not understand changes nothing."""

    def __init__(self, screen: _Screen) -> None:
        self._screen = screen

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._screen, name)
        if not callable(method):
            return method

        def call(*arguments: Any, **named: Any) -> Any:
            try:
                return method(*arguments, **named)
            except (TypeError, ValueError, IndexError, KeyError, AttributeError, NameError):
                return None

        return call


class _Stream(pyte.Stream):
    csi = pyte.Stream.csi | {"b": "repeat", "S": "scroll_up", "T": "scroll_down"}
    events = pyte.Stream.events | {"repeat", "scroll_up", "scroll_down"}


class PyteScreen:
    """One screen of ``rows`` by ``columns``."""

    SLICE = 4 * 1024
    BEHIND = 64 * 1024

    def __init__(self, rows: int, columns: int) -> None:
        self._screen = _Screen(columns, rows)
        listener: Any = _Tolerant(self._screen)
        self._stream = _Stream(listener)
        self._stream.use_utf8 = False  # in this mode it knows the line drawing characters

    def feed(self, text: str) -> None:
        """Show more output."""
        self._stream.feed(text)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column from 0; behind the last one where the next character wraps."""
        return self._screen.cursor.y, self._screen.cursor.x

    def rows(self) -> tuple[tuple[Row, ...], bool]:
        """The screen from top to bottom, and whether it is the second one."""
        screen = self._screen
        rows = tuple(self._row(screen.buffer[y]) for y in range(screen.lines))
        return rows, screen.first is not None

    def above(self) -> Row | None:
        """The line that left the screen last."""
        return None if self._screen.above is None else self._row(self._screen.above)

    def _row(self, line: Any) -> Row:
        spans: list[Span] = []
        text, style = "", PLAIN
        for x in range(self._screen.columns):
            cell = line[x]
            found = _style(cell)
            if found != style and text:
                spans.append(Span(text, style))
                text = ""
            style = found
            text += cell.data
        return (*spans, Span(text, style))


def _style(cell: Any) -> Style:
    return Style(
        foreground=_colour(cell.fg), background=_colour(cell.bg), bold=cell.bold,
        italic=cell.italics, underline=cell.underscore, reverse=cell.reverse,
    )  # fmt: skip


def _colour(name: str) -> str:
    if name == "default":
        return ""
    return f"ansi:{NAMES[name]}" if name in NAMES else f"#{name}"
