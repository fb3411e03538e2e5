"""How another plan differs from the one that runs, and whether to go on with it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from runbook_tui.tui.dialogs.page import TextDialog


class AnotherPlanPage(TextDialog[bool]):
    """Shows the difference; only a capital T takes the plan over, so that no key hit twice does."""

    KEYS = "T go on with this plan · ↑↓ scroll · Esc back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "leave", "leave"),
        Binding("T", "take", "take it over"),
    ]

    def __init__(self, title: str, lines: list[str]) -> None:
        super().__init__("\n".join(lines), title)

    def action_leave(self) -> None:
        """The run keeps its plan."""
        self.dismiss(False)

    def action_take(self) -> None:
        """The run goes on with this one."""
        self.dismiss(True)
