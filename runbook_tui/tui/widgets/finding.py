"""Finding text, and what went wrong, in a command's output."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message
from textual.strip import Strip

from runbook_tui.session.ports.terminals import Terminals
from runbook_tui.tui.widgets.drawn import reversed_in
from runbook_tui.tui.widgets.scrolled import ScrolledPane
from runbook_tui.tui.widgets.searching import Hit, Search, Stop, error_below, text_above

NOWHERE = Hit("", None)
ERROR = "error"


class FindingPane(ScrolledPane):
    """Searches on a thread of its own; the line that was found last stands out."""

    class Found(Message, namespace="pane"):
        """A search has ended."""

        def __init__(self, pane: FindingPane, search: Search) -> None:
            super().__init__()
            self.pane = pane
            self.search = search

    def __init__(self, terminals: Terminals, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(terminals, id=id)
        self._search: Search | None = None
        self._hit = NOWHERE

    @property
    def searched(self) -> str:
        """What is searched for at this moment."""
        return (self._search.text or ERROR) if self._search is not None else ""

    @property
    def found(self) -> str:
        """What was found last in this output."""
        return self._hit.text

    def find(self, text: str) -> None:
        """Look for a text from what is in view backwards; for the same again: above the last hit.

        `Found` comes when it is known; another search or `stop_search` ends it before."""
        self.stop_search()
        terminal = self.sampler.terminal
        if terminal is None:
            return
        before = self.sampler.view.first + self.size.height if self.place else None
        if text == self._hit.text and self._hit.line is not None:
            before = self._hit.line
        self._look_for(text, lambda stop: text_above(terminal, text, before, stop))

    def find_error(self) -> None:
        """Look for the first line that says that something went wrong; once it was found: for the
        next one."""
        self.stop_search()
        terminal = self.sampler.terminal
        if terminal is None:
            return
        last = self._hit.line
        after = last + 1 if last is not None and not self._hit.text else 0
        self._look_for("", lambda stop: error_below(terminal, after, stop))

    def _look_for(self, text: str, look: Callable[[Stop], Hit]) -> None:
        self._search = Search(text, look, self._searched)
        self.post_message(self.Placed())

    def _searched(self, search: Search) -> None:
        self.post_message(self.Found(self, search))

    def stop_search(self) -> bool:
        """End a search; False where there is none."""
        search, self._search = self._search, None
        if search is None:
            return False
        search.stop()
        self.post_message(self.Placed())
        return True

    def on_pane_found(self, message: FindingPane.Found) -> None:
        """Show the line; it stays marked until the end is followed."""
        if message.search is not self._search:
            message.stop()
            return
        self._search = None
        self._hit = message.search.hit
        if self._hit.line is not None:
            self.sampler.scroll_to(max(0, self._hit.line - self.size.height // 2))
        self.placed()

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        self.stop_search()

    def shown_anew(self) -> None:
        """What was found stands in another output."""
        self.stop_search()
        self._hit = NOWHERE

    def action_follow(self) -> None:
        """Follow the end again; what was found is as any other line."""
        self._hit = NOWHERE
        super().action_follow()

    def marked(self, strip: Strip, y: int, left: int) -> Strip:
        """The line that was found stands out over its whole width."""
        view = self.view
        strip = super().marked(strip, y, left)
        if not view.total or view.first + y != self._hit.line:
            return strip
        width = max(strip.cell_length, left + self.size.width)
        return reversed_in(strip.adjust_cell_length(width, self.base), 0, width)
