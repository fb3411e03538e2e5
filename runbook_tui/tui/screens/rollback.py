"""The rollback screen: opening is free, starting is deliberate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Button

from runbook_tui.run.differing import differing
from runbook_tui.run.offers import offers
from runbook_tui.run.procedures import duties
from runbook_tui.run.requests import CloseRollback, StartRollback, StopRollback
from runbook_tui.run.rollback import RollbackPlan, awaited, plan, running_plan, without
from runbook_tui.run.scopes import SCOPES, default_scope, scope_node
from runbook_tui.run.state import RunState
from runbook_tui.run.undo_items import Item
from runbook_tui.tui.dialogs.page import Page
from runbook_tui.tui.views import chosen_undo, verdict
from runbook_tui.tui.views import rollback as view
from runbook_tui.tui.views.outputs import undo_shown
from runbook_tui.tui.views.tone import Line, spread
from runbook_tui.tui.widgets.painted import Lines, RowList
from runbook_tui.tui.widgets.undo_pane import UndoPane
from runbook_tui.tui.widgets.undos import UndoList

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


FRAME = 2
"""Columns that the screen's frame takes."""

HELP = """\
F9 or Ctrl+\\   again, at least 0.4 s after the first: START. b goes to the button, Enter presses it
Esc            back to the run; a rollback that runs goes on
Tab            scope: step, change, phase, run
↑ ↓ j k        move              Enter or z   all of an undo
t or Space     taken back by hand; or tick a box of the procedure
x              it stays, with a reason: done by hand, or an undo that failed
r e l          of an undo that failed: try again, edit it, go on from one of its lines
v              give a value that an undo needs, or change those of an offered command
o              run a command that the plan keeps for this, after a yes
f              also undo what lies before something irreversible (the floor)
S              stop after the undo that runs; F9 twice goes on
"""


class RollbackScreen(Screen[None]):
    """What would be undone, newest first; then how it goes; then how it ended."""

    app: RunbookApp
    VERTICAL_BREAKPOINTS = [(0, "-low"), (23, "-high")]  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="rollback-back", tooltip="back to the run"),
        Binding("tab,c", "scope", "scope", id="rollback-scope", tooltip="step, change, phase, run"),
        Binding("f", "floor", "past the floor", id="rollback-floor"),
        Binding("S", "stop", "stop", id="rollback-stop", tooltip="stop after the current undo"),
        Binding("b", "button", "button", id="rollback-button", tooltip="to the START button"),
        Binding("question_mark", "help", "help", id="rollback-help"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._scope = "run"
        self._node = ""
        self._past_floor = False
        self._plan = RollbackPlan(scope="run", node="")
        self._strange: tuple[str, ...] = ()
        self._waiting: tuple[Item, ...] = ()
        """What waits for a person, as the rows show it: keys act on these."""

    @property
    def state(self) -> RunState:
        """The run now."""
        return self.app.session.state

    @property
    def is_whole(self) -> bool:
        """Whether all its parts are there to be drawn."""
        return self.is_mounted and bool(self.query("#foot"))

    @property
    def rows(self) -> UndoList:
        """The undos."""
        return self.query_one("#undos", UndoList)

    def compose(self) -> ComposeResult:
        """Title, scope, stages, the list, the chosen command, the running undo, the button."""
        yield Lines(
            lambda w, h: [view.title(self.state, self._plan, self.app.now(), w)], id="title"
        )
        yield Lines(self._paint_scopes, id="scopes")
        yield Lines(lambda w, h: view.stages(self.rows.duties, self._spent(), w, h), id="stages")
        undos = UndoList(self._spent, id="undos")
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
        self._begun_at = self.state.rollback.started if self.state.rollback else None
        self.changed()

    def on_row_list_moved(self, message: RowList.Moved) -> None:
        """Another row is chosen."""
        self.query_one("#command").refresh()
        self._show_undo()

    def on_screen_resume(self) -> None:
        """Nothing offers itself: the list has the focus."""
        self.rows.focus()
        self.changed()

    @property
    def running(self) -> bool:
        """Whether the rollback on this screen runs or ran since it was opened."""
        rollback = self.state.rollback
        if rollback is None or rollback.started is None:
            return False
        return rollback.active or rollback.started != getattr(self, "_begun_at", None)

    def changed(self) -> None:
        """The state is another: make the list again."""
        if not self.is_whole:
            return
        absent = self.app.session.absent
        current = running_plan(self.state) if self.running else None
        current = current or plan(self.state, self._scope, self._node, self._past_floor)
        self._plan = without(current, absent)
        self.rows.show(
            self._plan.items, duties(self.state, self._plan.procedures), offers(self.state)
        )
        steps = [item.step for item in self._plan.items]
        here = self.app.session.environment
        self._strange = () if self.running else differing(self.state, steps, here)
        self.set_class(bool(self._strange), "-strange")
        self.set_class(self.running, "-running")
        bare = not (self.state.runbook.contacts or self.state.runbook.escalations)
        self.query_one("#scopes").set_class(bare, "-bare")
        finished = self.running and not self.state.rolling_back
        self.set_class(finished, "-finished")
        self.query_one("#start", Button).display = not self.running
        self.query_one("#stages").styles.height = min(
            3, sum(duty.is_stage for duty in self.rows.duties)
        )
        self._fit_summary()
        self.rows.past_floor = self._past_floor
        self._waiting = awaited(self.state, absent.secrets)
        self.rows.wait_at(self._waiting)
        self._show_undo()
        for lines in self.query(Lines):
            lines.refresh()

    def on_resize(self) -> None:
        """What is said in words needs other rows."""
        if self.is_whole:
            self._fit_summary()

    def _fit_summary(self) -> None:
        most = 1 if self.has_class("-low") else verdict.MOST
        words = verdict.summary(self.state, self._plan, self.size.width - FRAME, most)
        self.query_one("#summary").styles.height = len(words)

    def _show_undo(self) -> None:
        """The output of the undo that runs; once nothing runs, that of the row a person chose."""
        rollback = self.state.rollback
        since = rollback.started if self.running and rollback is not None else None
        chosen = self.rows.chosen if self.rows.moved and not self.state.rolling_back else None
        steps = [item.step for item in self._plan.items]
        shown = None
        if since is not None:
            own = undo_shown(self.state, [chosen.step], since) if chosen is not None else None
            shown = own or undo_shown(self.state, steps, since)
        latest = shown.started if shown is not None else 0.0
        beside = next((last for last in self.rows.commands if last.started >= latest), None)
        folder = beside.folder if beside is not None else shown.folder if shown is not None else ""
        self.set_class(bool(folder), "-output")
        self.query_one("#undoing", UndoPane).show(folder)

    def tick(self) -> None:
        """The clock."""
        for part in ("#title", "#stages", "#undos") if self.rows.duties else ("#title",):
            self.query_one(part).refresh()

    def _spent(self) -> float:
        rollback = self.state.rollback
        if not self.running or rollback is None or rollback.started is None:
            return 0.0
        return (rollback.finished or self.app.now()) - rollback.started

    def _paint_scopes(self, width: int, height: int) -> list[Line]:
        book = self.state.runbook
        calls = view.calls(book.contacts, book.escalations)
        return [spread([] if self.running else view.scopes(self._plan), calls, width)]

    def _paint_foot(self, width: int, height: int) -> list[Line]:
        held = any(item.held for item in self._plan.items)
        return [view.foot(self.state, self._waiting, runs=self.running, held=held, width=width)]

    # -- deeds -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it; called by the second press, or by the button."""
        if self.running and not (self.state.rollback and self.state.rollback.finished):
            return
        request = StartRollback(scope=self._scope, node=self._node, past_floor=self._past_floor)
        self.app.ask(request)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Enter on the button."""
        event.stop()
        self.start()

    def action_button(self) -> None:
        """Give the button the focus, while there is one."""
        if not self.running:
            self.query_one("#start", Button).focus()

    def action_leave(self) -> None:
        """Back to the run; what runs goes on."""
        if not self.running:
            self.app.ask(CloseRollback())
        self.app.pop_screen()

    def action_scope(self) -> None:
        """The next scope."""
        if self.running:
            return
        at = SCOPES.index(self._scope)
        for by in range(1, len(SCOPES) + 1):
            scope = SCOPES[(at + by) % len(SCOPES)]
            anchor = next(iter(item.step for item in self._plan.items), "")
            node = scope_node(self.state, scope, anchor)
            if scope == "change" and node and self.state.outline[node].kind != "change":
                continue
            self._scope, self._node = scope, node
            break
        self.changed()

    def action_floor(self) -> None:
        """Undo what lies below the floor, too; a person says so."""
        if not self.running:
            self._past_floor = not self._past_floor
            self.changed()

    def action_help(self) -> None:
        """The keys of this screen."""
        self.app.push_screen(Page(HELP))

    def action_stop(self) -> None:
        """Stop after the current undo."""
        self.app.ask(StopRollback())
