"""The checklist with its cursor: which node is chosen, and when the cursor moves on by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from runbook_tui.run.procedures import Duty
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.upcoming import next_open
from runbook_tui.tui.views import checklist, follow_up, keeping
from runbook_tui.tui.views.outputs import in_background
from runbook_tui.tui.views.tone import Line
from runbook_tui.tui.widgets.painted import RowList

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp

MOVES_ON = frozenset({Status.DONE, Status.SKIPPED, Status.NOT_APPLICABLE, Status.REHEARSED})


class Checklist(RowList):
    """The nodes of the run as rows; above them the follow-up of a rollback, once there is one.

    The cursor follows the work until a person moves it; `follow_again` gives it back.
    """

    app: RunbookApp

    def __init__(self, state: Callable[[], RunState], *, id: str) -> None:  # noqa: A002
        super().__init__(self._paint_node, id=id)
        self._state = state
        self._rows: list[str] = []
        self._above: tuple[follow_up.Row, ...] = ()
        self._index: dict[str, int] = {}
        rollback = state().rollback
        self._rolled_back = rollback.finished if rollback else None
        self._held = False
        self._was: dict[str, Status] = {}
        self.kind = ""
        """Which rows are kept, of `keeping.KINDS`."""
        self._stood = ""
        """Where the cursor was when rows were first left out."""

    def on_mount(self) -> None:
        """The nodes never change while the screen is open; which are kept may."""
        self._take(checklist.rows(self._state()))
        self._above = follow_up.rows(self._state(), self.app.now())
        self.set_count(len(self._above) + len(self._rows))

    def _take(self, rows: list[str]) -> None:
        self._rows = rows
        self._index = {id_: n for n, id_ in enumerate(rows)}

    @property
    def chosen(self) -> str:
        """The id of the node under the cursor; empty on the follow-up."""
        at = self.cursor - len(self._above)
        return self._rows[at] if self._rows and at >= 0 else ""

    @property
    def chosen_above(self) -> follow_up.Row | None:
        """The row of the follow-up under the cursor."""
        return self._above[self.cursor] if self.cursor < len(self._above) else None

    @property
    def chosen_duty(self) -> Duty | None:
        """The box of the follow-up under the cursor."""
        return self.chosen_above if isinstance(self.chosen_above, Duty) else None

    @property
    def chosen_step(self) -> str:
        """The step under the cursor, or the one that holds the check there."""
        outline, id_ = self._state().outline, self.chosen
        while id_ and id_ not in outline.steps:
            id_ = outline[id_].parent
        return id_

    def to_next_open(self, after: str = "", *, by_person: bool = False) -> bool:
        """Put the cursor on the step that runs, or on the next open one after another; False where
        none is open."""
        open_ = next_open(self._state(), after)
        if open_ is None:
            return False
        if open_ in self._index or by_person:
            self.go_to(open_, by_person=by_person)
            self._was[open_] = self._state().step(open_).status
        return True

    def go_to(self, id_: str, *, by_person: bool = True) -> None:
        """Put the cursor on a node; all rows are shown again where it was not kept."""
        if id_ not in self._index:
            self._keep("")
        if id_ in self._index:
            self.put_cursor(len(self._above) + self._index[id_], by_person=by_person)

    def keep_next(self) -> str:
        """Show only the next kind of rows, or all again; which it is now."""
        self._keep(keeping.following(self.kind))
        return self.kind

    def _keep(self, kind: str) -> None:
        if not self.kind:
            self._stood = self.chosen
        self.kind = kind
        self._keep_up()

    def _keep_up(self) -> None:
        """Find the rows to be kept again; the cursor stays on its node, else goes back to where it
        was before, else to the first step."""
        rows = keeping.kept(self._state(), self.kind, self.app.session.actor)
        if rows == self._rows:
            return
        chosen, step = self.chosen, self.chosen_step
        self._take(rows)
        self.set_count(len(self._above) + len(rows))
        first = next((id_ for id_ in rows if id_ in self._state().outline.steps), "")
        for id_ in (chosen, step, self._stood, first):
            if id_ in self._index:
                self.put_cursor(len(self._above) + self._index[id_])
                break
        self.post_message(self.Moved(self, by_person=self._held))

    def follow_again(self) -> None:
        """The cursor moves on by itself again."""
        self._held = False

    def moved(self, *, by_person: bool) -> None:
        """The cursor stands elsewhere; a person's own move holds."""
        self._held = by_person
        if step := self.chosen_step:
            self._was[step] = self._state().step(step).status

    def changed(self) -> None:
        """The run's state is another: draw it, and move on where the step is over."""
        if self.kind:
            self._keep_up()
        self._show_above()
        self.refresh()
        if self._rolled_back_anew():
            self.follow_again()
            self.to_next_open()
            return
        step = self.chosen_step
        if not step:
            return
        status, was = self._state().step(step).status, self._was.get(step)
        self._was[step] = status
        # What a step has waited for is nothing that anybody still looks at here.
        follows = not self._held or was is Status.WAITING
        if status in MOVES_ON and was not in {None, status} and follows:
            self.to_next_open(after=step)

    def _show_above(self) -> None:
        """The follow-up as it stands now; the cursor stays on its row, the view where it was."""
        above, was = follow_up.rows(self._state(), self.app.now()), self._above
        if above == was:
            return
        self._above = above
        by = len(above) - len(was)
        if not by:
            self.renew()
            return
        cursor = self.cursor
        self.set_count(len(above) + len(self._rows))
        # Who stood on the follow-up and has just ticked its last box stays beside it.
        self.put_cursor(cursor + by if cursor >= len(was) else min(cursor, len(above) - 1))

    def _rolled_back_anew(self) -> bool:
        """Whether a rollback has ended since this was last asked: the work is elsewhere now."""
        rollback = self._state().rollback
        seen, self._rolled_back = self._rolled_back, rollback.finished if rollback else None
        return self._rolled_back is not None and self._rolled_back != seen

    def refresh_clocks(self) -> None:
        """Draw the rows again whose time goes on."""
        self._show_above()
        self.renew(self._is_timed)

    def _is_timed(self, row: int) -> bool:
        """Whether what a row says hangs on the clock."""
        if row < len(self._above):
            return True
        state, id_ = self._state(), self._rows[row - len(self._above)]
        timed = state.step(id_).status in {Status.RUNNING, Status.WAITING, Status.UNDOING}
        return timed or in_background(state, id_) is not None

    def _paint_node(self, row: int, width: int) -> Line:
        at, now = row - len(self._above), self.app.now()
        if at < 0:
            line = follow_up.row(self._above[row], now, width - 2)
        else:
            line = checklist.row(self._state(), self._rows[at], now, width - 2)
        return [(">", "key") if row == self.cursor else (" ", "plain"), *line]
