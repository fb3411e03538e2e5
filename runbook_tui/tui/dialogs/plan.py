"""How another plan differs from the one that runs, and whether to go on with it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from runbook_tui.tui.dialogs.ask import plain

LONGEST = 200_000


class AnotherPlanPage(ModalScreen[bool]):
    """Shows the difference; only a capital T takes the plan over, so that no key hit twice does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "leave", "leave"),
        Binding("T", "take", "take it over"),
    ]

    def __init__(self, title: str, lines: list[str]) -> None:
        super().__init__()
        self._title = title
        self._text = "\n".join(lines)

    def compose(self) -> ComposeResult:
        """What is another, then the keys."""
        with VerticalScroll(classes="dialog page"):
            yield Static(plain(self._title))
            yield Static(plain(self._text, LONGEST))
            yield Static(plain("T go on with this plan · ↑↓ scroll · Esc back"), classes="hint")

    def on_mount(self) -> None:
        """The keys scroll the page."""
        self.query_one(VerticalScroll).focus()

    def action_leave(self) -> None:
        """The run keeps its plan."""
        self.dismiss(False)

    def action_take(self) -> None:
        """The run goes on with this one."""
        self.dismiss(True)
