"""The output of an undo, on a screen whose keys are for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from runbook_tui.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


class UndoPane(Pane, can_focus=False):
    """The mouse scrolls and copies; nothing keeps it from following for longer than it has to,
    because there is no key here that would have it follow again."""

    app: RunbookApp
    KEEPS = False

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """It stands still until one has scrolled down again."""
        self.app.say("the output stands still; scroll down to its end to follow it")
