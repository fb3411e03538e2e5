"""Screens that are read and left: a head, rows that scroll, and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from runbook_tui.tui.views.leaving import leaving
from runbook_tui.tui.views.tone import Line, spread
from runbook_tui.tui.whole import has_all
from runbook_tui.tui.widgets.painted import Head, Lines, RowList, TonedScreen
from runbook_tui.tui.widgets.said import Said

if TYPE_CHECKING:
    from runbook_tui.tui.speaking import SpeakingApp


class RowsScreen(TonedScreen):
    """A list; what is in it and above it is the subclass's."""

    app: SpeakingApp
    DEFAULT_CSS = """
    RowsScreen #about { height: auto; max-height: 4; }
    RowsScreen #rows { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "back", id="back", tooltip="back to the list"),
        Binding("question_mark", "app.help", "help", id="help", tooltip="the keys"),
    ]
    OWN_KEY: ClassVar[str] = ""
    """The key that opened it; it leaves it, too."""

    def compose(self) -> ComposeResult:
        """Head, what it is about, rows, message, foot."""
        yield Head(lambda w, h: self.heading(w), id="head")
        yield Lines(lambda w, h: self.about(w), id="about")
        yield RowList(self._paint_row, id="rows")
        yield Said(id="said")
        yield Lines(lambda w, h: [self.keys(w)], id="foot")

    def on_mount(self) -> None:
        """The rows have the keys."""
        self.query_one("#rows").focus()
        self.set_interval(1.0, self._tick)
        self.changed()

    def on_resize(self) -> None:
        """What is laid out for a width is laid out for the new one, at once."""
        if self.is_whole:
            self.changed()

    def _tick(self) -> None:
        """Once a second: what says anything else is drawn again."""
        if not self.is_whole:
            return
        self.app.settle_message()
        if self.count() != self.rows.count:
            self.changed()
            return
        self.rows.renew()
        for lines in self.query(Lines):
            lines.renew()

    @property
    def rows(self) -> RowList:
        """The rows."""
        return self.query_one("#rows", RowList)

    def keys(self, width: int) -> Line:
        """The keys of the foot."""
        return leaving(self.OWN_KEY, width)

    @property
    def is_whole(self) -> bool:
        """Whether all its parts are there to be drawn."""
        return has_all(self, "head", "about", "rows", "said", "foot")

    def changed(self) -> None:
        """Draw it as it is now."""
        self.app.settle_message()
        self.query_one("#rows", RowList).set_count(self.count())
        for lines in self.query(Lines):
            lines.refresh()

    def _paint_row(self, row: int, width: int) -> Line:
        # One cell for the mark of the cursor, one for the scroll bar.
        mark = (">", "key") if row == self.query_one("#rows", RowList).cursor else (" ", "plain")
        return [mark, *spread(self.paint(row, width - 2), [], width - 2)]

    def heading(self, width: int) -> list[Line]:
        """The line at the top."""
        raise NotImplementedError

    def about(self, width: int) -> list[Line]:
        """The lines above the rows."""
        raise NotImplementedError

    def count(self) -> int:
        """Compute the rows; how many there are."""
        raise NotImplementedError

    def paint(self, row: int, width: int) -> Line:
        """One row."""
        raise NotImplementedError

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)
