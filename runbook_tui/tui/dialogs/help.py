"""The help: every key, those of what has the focus first, and why some do nothing now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from runbook_tui.tui.dialogs.ask import plain
from runbook_tui.tui.dialogs.dialog import Dialog
from runbook_tui.tui.views import keys
from runbook_tui.tui.views.tone import Line
from runbook_tui.tui.widgets.painted import RowList, TonedScreen

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp
    from runbook_tui.tui.home.app import HomeApp

INSIDE = 76
"""Cells of a row, on the smallest common terminal."""


class Help(Dialog[None]):
    """The keys; ``part`` is what has the focus, ``why_not`` why an act cannot be done now."""

    app: RunbookApp | HomeApp
    COMPONENT_CLASSES = TonedScreen.COMPONENT_CLASSES
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "leave", "leave")]

    def __init__(self, part: str = "list", why_not: Mapping[str, str] = {}) -> None:
        super().__init__()
        self._part = part
        self._why_not = why_not
        self._rows: list[Line] = []

    def compose(self) -> ComposeResult:
        """A page of keys."""
        with Vertical(classes="dialog help"):
            yield RowList(lambda row, width: self._rows[row], id="keys")
            yield Static(plain("↑↓ scroll · ? q Esc leave"), classes="hint")

    def on_mount(self) -> None:
        """The keys scroll the page."""
        self._rows = keys.page(self._part, self.app.preferences, self._why_not, INSIDE - 2)
        rows = self.query_one("#keys", RowList)
        rows.set_count(len(self._rows))
        rows.focus()

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
