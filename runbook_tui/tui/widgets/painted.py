"""Widgets that draw rows of text in a tone, line by line; text is never markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from runbook_tui.preferences.key_names import normal
from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.tui.views.tone import TONES, Line, cells, refitted

ARROWS = {"↑": "up", "↓": "down", "←": "left", "→": "right"}
MOST_DRAWN = 500
"""Rows of which it is kept what was drawn."""
AROUND = 2
"""Rows that are kept in sight above and below the cursor."""


class TonedScreen(Screen[None]):
    """A screen on which lines in a tone are drawn.

    The tones are its own, not its widgets': Textual makes each anew, for each that has them,
    whenever a class of the screen changes.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tone--{tone}" for tone in TONES}
    KEYS_OF: ClassVar[str] = "reading"
    """The part of the program whose keys this screen shows."""

    _caps: tuple[Preferences, dict[str, str]] = (DEFAULTS, {})

    def cap(self, key: str) -> str:
        """How a key is shown, by how its default is: a person may have changed it."""
        preferences: Preferences = getattr(self.app, "preferences", DEFAULTS)
        if not preferences.keymap:
            return key
        if self._caps[0] is not preferences:
            parts = (self.KEYS_OF, "list", "pane", "typing", "everywhere")
            self._caps = preferences, preferences.caps(parts)
        return " ".join(self._caps[1].get(word, word) for word in key.split(" "))


def strip(widget: Widget, line: Line, width: int, base: Style) -> Strip:
    """A line as textual draws it, exactly ``width`` cells wide."""
    segments = []
    style_of = widget.screen.get_component_rich_style
    shown = _capped(widget, line, width)
    for text, tone in _without_edges(shown) if widget.app.no_color else shown:
        segments.append(Segment(text, base + style_of(f"tone--{tone}", partial=True)))
    return Strip(segments).adjust_cell_length(width, base)


def _without_edges(line: Line) -> Line:
    """The same where what is bad is underlined: its words are, not the blanks around them."""
    parts: Line = []
    for text, tone in line:
        word = text.strip()
        if tone != "bad" or word == text or not word:
            parts.append((text, tone))
            continue
        before, after = text.split(word, 1)
        parts += [(before, "plain"), (word, tone), (after, "plain")]
    return parts


def _capped(widget: Widget, line: Line, width: int | None) -> Line:
    """The line with a person's own keys; what stands at its right stays in sight."""
    cap = getattr(widget.screen, "cap", None)
    if cap is None:
        return line
    shown = [(cap(text) if tone in {"key", "off"} else text, tone) for text, tone in line]
    return shown if width is None else refitted(shown, width)


def key_at(widget: Widget, line: Line, x: int, width: int | None = None) -> str:
    """The key that a line shows at a cell, or whose word stands there, as Textual names it.

    ``width`` is what it was drawn in, in cells; None: as much as it takes.
    """
    at, label, begins, word = 0, "", 0, "plain"
    for shown, tone in _capped(widget, line, width):
        if tone in {"key", "off"}:
            # One that does nothing now says why when it is pressed.
            label, begins, word = shown, at, "plain" if tone == "key" else "dim"
        elif tone == "panic" and "F9" in shown:
            label, begins, word = "F9", at, "plain"
        elif tone != word:
            label = ""
        at += cells(shown)
        if x < at:
            return _pressed(label, x - begins)
    return ""


def _pressed(label: str, x: int) -> str:
    """Which key of a label is meant: of several the one that stands at the cell, else the last."""
    words = label.split()
    if len(words) > 1:
        return normal(words[0] if x <= len(words[0]) else words[-1])
    if label.strip() and set(label.strip()) <= ARROWS.keys():
        return ARROWS[(label.strip() + label.strip()[-1])[min(x, len(label.strip()))]]
    return normal(words[0]) if words else ""


class Lines(Widget):
    """A few lines that somebody else computes for the width there is."""

    def __init__(self, paint: Callable[[int, int], list[Line]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._paint = paint
        self._painted: list[Line] | None = None
        self._drawn: dict[int, Line] = {}
        """What stands in each line that was drawn; of those drawn again alone it is the newest."""

    def renew(self) -> None:
        """Draw those lines again that say anything else by now."""
        width, height = self.size.width, self.size.height
        now = self._paint(width, height)
        others = [y for y in range(height) if self._drawn.get(y) != _line_of(now, y)]
        if others:
            self.refresh(*(Region(0, y, width, 1) for y in others))

    def render(self) -> RenderResult:
        """Drawn by lines."""
        return ""

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines, computed once for all that are drawn now."""
        self._painted = None
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line; computed for the size of the moment."""
        width, height = self.size.width, self.size.height
        if self._painted is None:
            self._painted = self._paint(width, height)
        self._drawn[y] = _line_of(self._painted, y)
        return strip(self, self._drawn[y], width, self.base_of(y))

    def base_of(self, y: int) -> Style:
        """What a line is drawn on."""
        return self.rich_style

    def on_click(self, event: events.Click) -> None:
        """A click on a key, or the word behind it, presses it."""
        lines = self._paint(self.size.width, self.size.height)
        clicked = 0 <= event.y < len(lines)
        key = key_at(self, lines[event.y], event.x, self.size.width) if clicked else ""
        if key:
            event.stop()
            self.app.simulate_key(key)


def _line_of(lines: list[Line], y: int) -> Line:
    return lines[y] if y < len(lines) else []


class Head(Lines):
    """The top line; a click on it offers everything that can be done."""

    def on_click(self, event: events.Click) -> None:
        """As Ctrl+P does."""
        event.stop()
        self.app.action_command_palette()


class Card(Lines):
    """Lines about one thing; the first names it and stands out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"card--head"}

    def base_of(self, y: int) -> Style:
        """The first line has a ground of its own."""
        base = super().base_of(y)
        return base + self.get_component_rich_style("card--head", partial=True) if not y else base


class RowList(ScrollView, can_focus=True):
    """A list of rows with a cursor; draws only what is visible, whatever its length."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "one row up", id="up", show=False),
        Binding("down,j", "move(1)", "one row down", id="down", show=False),
        Binding("pageup", "page(-1)", "a page up", id="page-up", show=False),
        Binding("pagedown", "page(1)", "a page down", id="page-down", show=False),
        Binding("home,g", "jump(0)", "first row", id="first", show=False),
        Binding("end,G", "jump(-1)", "last row", id="last", show=False),
    ]
    cursor: var[int] = var(0, init=False)

    class Moved(Message):
        """The cursor stands on another row; ``by_person`` unless the program moved it."""

        def __init__(self, row_list: RowList, *, by_person: bool) -> None:
            super().__init__()
            self.row_list = row_list
            self.by_person = by_person

    def __init__(self, paint: Callable[[int, int], Line], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._paint = paint
        self._count = 0
        self._drawn: dict[int, Line] = {}

    def set_count(self, count: int) -> None:
        """How many rows there are."""
        if count != self._count:
            self._count = count
            self.virtual_size = Size(0, count)
        if self.cursor >= count:
            self.cursor = max(0, count - 1)
        self.refresh()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self._count

    def put_cursor(self, row: int, *, by_person: bool = False) -> None:
        """Move the cursor and show it."""
        row = max(0, min(row, self._count - 1))
        if row == self.cursor:
            self._reveal()
            return
        old, self.cursor = self.cursor, row
        self.refresh_row(old)
        self.refresh_row(row)
        self._reveal()
        self.post_message(self.Moved(self, by_person=by_person))

    def marks(self, row: int) -> bool:
        """Whether a row is drawn as the one under the cursor."""
        return row == self.cursor

    def refresh_row(self, row: int) -> None:
        """Draw one row again."""
        y = row - self.scroll_offset.y
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def visible_rows(self) -> range:
        """Indices of the rows on the screen."""
        top = self.scroll_offset.y
        return range(top, min(self._count, top + self.size.height))

    def render_line(self, y: int) -> Strip:
        """One row; the state is read now."""
        row = y + self.scroll_offset.y
        width = self.size.width
        base = self.rich_style
        if row >= self._count:
            return Strip.blank(width, base)
        if self.marks(row):
            base += self.get_component_rich_style("row--cursor", partial=True)
        if len(self._drawn) > MOST_DRAWN:
            self._drawn.clear()
        self._drawn[row] = self._paint(row, width)
        return strip(self, self._drawn[row], width, base)

    def renew(self, may: Callable[[int], bool] = lambda row: True) -> None:
        """Draw those rows again that say anything else by now; ``may``: whether a row can."""
        width = self.size.width
        for row in self.visible_rows():
            if may(row) and self._drawn.get(row) != self._paint(row, width):
                self.refresh_row(row)

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.put_cursor(self.cursor + by, by_person=True)

    def action_page(self, by: int) -> None:
        """A page up or down."""
        self.put_cursor(self.cursor + by * max(1, self.size.height - 1), by_person=True)

    def action_jump(self, to: int) -> None:
        """To the first or last row."""
        self.put_cursor(to if to >= 0 else self._count - 1, by_person=True)

    def on_resize(self) -> None:
        """The cursor's row stays in sight."""
        self.call_after_refresh(self._reveal)

    def on_click(self, event: object) -> None:
        """A click chooses a row."""
        y = getattr(event, "y", 0)
        self.put_cursor(y + self.scroll_offset.y, by_person=True)

    def _reveal(self) -> None:
        """Bring the cursor into sight, with a little of what is around it."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        around = min(AROUND, (height - 1) // 2)
        if self.cursor - around < top:
            self.scroll_to(y=max(0, self.cursor - around), animate=False, force=True)
        elif self.cursor + around >= top + height:
            last = min(self._count - 1, self.cursor + around)
            self.scroll_to(y=last - height + 1, animate=False, force=True)
