"""What happened in a run, to be read: laid out for the width there is, scrolled, left."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Size
from textual.selection import Selection
from textual.strip import Strip
from textual.widgets import Static

from runbook_tui.book.plain_text import printable
from runbook_tui.tui.dialogs.ask import AskText, plain
from runbook_tui.tui.dialogs.dialog import Dialog
from runbook_tui.tui.views.document import Block, laid
from runbook_tui.tui.views.tone import Line
from runbook_tui.tui.widgets.drawn import reversed_in
from runbook_tui.tui.widgets.painted import Lines, TonedScreen


class Paper(Lines):
    """A document, laid out anew when the width is another; text of it can be chosen."""

    def __init__(self, document: tuple[Block, ...]) -> None:
        super().__init__(self._rows, id="paper")
        self._document = document
        self._laid: tuple[int, list[Line], list[int]] = (0, [], [])
        self.found: int | None = None
        """The row that was found last; it stands out."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as all of it."""
        return len(self._rows(width, 0))

    @property
    def parts(self) -> list[int]:
        """The rows at which its parts begin."""
        return self._laid[2]

    def row_with(self, words: str, after: int) -> int | None:
        """The next row behind ``after`` that holds all the words, from its beginning again where
        none does; None where no row does."""
        wanted = words.casefold().split()
        found = [
            number for number, row in enumerate(self._laid[1])
            if all(word in "".join(text for text, _ in row).casefold() for word in wanted)
        ]  # fmt: skip
        self.found = next((row for row in found if row > after), found[0] if found else None)
        self.refresh()
        return self.found

    def _rows(self, width: int, height: int) -> list[Line]:
        if self._laid[0] != width:
            self.found = None
            self._laid = (width, *laid(self._document, width))
        return self._laid[1]

    def render_line(self, y: int) -> Strip:
        """A row, with what is chosen of it."""
        strip = super().render_line(y)
        if y == self.found:
            strip = reversed_in(strip, 0, strip.cell_length)
        if self.text_selection is not None and (span := self.text_selection.get_span(y)):
            begin, end = span
            strip = reversed_in(strip, begin, strip.cell_length if end == -1 else end)
        return strip.apply_offsets(0, y)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What is chosen, as text."""
        rows = ("".join(text for text, _ in row) for row in self._laid[1])
        return selection.extract("\n".join(rows)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is chosen."""
        self.refresh()


class ReportPage(Dialog[None]):
    """A report; Tab goes to its next part."""

    COMPONENT_CLASSES = TonedScreen.COMPONENT_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "leave", "leave"),
        Binding("tab", "part(1)", "the next part", priority=True),
        Binding("shift+tab", "part(-1)", "the part before", priority=True),
        Binding("slash", "find", "find in it; the same words again: further down"),
        Binding("j", "scroll_by(1)", "down", show=False),
        Binding("k", "scroll_by(-1)", "up", show=False),
        Binding("g", "scroll_to_end(False)", "its beginning", show=False),
        Binding("G", "scroll_to_end(True)", "its end", show=False),
    ]

    def __init__(self, run: str, document: tuple[Block, ...]) -> None:
        super().__init__()
        self._run = run
        self._document = document
        self._wanted = ""
        """What was looked for last."""

    def compose(self) -> ComposeResult:
        """The paper, and below it the keys."""
        with Vertical(classes="dialog report"):
            with VerticalScroll(classes="text"):
                yield Paper(self._document)
            yield Static(
                plain(f"↑↓ Tab next part · / find · Esc back · `runbook report {self._run}`"),
                classes="hint",
            )

    def on_mount(self) -> None:
        """The keys scroll it."""
        self._text.focus()

    @property
    def _text(self) -> VerticalScroll:
        return self.query_one(VerticalScroll)

    def action_part(self, by: int) -> None:
        """The next part, or the one before; after the last one the first."""
        parts = self.query_one(Paper).parts
        at = round(self._text.scroll_target_y)
        if not parts or not self._text.max_scroll_y:
            self.app.notify("all of it is on the screen")
            return
        ahead = [row for row in parts if row > at] if by > 0 else [r for r in parts if r < at]
        ended = by > 0 and at >= self._text.max_scroll_y
        to = (
            (parts[0] if by > 0 else parts[-1])
            if not ahead or ended
            else ahead[0 if by > 0 else -1]
        )
        self._text.scroll_to(y=to, animate=False)

    def action_find(self) -> None:
        """Go to the next row that holds some words."""
        question = "Find in the report (words of one line)"
        self.app.push_screen(AskText(question, value=self._wanted), self._find)

    def _find(self, words: str | None) -> None:
        if words is None:
            return
        paper = self.query_one(Paper)
        again = words == self._wanted and paper.found is not None
        after = paper.found if again and paper.found is not None else -1
        self._wanted = words
        row = paper.row_with(words, after)
        if row is None:
            self.app.notify(f"no line holds “{printable(words, 60)}”", markup=False)
            return
        self._text.scroll_to(y=max(0, row - self._text.size.height // 3), animate=False)

    def action_scroll_by(self, by: int) -> None:
        """A row up or down."""
        self._text.scroll_relative(y=by, animate=False)

    def action_scroll_to_end(self, end: bool) -> None:
        """Its beginning or end."""
        self._text.scroll_to(y=self._text.max_scroll_y if end else 0, animate=False)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
