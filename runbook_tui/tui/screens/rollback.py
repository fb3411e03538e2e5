"""The rollback screen: opening is free, starting is deliberate."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button

from runbook_tui.run.calling import calls
from runbook_tui.run.differing import differing_in
from runbook_tui.run.offers import for_failure, offers
from runbook_tui.run.procedures import duties
from runbook_tui.run.rollback import awaited, plan, running_plan, without
from runbook_tui.run.scopes import default_scope
from runbook_tui.run.state import Status
from runbook_tui.run.undo_items import Item
from runbook_tui.tui.screens.rollback_keys import RUNS, STARTING, RollbackKeys
from runbook_tui.tui.smallest import too_small
from runbook_tui.tui.views import calls as call_view
from runbook_tui.tui.views import chosen_undo, severity, stages, verdict
from runbook_tui.tui.views import rollback as view
from runbook_tui.tui.views.outputs import silence, undo_named, undo_shown
from runbook_tui.tui.views.tone import Line, length, spread
from runbook_tui.tui.whole import has_all
from runbook_tui.tui.widgets.painted import Lines, RowList
from runbook_tui.tui.widgets.undo_pane import UndoPane
from runbook_tui.tui.widgets.undos import UndoList

FRAME = 2
"""Columns that the screen's frame takes."""
ROOMY = 30
"""Rows from which on every stage has one; on fewer the one that it is time for."""
MOST_STAGES = 4
FLAT = 14
"""Rows below which there is none for the output of an undo."""
OUTPUT = (6, 14)
"""Rows of an undo's output, at least and at most, where there are as many."""
AROUND_LIST = 14
"""Rows beside the list, the stages and that output."""
AROUND_WORDS = 7
"""Rows that a small terminal has for other things than what is said in words; once a rollback runs
two less, since neither scope nor button is shown."""

PARTS = ("title", "scopes", "stages", "calls", "undos", "command", "undoing", "strange", "summary",
         "said", "start", "foot")  # fmt: skip


class RollbackScreen(RollbackKeys):
    """What would be undone, newest first; then how it goes; then how it ended."""

    VERTICAL_BREAKPOINTS = [(0, "-low"), (23, "-high")]  # noqa: RUF012  (as Textual declares it)

    def __init__(self) -> None:
        super().__init__()
        self._strange: tuple[str, ...] = ()
        self._waiting: tuple[Item, ...] = ()
        """What waits for a person, as the rows show it: keys act on these."""

    @property
    def is_whole(self) -> bool:
        """Whether all its parts are there to be drawn."""
        return has_all(self, *PARTS)

    @property
    def rows(self) -> UndoList:
        """The undos."""
        return self.query_one("#undos", UndoList)

    def compose(self) -> ComposeResult:
        """Title, scope, stages, calls, the list, its chosen row, the running undo, the button."""
        yield Lines(
            lambda w, h: [view.title(self.state, self._plan, self.app.now(), w)], id="title"
        )
        yield Lines(self._paint_scopes, id="scopes")
        yield Lines(lambda w, h: stages.lines(self.rows.duties, self.app.now(), w, h), id="stages")
        yield Lines(lambda w, h: [call_view.line(self.rows.calls, self.app.now(), w)], id="calls")
        undos = UndoList(id="undos")
        yield undos
        yield Lines(undos.command, id="command")
        yield UndoPane(self.app.terminals, id="undoing")
        yield Lines(lambda w, h: [chosen_undo.strange(self._strange, w)], id="strange")
        yield Lines(lambda w, h: verdict.summary(self.state, self._plan, w, h), id="summary")
        yield Lines(lambda w, h: [[(f" {self.app.said}", self.app.said_tone)]], id="said")
        yield Button("START the rollback", id="start", variant="error")
        yield Lines(self._paint_foot, id="foot")

    def on_mount(self) -> None:
        """The list has the keys; the button does not."""
        self.rows.focus()
        self.set_interval(1.0, self.tick)

    def opened(self) -> None:
        """The screen is shown anew: the narrowest scope since the last gate."""
        self._past_floor = False
        self.app.say("")
        if self.is_whole:
            self.rows.put_cursor(0)
            self.rows.moved = False
        self._scope, self._node = default_scope(self.state)
        known = self.state.rollback
        self._begun_at = known.started if known is not None and not known.active else None
        self.changed()

    def on_row_list_moved(self, message: RowList.Moved) -> None:
        """Another row is chosen."""
        for part in ("#command", "#foot"):
            self.query_one(part).refresh()
        self._show_undo()

    def on_screen_resume(self) -> None:
        """Nothing offers itself: the list has the focus."""
        self.rows.focus()
        self.changed()

    def changed(self) -> None:
        """The state is another: make the list again."""
        if not self.is_whole:
            return
        absent, known = self.app.session.absent, self.state.rollback
        current = running_plan(self.state) if self.running else None
        current = current or plan(self.state, self._scope, self._node, self._past_floor)
        self._plan = without(current, absent)
        self._show_rows()
        here = self.app.session.environment
        self._strange = () if self.running else differing_in(self.state, self._plan, here)
        self.set_class(bool(self._strange), "-strange")
        self.set_class(self.running, "-running")
        finished = self.running and not self.state.rolling_back
        self.set_class(finished, "-finished")
        if (finished and self.app.said == RUNS) or (self.running and self.app.said == STARTING):
            self.app.say("")
        button = self.query_one("#start", Button)
        button.display = self.startable
        button.label = "START the rollback" if self._plan.items else "STOP what runs"
        self.set_class(self.over and known is not None and known.result == "complete", "-won")
        self._fit()
        self.rows.past_floor = self._past_floor
        self._waiting = awaited(self.state, absent.secrets)
        self.rows.wait_at(self._waiting)
        if self.state.rolling_back:
            self.rows.follow()
        self._show_undo()
        for lines in self.query(Lines):
            lines.refresh()

    def on_resize(self) -> None:
        """What is said in words needs other rows."""
        if self.is_whole:
            self._fit()
            self._show_undo()

    def _fit(self) -> None:
        """Give stages and what is said in words the rows that there are for them."""
        small = too_small(self.size)
        self.set_class(small, "-small")
        self.query_one("#calls").display = bool(self.rows.calls) and not small
        most = MOST_STAGES if self.size.height >= ROOMY else 1
        found = sum(duty.is_stage for duty in self.rows.duties)
        self.query_one("#stages").styles.height = min(most, found)
        most = 1 if self.has_class("-low") else verdict.MOST
        if small:
            around = AROUND_WORDS - 2 * self.running
            most = max(1, min(verdict.MOST, self.size.height - around))
        width = self.size.width - (0 if small else FRAME)
        words = verdict.summary(self.state, self._plan, width, most)
        self.query_one("#summary").styles.height = len(words)
        # Rows that the list does not need are the output's.
        spare = self.size.height - AROUND_LIST - min(MOST_STAGES, found) - self.rows.count
        output = max(OUTPUT[0], min(OUTPUT[1], spare))
        self.query_one("#undoing").styles.height = output if self.size.height >= ROOMY else None

    def _show_undo(self) -> None:
        """The output of the undo that runs; once it waits for a person or nothing runs, that of the
        row under the cursor: what stands above it is said of that one. Of several that run at once,
        and of those that failed meanwhile, a person chooses."""
        rollback = self.state.rollback
        since = rollback.started if self.running and rollback is not None else None
        chosen = self.rows.chosen
        if self.state.rolling_back and not self._waiting:
            told = chosen is not None and (chosen.asks or chosen.status is Status.UNDOING)
            chosen = chosen if told and self.rows.moved else None
        shown = None
        if since is not None:
            steps = [item.step for item in self._plan.items]
            own = undo_shown(self.state, [chosen.step], since) if chosen is not None else None
            shown = own or undo_shown(self.state, steps, since)
        latest = shown.started if shown is not None else 0.0
        beside = next((last for last in self.rows.commands if last.started >= latest), None)
        record = beside or shown
        self.set_class(record is not None and self.size.height >= FLAT, "-output")
        pane = self.query_one("#undoing", UndoPane)
        pane.show(record.folder if record is not None else "", silence(record))
        pane.border_title = Content(undo_named(self.state, record) if record is not None else "")

    def _show_rows(self) -> None:
        """The rows as they stand now: which stage it is time for hangs on the clock."""
        rollback = self.state.rollback
        since = rollback.started if self.running and rollback is not None else None
        self.rows.show(
            self._plan.items,
            duties(self.state, self._plan.procedures, since, self.app.now()),
            calls(self.state),
            (*offers(self.state), *for_failure(self.state)),
        )

    def tick(self) -> None:
        """The clock: what says anything else is drawn again."""
        if not self.is_whole:
            return
        self.query_one("#title", Lines).renew()
        if self.rows.duties or self.rows.calls:
            self._show_rows()
            for part in ("#stages", "#calls", "#command"):
                self.query_one(part, Lines).renew()

    def _paint_scopes(self, width: int, height: int) -> list[Line]:
        left = view.procedures(self._plan) if self.running else view.scopes(self._plan, width)
        right = severity.selector(self.state.severity)
        # The title says how bad it is, too; the scope is said here alone.
        room = self.running or length(left) + length(right) < width
        return [spread(left, right if room else [], width)]

    def _paint_foot(self, width: int, height: int) -> list[Line]:
        chosen = self.rows.chosen
        foot = view.foot(
            self.state, self._plan, self._waiting, chosen,
            runs=self.running, width=width, start=view.starts(self.state, self._plan),
        )  # fmt: skip
        return [foot]
