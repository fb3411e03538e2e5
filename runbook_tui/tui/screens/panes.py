"""Looking at commands' output, and typing into one, on a screen that chooses nodes."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from runbook_tui.tui.screens.deeds import NodeScreen
from runbook_tui.tui.views.outputs import ending, outputs, own_commands
from runbook_tui.tui.widgets.keystrokes import StrayKeys
from runbook_tui.tui.widgets.output import Output
from runbook_tui.tui.widgets.pane import Pane


class PaneScreen(NodeScreen):
    """A screen with an `Output` of the chosen step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_part", "pane", id="next-part", tooltip="look at the pane"),
        Binding("i", "type", "type", id="type", tooltip="type into the pane"),
        Binding("z", "zoom", "zoom", id="zoom", tooltip="the pane alone"),
        Binding("left_square_bracket", "pane(-1)", "earlier output", id="pane-before",
                tooltip="what the step's command before this one put out"),
        Binding("right_square_bracket", "pane(1)", "later output", id="pane-after",
                tooltip="what the step's next command put out"),
        Binding("escape", "escape", "list", id="list", tooltip="back to the list"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.stray = StrayKeys()
        self._looked_at = ""

    @property
    def output(self) -> Output:
        """What commands have put out."""
        return self.query_one("#output", Output)

    def focus_list(self) -> None:
        """Give the keys to what the nodes are chosen from."""
        raise NotImplementedError

    def show_output(self, *, anew: bool = False) -> None:
        """Show what the chosen step's commands put out.

        While a person looks at a pane it stays with its step, though the cursor moves on.
        """
        looks = self.output.pane.has_focus
        chosen = self.chosen_duty.id if self.chosen_duty is not None else self.chosen_step
        if not looks:
            self._looked_at = chosen
        shown = outputs(self.state, self._looked_at, chosen)
        self.output.show(shown, anew=anew and not looks)
        own = chosen if not looks else self._looked_at
        self.set_class(looks or bool(own_commands(self.state, own)), "-output")

    def end_typing_with_command(self) -> None:
        """A command that was typed into has ended: keys are ours again, but not those on the way.

        To be called before the cursor moves on: what is typed must never reach the next step.
        """
        record = self.output.typed_into_ended(self.state)
        if record is None:
            return
        self.stray.expect()
        self.action_back_to_list()
        self.app.say(f"command ended ({ending(record)}); keys are Runbook's again", "warn")

    def on_key(self, event: events.Key) -> None:
        """Keys that were meant for a command that has ended do nothing."""
        if self.stray.takes():
            event.stop()
            event.prevent_default()

    def on_pane_typing_changed(self) -> None:
        """The foot shows other keys."""
        self.query_one("#foot").refresh()

    def find_in_output(self, text: str) -> None:
        """Look for a text in the pane; the screen goes on meanwhile."""
        self.output.pane.find(text)

    def on_pane_found(self, message: Pane.Found) -> None:
        """Say what a search has found."""
        hit = message.search.hit
        if hit.line is None:
            self.app.say(f"“{hit.text}” is not in the output", "warn")
        elif hit.again:
            self.app.say(f"“{hit.text}”: nothing further up, the newest again")
        else:
            self.app.say(f"“{hit.text}”: / and Enter find the one before, End follows")

    def action_run(self) -> None:
        """Run the chosen step; Enter in a pane is too easily meant for its command."""
        if self.output.pane.has_focus:
            self.app.say("Enter starts steps from the list; Tab goes back to it, i types in here")
            return
        super().action_run()

    def action_pane(self, by: int) -> None:
        """Another command's output."""
        if self.output.command is None:
            self.app.say("there is no output to look at yet")
        self.output.step(by)

    def action_next_part(self) -> None:
        """List, then pane, then list again."""
        if self.output.pane.has_focus:
            self.action_back_to_list()
        else:
            self._look_at_pane()

    def _look_at_pane(self) -> bool:
        self.show_output()
        if self.output.command is None:
            self.app.say("there is no output to look at yet")
            return False
        self.add_class("-pane")
        self.output.pane.focus()
        self.query_one("#foot").refresh()
        return True

    def action_escape(self) -> None:
        """End a search, else back to the list."""
        if self.output.pane.stop_search():
            self.app.say("the search was stopped")
        else:
            self.action_back_to_list()

    def action_back_to_list(self) -> None:
        """The list has the keys again."""
        self.remove_class("-pane", "-zoom")
        self.output.pane.stop_search()
        self.output.pane.typing = False
        self.focus_list()
        # Only once the list has the focus is the pane the cursor's again.
        self.call_after_refresh(self.show_output)
        self.query_one("#foot").refresh()

    def action_type(self) -> None:
        """Every key but the panic key goes to the command."""
        # The card is drawn from the newest state, so its hint may be seen before this is.
        self.show_output()
        if self.output.type_into():
            self.add_class("-pane")
        else:
            self.app.say("no command runs here that could be typed into")

    def action_zoom(self) -> None:
        """The pane alone, with the keys, or everything again."""
        if self.has_class("-zoom"):
            self.remove_class("-zoom")
        elif self._look_at_pane():
            self.add_class("-zoom")
