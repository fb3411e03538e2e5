"""The wall: the run in large type for a room; it is looked at, nothing can be done on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from runbook_tui.tui.screens.heading import heading
from runbook_tui.tui.views import wall
from runbook_tui.tui.views.gauges import gauges
from runbook_tui.tui.views.leaving import leaving
from runbook_tui.tui.views.tone import Line
from runbook_tui.tui.whole import has_all
from runbook_tui.tui.widgets.painted import Head, Lines, TonedScreen
from runbook_tui.tui.widgets.said import Said

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


class WallScreen(TonedScreen):
    """Phase, step, its clock, forecast, watches, what happened last."""

    app: RunbookApp
    TAKES_KEYS = True
    """It has nothing that could have the focus, and is ready at once."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "back", id="back", tooltip="back to the list"),
        Binding("question_mark", "app.help", "help", id="help", tooltip="the keys"),
    ]

    def compose(self) -> ComposeResult:
        """The head, all the room, what is said, the keys."""
        yield Head(lambda w, h: heading(self.app, w), id="head")
        yield Lines(self._paint, id="wall")
        yield Said(id="said")
        yield Lines(lambda w, h: [leaving("", w, scrolls=False)], id="foot")

    def on_mount(self) -> None:
        """Its clock goes."""
        self.app.messages.outdate()
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        if self.is_whole:
            self.changed()

    @property
    def is_whole(self) -> bool:
        """Whether all its parts are there to be drawn."""
        return has_all(self, "head", "wall", "said", "foot")

    def changed(self) -> None:
        """Draw the run as it is now, as far as it says anything else."""
        self.app.settle_message()
        for part in ("#head", "#wall"):
            self.query_one(part, Lines).renew()

    def _paint(self, width: int, height: int) -> list[Line]:
        session = self.app.session
        now = self.app.now()
        measured = gauges(session.state, session.measured(), now)
        lines = wall.wall(session.state, now, width - 4, height - 1, session.absent, measured)
        return [[], *([("  ", "plain"), *line] for line in lines)]

    def action_leave(self) -> None:
        """Back to where it was opened."""
        self.dismiss(None)
