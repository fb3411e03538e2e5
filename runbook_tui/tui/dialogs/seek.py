"""Finding a step while one types: what fits is listed below, Enter goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from runbook_tui.run.state import RunState
from runbook_tui.tui.dialogs.ask import Line, plain
from runbook_tui.tui.dialogs.dialog import Dialog
from runbook_tui.tui.views import seeking
from runbook_tui.tui.views.node_index import index
from runbook_tui.tui.views.node_search import MOST, Hit, NodeSearch
from runbook_tui.tui.views.tone import Line as Row
from runbook_tui.tui.whole import has_all
from runbook_tui.tui.widgets.output_search import SHORTEST, OutputSearch, searched
from runbook_tui.tui.widgets.painted import RowList, TonedScreen

if TYPE_CHECKING:
    from runbook_tui.session.ports.terminals import Terminals
    from runbook_tui.tui.app import RunbookApp

SOON = 0.2
"""Seconds without a key after which the outputs are searched."""
SLICE = 0.002
"""Seconds of looking through the plan after which keys and the screen have their turn."""


class Seek(Dialog[Hit | None]):
    """Asks for words; what was chosen of what holds them, None where the person left.

    The plan is looked through in slices, so that no key waits for it, and the next letter ends what
    was looked for before. Outputs are searched once one stops typing, and come below the rest as
    they are found."""

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

    class Looked(Message):
        """The search of the outputs has found more, or is over."""

        def __init__(self, search: OutputSearch) -> None:
            super().__init__()
            self.search = search

    def __init__(self, state: RunState, terminals: Terminals, here: str = "") -> None:
        """``here``: the id of the row that one comes from."""
        super().__init__()
        self._here = here
        self._state = state
        self._terminals = terminals
        self._search: OutputSearch | None = None
        self._waits: Timer | None = None
        self._index = index(state)
        self._turn = False
        """Whether it is to be looked on soon."""
        self._outputs: list[Hit] = []
        self._plan = NodeSearch(self._index, Seek.last)
        self._plan.go_on(SLICE)

    @property
    def hits(self) -> list[Hit]:
        """What was found until now: in the plan, then in outputs."""
        return [*self._plan.hits, *self._outputs]

    def compose(self) -> ComposeResult:
        """The words, then what holds them."""
        with Vertical(classes="dialog seek"):
            yield Line(Seek.last, placeholder="words of a step, its text, commands or output",
                       compact=True)  # fmt: skip
            yield RowList(self._paint, id="hits")
            yield Static(plain(self._count()), classes="hint")

    def on_mount(self) -> None:
        """The list is looked at, the line has the keys."""
        hits = self.query_one("#hits", RowList)
        hits.can_focus = False
        hits.set_count(len(self.hits))
        hits.put_cursor(self._first(Seek.last))
        self.query_one(Input).focus()
        self._look_on_later()
        self._look_soon(Seek.last)

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        if self._search is not None:
            self._search.stop()

    def _look_on_later(self) -> None:
        """Look on once keys and the screen have had their turn, where anything is left to do."""
        if not (self._turn or (self._plan.over and self._index.whole)):
            self._turn = self.call_later(self._look_on)

    def _look_on(self) -> None:
        """Look through more of the plan; what no text has asked for yet is made ready."""
        self._turn = False
        if not self.is_attached or not has_all(self, "hits"):
            return
        if not self._plan.over:
            self._plan.go_on(SLICE)
            self._show()
        elif not self._index.whole:
            self._index.make_next()
        self._look_on_later()

    def _look_soon(self, text: str) -> None:
        """Look through the outputs, once nothing is typed for a moment."""
        if self._search is not None:
            self._search.stop()
            self._search = None
        if self._waits is not None:
            self._waits.stop()
        if len(text.strip()) >= SHORTEST:
            self._waits = self.set_timer(SOON, lambda: self._look(text.strip()))

    def _look(self, text: str) -> None:
        among = searched(self._state)
        if among:
            self._search = OutputSearch(
                self._terminals, among, text, lambda found: self.post_message(self.Looked(found))
            )
            self._show()

    def on_seek_looked(self, message: Looked) -> None:
        """What stands in outputs comes below the rest."""
        search = message.search
        if search is self._search:
            titles = self._state.outline
            self._outputs = [
                Hit(id=h.step, title=titles[h.step].title, line=h.line, folder=h.folder)
                for h in search.hits
            ]
            self._show()

    def _first(self, text: str) -> int:
        """The row to begin with: the best; without words where one is, so that Enter stays."""
        if text.strip():
            return 0
        return next((n for n, hit in enumerate(self.hits) if hit.id == self._here), 0)

    def _show(self) -> None:
        self.query_one("#hits", RowList).set_count(len(self.hits))
        self.query_one(".hint", Static).update(plain(self._count()))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look again."""
        Seek.last = event.value
        self._plan = NodeSearch(self._index, event.value, self._plan)
        self._outputs = []
        self._plan.go_on(SLICE)
        self._show()
        self.query_one("#hits", RowList).put_cursor(self._first(event.value))
        self._look_soon(event.value)
        self._look_on_later()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the chosen one."""
        event.stop()
        at = self.query_one("#hits", RowList).cursor
        if at >= len(self.hits):
            self._plan.finish()
        if at < len(self.hits):
            self.dismiss(self.hits[at])
        else:
            words = "nothing holds these words: type others, or Esc leaves"
            self.query_one(".hint", Static).update(plain(words))

    def on_click(self, event: object) -> None:
        """A click on a row goes there."""
        if getattr(event, "widget", None) is self.query_one("#hits", RowList) and self.hits:
            self.dismiss(self.hits[self.query_one("#hits", RowList).cursor])

    def _count(self) -> str:
        many = len(self._plan.hits)
        shown = f"{many} or more found" if many == MOST else f"{many} found"
        if self._outputs:
            shown += f", {len(self._outputs)} in outputs"
        if not self._plan.over or (self._search is not None and not self._search.over):
            shown += " (looking)"
        return f"{shown} · ↑↓ choose · Enter goes there · Esc leaves"

    def _paint(self, row: int, width: int) -> Row:
        line = seeking.row(self._state, self.hits[row], width - 2)
        chosen = row == self.query_one("#hits", RowList).cursor
        return [(">", "key") if chosen else (" ", "plain"), *line]

    def action_move(self, by: int) -> None:
        """Another row."""
        self.query_one("#hits", RowList).action_move(by)

    def action_leave(self) -> None:
        """Stay where one was."""
        self.dismiss(None)
