"""Focus mode: the chosen step over the whole screen, the rows around it in three lines."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from runbook_tui.tui.screens.panes import PaneScreen


class FocusingScreen(PaneScreen):
    """A screen that can show one step alone; the keys stay those of the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "focus_mode", "focus", id="focus", tooltip="one step, large, or all again"),
    ]

    @property
    def focuses(self) -> bool:
        """Whether one step is shown alone."""
        return self.has_class("-focus")

    def action_focus_mode(self) -> None:
        """One step, large, or everything again."""
        self.action_back_to_list()
        self.toggle_class("-focus")
        if self.focuses:
            self.app.say("one step alone: f shows all again; every key does what it did")
        self.laid_out()

    def laid_out(self) -> None:
        """Give the parts their sizes, as after a resize."""
        raise NotImplementedError
