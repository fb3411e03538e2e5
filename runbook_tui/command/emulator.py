"""A full terminal for programs that address the cursor: pyte, loaded when first needed."""

from __future__ import annotations

from typing import Any

from runbook_tui.session.ports.terminals import PLAIN, Row, Span, Style

NAMES = {
    "black": 0, "red": 1, "green": 2, "brown": 3, "blue": 4, "magenta": 5, "cyan": 6, "white": 7,
    "brightblack": 8, "brightred": 9, "brightgreen": 10, "brightbrown": 11, "brightyellow": 11,
    "brightblue": 12, "brightmagenta": 13, "brightcyan": 14, "brightwhite": 15,
    "bfightmagenta": 13,
}  # fmt: skip


class Emulator:
    """One screen of ``rows`` by ``columns``, fed with bytes."""

    def __init__(self, rows: int, columns: int) -> None:
        import pyte

        class Screen(pyte.Screen):
            """pyte's screen, which does not know the private form that vim sends."""

            def select_graphic_rendition(self, *attrs: int, **private: Any) -> None:
                if not private:
                    super().select_graphic_rendition(*attrs)

        self._screen = Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    def feed(self, data: bytes) -> None:
        """Show more output; what the emulator does not know is passed over."""
        try:
            self._stream.feed(data)
        except (TypeError, ValueError, IndexError, KeyError):
            self._stream.__init__(self._screen)  # type: ignore[misc]

    def rows(self) -> tuple[Row, ...]:
        """The screen from top to bottom."""
        return tuple(self._row(y) for y in range(self._screen.lines))

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, from 0."""
        return self._screen.cursor.y, self._screen.cursor.x

    def _row(self, y: int) -> Row:
        line = self._screen.buffer[y]
        spans: list[Span] = []
        text, style = "", PLAIN
        for x in range(self._screen.columns):
            cell = line[x]
            found = _style(cell)
            if found != style and text:
                spans.append(Span(text, style))
                text = ""
            style = found
            text += cell.data if cell.data.isprintable() else " " * bool(cell.data)
        spans.append(Span(text.rstrip() if style == PLAIN else text, style))
        return tuple(spans)


def _style(cell: Any) -> Style:
    return Style(
        foreground=_colour(cell.fg), background=_colour(cell.bg), bold=cell.bold,
        italic=cell.italics, underline=cell.underscore, reverse=cell.reverse,
    )  # fmt: skip


def _colour(name: str) -> str:
    if name == "default":
        return ""
    return f"ansi:{NAMES[name]}" if name in NAMES else f"#{name}"
