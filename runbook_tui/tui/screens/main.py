"""The main screen: the checklist, the chosen step, and the panes of its commands."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message

from runbook_tui.run.failing import GOOD
from runbook_tui.run.procedures import Duty
from runbook_tui.session.presence import Here
from runbook_tui.tui.alarming import mind_alarms, mind_sharing
from runbook_tui.tui.people_deeds import mind_lead, mind_people
from runbook_tui.tui.screens.deeds import broken
from runbook_tui.tui.screens.heading import heading
from runbook_tui.tui.screens.outputs import BESIDE_COLUMNS
from runbook_tui.tui.screens.seeking import SeekingScreen
from runbook_tui.tui.smallest import SMALLEST, too_small
from runbook_tui.tui.views import card as card_view
from runbook_tui.tui.views import focus as focus_view
from runbook_tui.tui.views import follow_up, guest, head
from runbook_tui.tui.views.at_hand import idle
from runbook_tui.tui.views.shares import shares
from runbook_tui.tui.views.tone import Line
from runbook_tui.tui.views.verdict import running
from runbook_tui.tui.whole import has_all
from runbook_tui.tui.widgets.checklist import Checklist
from runbook_tui.tui.widgets.error_signs import ErrorSigns
from runbook_tui.tui.widgets.guard import Guard
from runbook_tui.tui.widgets.output import Output
from runbook_tui.tui.widgets.painted import Card, Head, Lines, RowList
from runbook_tui.tui.widgets.said import Said

WIDE = (100, 30)
TALL = 28
"""Rows from which on one column gives what is left to the output, not to the card."""
AROUND_LIST = 15
"""Rows that a short list leaves to the card, the output and the lines around them."""

PARTS = ("head", "list", "card", "output", "beside", "guard", "said", "foot", "small")


class MainScreen(SeekingScreen):
    """Where the lead stands for the whole run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "watches", "watches", id="watches", tooltip="what to keep an eye on"),
        Binding("t", "timeline", "timeline", id="timeline", tooltip="planned and actual time"),
        Binding("question_mark", "app.help", "help", id="help", tooltip="the keys"),
        Binding("q", "app.leave", "leave", id="leave", tooltip="leave; commands go on"),
    ]

    _leaderless = False
    _led: bool | None = None
    _people: tuple[Here, ...] = ()
    _alarms: frozenset[str] = frozenset()
    _away: str = ""

    class Noticed(Message):
        """It is known whether an output holds an error."""

    def on_unmount(self) -> None:
        """Nobody looks for errors any more."""
        self._signs.leave()

    def looked_for_errors(self, folder: str) -> bool:
        """Whether the search for errors in an output is over."""
        return self._signs.looked(folder)

    def on_main_screen_noticed(self) -> None:
        """The card offers to go there."""
        self.query_one("#card").refresh()

    def compose(self) -> ComposeResult:
        """Head, list, card, pane, message, foot."""
        self._signs = ErrorSigns(self.app.terminals, lambda: self.post_message(self.Noticed()))
        yield Head(self._paint_head, id="head")
        with Horizontal(id="body"):
            yield Checklist(lambda: self.state, id="list")
            with Vertical(id="right"):
                yield Card(self._paint_card, id="card")
                with Container(id="outputs"):
                    yield Output(self.app.terminals, id="output")
                    yield Output(self.app.terminals, id="beside")
        yield Guard(id="guard")
        yield Said(id="said")
        yield Lines(self._paint_foot, id="foot")
        yield Lines(self._paint_small, id="small")

    def on_mount(self) -> None:
        """The cursor stands on the next open step."""
        self.rows.focus()
        self.set_interval(1.0, self.tick)
        self._to_next_open()

    @property
    def is_whole(self) -> bool:
        """Whether all its parts are there to be drawn."""
        return has_all(self, *PARTS)

    @property
    def chosen(self) -> str:
        """The id of the node under the cursor."""
        return self.rows.chosen

    @property
    def chosen_step(self) -> str:
        """The step under the cursor, or the one that holds the check there."""
        return self.rows.chosen_step

    @property
    def chosen_duty(self) -> Duty | None:
        """The box of the follow-up under the cursor."""
        return self.rows.chosen_duty

    def go_on(self) -> None:
        """The cursor follows the work again."""
        self.rows.follow_again()
        if not self.chosen_step:
            self._to_next_open()

    def on_resize(self, event: events.Resize) -> None:
        """One column where two do not fit."""
        self.laid_out()

    def laid_out(self) -> None:
        """Give the parts their sizes."""
        width, height = self.size.width, self.size.height
        narrow = width < WIDE[0] or height < WIDE[1] or self.focuses
        self.set_class(narrow, "-narrow")
        self.set_class(self.rows.count <= height - AROUND_LIST, "-short")
        self.set_class(height >= TALL, "-tall")
        self.set_class(width >= BESIDE_COLUMNS, "-two-columns")
        self.set_class(too_small(self.size), "-small")
        wide, high = (None, None) if narrow else shares(self.state, width, height)
        self.rows.styles.width = wide
        self.query_one("#card").styles.height = high

    # -- what is drawn ---------------------------------------------------------------------------

    def _paint_head(self, width: int, height: int) -> list[Line]:
        return heading(self.app, width)

    def _paint_card(self, width: int, height: int) -> list[Line]:
        now, above = self.app.now(), self.rows.chosen_above
        if above is not None:
            lines = follow_up.card(above, now, width - 2, height)
        else:
            draw = focus_view.focus if self.focuses else card_view.card
            lines = draw(
                self.state, self.rows.chosen, now, width - 2, height, self._who_starts(),
                self.app.session.absent.past, self._signs.seen,
                self.app.session.pulls.said_of(self.rows.chosen),
            )  # fmt: skip
        return [[(" ", "plain"), *line] for line in lines]

    def _who_starts(self) -> str:
        session = self.app.session
        if session.leads:
            return ""
        return guest.who_starts(self.state, session.actor, leaderless=session.leaderless)

    def _paint_foot(self, width: int, height: int) -> list[Line]:
        pane, record = self.output.pane, self.output.command
        running = record is not None and record.running
        guest = not self.app.session.leads
        step = self.chosen_step
        return [
            head.foot(
                width,
                pane=pane.has_focus,
                typing=pane.typing,
                guest=guest,
                running=running,
                again=bool(step and broken(self.state, step)),
                only=self.rows.kind,
                idle=idle(self.state, self.rows.chosen),
            )
        ]

    def _paint_small(self, width: int, height: int) -> list[Line]:
        key: Line = [("F9 PANIC: roll back", "panic")]
        rollback = running(self.state)
        if rollback is not None and rollback.active:
            done = sum(result in GOOD for result in rollback.results.values())
            key = [("F9", "panic"), (f" ROLLBACK runs: {done} of {len(rollback.steps)}", "busy")]
        return [[(f"at least {SMALLEST.width}×{SMALLEST.height}, please", "strong")], key]

    def tick(self) -> None:
        """Once a second: the clocks, whether anybody leads, and a message that is old."""
        if not self.is_whole:
            return
        if self._led != self.app.session.leads:
            self._led = self.app.session.leads
            self.query_one("#foot").refresh()
        self._leaderless = mind_lead(self.app, leaderless=self._leaderless)
        self._people = mind_people(self.app, self._people)
        self._alarms = mind_alarms(self.app, self._alarms)
        self._away = mind_sharing(self.app, self._away)
        self.app.settle_message()
        if self.app.screen is self:
            self.app.hint()
        self.query_one("#head", Head).renew()
        self.query_one("#card", Card).renew()
        self.query_one("#guard", Guard).settle()
        self.rows.refresh_clocks()

    def changed(self) -> None:
        """The run's state is another: draw it, and let the cursor move on."""
        self.end_typing_with_command()
        self.query_one("#head").refresh()
        self.query_one("#card").refresh()
        self.query_one("#guard", Guard).settle()
        self.query_one("#small").refresh()
        self.rows.changed()
        self.show_output()
        self.paint_foot()

    def _to_next_open(self) -> None:
        self.rows.to_next_open()
        self.show_output()

    def on_row_list_moved(self, message: RowList.Moved) -> None:
        """Another row is chosen."""
        self.rows.moved(by_person=message.by_person)
        if message.by_person:
            # What was said of another row holds for that.
            self.app.messages.outdate()
        self.query_one("#card").refresh()
        self.show_output(anew=True)
        self.paint_foot()

    # -- panes -----------------------------------------------------------------------------------

    def focus_list(self) -> None:
        """The checklist has the keys."""
        self.rows.focus()

    def action_watches(self) -> None:
        """Watches, targets, alerts, and whom to call."""
        from runbook_tui.tui.screens.watches import WatchesScreen

        self.app.push_screen(WatchesScreen())

    def action_timeline(self) -> None:
        """What was planned when, and what happened when."""
        from runbook_tui.tui.screens.reading import TimelineScreen

        self.app.push_screen(TimelineScreen())
