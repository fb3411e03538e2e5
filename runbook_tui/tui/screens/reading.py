"""Screens that are read and left: a head, rows that scroll, and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from runbook_tui.run.events import CommandStarted
from runbook_tui.run.forecast import Slot
from runbook_tui.run.state import RunState
from runbook_tui.tui.screens.heading import heading
from runbook_tui.tui.views import environment, head, timeline
from runbook_tui.tui.views.bars import NOTHING_AHEAD, Span
from runbook_tui.tui.views.tone import Line, spread
from runbook_tui.tui.whole import has_all
from runbook_tui.tui.widgets.painted import Head, Lines, RowList, TonedScreen
from runbook_tui.tui.widgets.said import Said

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


LOOK_AHEAD = 5.0
"""Seconds for which what is to come counts as the same."""


class ReadingScreen(TonedScreen):
    """A list about the run; what is in it and above it is the subclass's."""

    app: RunbookApp
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "back", id="back", tooltip="back to the list"),
        Binding("question_mark", "app.help", "help", id="help", tooltip="the keys"),
    ]
    OWN_KEY: ClassVar[str] = ""
    """The key that opened it; it leaves it, too."""

    def compose(self) -> ComposeResult:
        """Head, what it is about, rows, message, foot."""
        yield Head(lambda w, h: heading(self.app, w), id="head")
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
        self._tick()

    def _tick(self) -> None:
        if self.is_whole:
            self.changed()

    @property
    def state(self) -> RunState:
        """The run now."""
        return self.app.session.state

    @property
    def rows(self) -> RowList:
        """The rows."""
        return self.query_one("#rows", RowList)

    def keys(self, width: int) -> Line:
        """The keys of the foot."""
        return head.leaving(self.OWN_KEY, width)

    @property
    def is_whole(self) -> bool:
        """Whether all its parts are there to be drawn."""
        return has_all(self, "head", "about", "rows", "said", "foot")

    def changed(self) -> None:
        """Draw the run as it is now."""
        self.app.settle_message()
        self.query_one("#rows", RowList).set_count(self.count())
        for lines in self.query(Lines):
            lines.refresh()

    def _paint_row(self, row: int, width: int) -> Line:
        # One cell for the mark of the cursor, one for the scroll bar.
        mark = (">", "key") if row == self.query_one("#rows", RowList).cursor else (" ", "plain")
        return [mark, *spread(self.paint(row, width - 2), [], width - 2)]

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


class TimelineScreen(ReadingScreen):
    """Planned against actual time, and what is to come."""

    OWN_KEY = "t"
    _ahead = NOTHING_AHEAD
    _seen = (-1, 0)
    _span = Span(begin=0.0, end=1.0)
    _calendar = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "leave", "back", id="timeline", show=False),
        Binding("c", "calendar", "calendar", id="timeline-calendar",
                tooltip="all days of the run, or today"),
    ]  # fmt: skip

    def about(self, width: int) -> list[Line]:
        """When it began, and when it will be done."""
        past = self.app.session.absent.past
        lines = timeline.summary(self.state, self.app.now(), width, past, self._ahead)
        # As the rows: a cell for the mark of the cursor, one for the scroll bar.
        return [*lines, [(" ", "plain"), *timeline.scale(self.state, self._span, width - 2)]]

    def keys(self, width: int) -> Line:
        """The keys of the foot."""
        word = "today" if self._calendar else "calendar"
        return head.leaving(self.OWN_KEY, width, *([("c", word)] if self._days else []))

    @property
    def _days(self) -> bool:
        past = self.app.session.absent.past
        return timeline.spans_days(self.state, self.app.now(), past)

    def action_calendar(self) -> None:
        """All days of the run, or today."""
        if self._days:
            self._calendar = not self._calendar
            self.changed()
        else:
            self.app.say("run and plan take less than a day: all of it is here")

    def count(self) -> int:
        """Phases, changes and steps."""
        self._look_ahead()
        self._slots: tuple[Slot, ...]
        rows = timeline.calendar if self._calendar else timeline.timeline
        self._slots, self._span = rows(self.state, self.app.now(), self.app.session.absent.past)
        return len(self._slots)

    def paint(self, row: int, width: int) -> Line:
        """One of them in time."""
        slot = self._slots[row]
        return timeline.row(self.state, slot, self._span, self.app.now(), width, self._ahead)

    def _look_ahead(self) -> None:
        """What is to come, as of this state and moment; of a large plan not every second."""
        now, state, absent = self.app.now(), self.state, self.app.session.absent
        seen = (state.seq, int(now / LOOK_AHEAD))
        if seen != self._seen:
            window = head.nearest_window(state, now, absent)
            safe = window.safe_until if window is not None else None
            self._ahead = timeline.ahead(state, now, absent.past, safe)
            self._seen = seen


class EnvironmentScreen(ReadingScreen):
    """What one command got, and from where."""

    OWN_KEY = "E"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("E", "leave", "back", id="environment", show=False)
    ]

    def __init__(self, record: CommandStarted, title: str) -> None:
        super().__init__()
        self._record = record
        self._title = title

    def about(self, width: int) -> list[Line]:
        """Which command, and where it ran."""
        return environment.about(self._record, self._title, width)

    def count(self) -> int:
        """Its variables."""
        self._rows = environment.rows(self._record)
        return len(self._rows)

    def paint(self, row: int, width: int) -> Line:
        """One of them."""
        return self._rows[row]
