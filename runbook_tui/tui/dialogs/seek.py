"""Finding a step while one types: what fits is listed below, Enter goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from runbook_tui.run.state import RunState
from runbook_tui.tui.dialogs.ask import Line, plain
from runbook_tui.tui.views import seeking
from runbook_tui.tui.views.tone import Line as Row
from runbook_tui.tui.widgets.painted import RowList, TonedScreen

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


class Seek(ModalScreen[str | None]):
    """Asks for words; the id of the chosen node, None where the person left."""

    app: RunbookApp
    COMPONENT_CLASSES = TonedScreen.COMPONENT_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave"),
        Binding("up", "move(-1)", "one row up", priority=True),
        Binding("down", "move(1)", "one row down", priority=True),
        Binding("pageup", "move(-10)", "ten rows up", priority=True),
        Binding("pagedown", "move(10)", "ten rows down", priority=True),
    ]
    last: ClassVar[str] = ""
    """What was looked for last: offered again."""

    def __init__(self, state: RunState) -> None:
        super().__init__()
        self._state = state
        self._places = seeking.places(state)
        self._hits = seeking.find(self._places, Seek.last)

    def compose(self) -> ComposeResult:
        """The words, then what holds them."""
        with Vertical(classes="dialog seek"):
            yield Line(Seek.last, placeholder="words of a step, its text, commands or notes",
                       compact=True)  # fmt: skip
            yield RowList(self._paint, id="hits")
            yield Static(plain(self._count()), classes="hint")

    def on_mount(self) -> None:
        """The list is looked at, the line has the keys."""
        hits = self.query_one("#hits", RowList)
        hits.can_focus = False
        hits.set_count(len(self._hits))
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look again."""
        Seek.last = event.value
        self._hits = seeking.find(self._places, event.value)
        hits = self.query_one("#hits", RowList)
        hits.set_count(len(self._hits))
        hits.put_cursor(0)
        hits.refresh()
        self.query_one(".hint", Static).update(plain(self._count()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the chosen one."""
        event.stop()
        at = self.query_one("#hits", RowList).cursor
        if at < len(self._hits):
            self.dismiss(self._hits[at].id)

    def on_click(self, event: object) -> None:
        """A click on a row goes there."""
        if getattr(event, "widget", None) is self.query_one("#hits", RowList) and self._hits:
            self.dismiss(self._hits[self.query_one("#hits", RowList).cursor].id)

    def _count(self) -> str:
        many = len(self._hits)
        shown = f"{many} or more" if many == seeking.MOST else str(many)
        return f"{shown} found · ↑↓ choose · Enter goes there · Esc leaves"

    def _paint(self, row: int, width: int) -> Row:
        line = seeking.row(self._state, self._hits[row], width - 2)
        chosen = row == self.query_one("#hits", RowList).cursor
        return [(">", "key") if chosen else (" ", "plain"), *line]

    def action_move(self, by: int) -> None:
        """Another row."""
        self.query_one("#hits", RowList).action_move(by)

    def action_leave(self) -> None:
        """Stay where one was."""
        self.dismiss(None)
