"""Screens about the run that are read and left: its times, and what a command got."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from runbook_tui.run.events import CommandStarted
from runbook_tui.run.forecast import Slot
from runbook_tui.run.state import RunState
from runbook_tui.tui.screens.heading import heading
from runbook_tui.tui.screens.rows import RowsScreen
from runbook_tui.tui.views import environment, head, timeline
from runbook_tui.tui.views.bars import NOTHING_AHEAD, Span
from runbook_tui.tui.views.leaving import leaving
from runbook_tui.tui.views.tone import Line

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


LOOK_AHEAD = 5.0
"""Seconds for which what is to come counts as the same."""


class ReadingScreen(RowsScreen):
    """Rows about the run, below its head."""

    app: RunbookApp

    @property
    def state(self) -> RunState:
        """The run now."""
        return self.app.session.state

    def heading(self, width: int) -> list[Line]:
        """Where the run stands."""
        return heading(self.app, width)


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
        return leaving(self.OWN_KEY, width, *([("c", word)] if self._days else []))

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
