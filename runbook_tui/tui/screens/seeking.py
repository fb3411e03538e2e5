"""Finding things in the checklist: by words, by what is open or whose it is."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from runbook_tui.tui.dialogs.seek import Seek
from runbook_tui.tui.screens.focusing import FocusingScreen
from runbook_tui.tui.views.node_search import Hit
from runbook_tui.tui.widgets.checklist import Checklist


class SeekingScreen(FocusingScreen):
    """A screen with a `Checklist` in which a person looks for something."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", "find", id="find", tooltip="find a step, or text in the pane"),
        Binding("o", "next_open", "next open", id="next-open", tooltip="to the next open step"),
        Binding("F", "keep", "filter", id="filter",
                tooltip="only rows that are open, yours, failed, or to be signed; then all"),
    ]  # fmt: skip

    @property
    def rows(self) -> Checklist:
        """The checklist."""
        return self.query_one("#list", Checklist)

    def _find(self, text: str) -> None:
        self.output.pane.find(text)

    def action_find(self) -> None:
        """Find a step by its words, or text in the pane."""
        if self.looks:
            self.app.with_text("Find in the output", self._find, value=self.output.pane.found)
            return
        self.app.push_screen(Seek(self.state, self.app.terminals, self.chosen), self._found)

    def _found(self, hit: Hit | None) -> None:
        if hit is None:
            return
        self.rows.go_to(hit.id)
        if hit.folder:
            self.look_at(hit.folder, Seek.last.strip())

    def action_next_open(self) -> None:
        """The next step that is open, from where the cursor is."""
        if not self.rows.to_next_open(after=self.chosen_step, by_person=True):
            self.app.say("no step is open")

    def action_keep(self) -> None:
        """Only some rows, the next kind; then all again."""
        kind = self.rows.keep_next()
        empty = "" if self.rows.count else ": there is none"
        self.app.say(f"only rows that are {kind}{empty}; F goes on" if kind else "all rows again")
        self.paint_foot()
