"""Which commands' outputs are seen beside a list of nodes, and which of all that has the keys."""

from __future__ import annotations

from textual import events, on

from runbook_tui.tui.screens.deeds import NodeScreen
from runbook_tui.tui.views.outputs import outputs, own_commands
from runbook_tui.tui.widgets.output import Output
from runbook_tui.tui.widgets.pane import Pane

BESIDE_COLUMNS = 100
BESIDE_ROWS = 20
"""Where two outputs have room: beside one another, else one above the other."""


class OutputScreen(NodeScreen):
    """A screen with outputs of the chosen step, the second one beside the first where wanted."""

    def __init__(self) -> None:
        super().__init__()
        self._looked_at = ""
        """The step whose output is looked at."""

    @property
    def every_output(self) -> list[Output]:
        """What commands have put out; the second is only there beside the first."""
        return list(self.query(Output))

    @property
    def output(self) -> Output:
        """The output that has the keys, else the first."""
        every = self.every_output
        return next((output for output in every if output.pane.has_focus), every[0])

    @property
    def looks(self) -> bool:
        """Whether a person looks at a pane."""
        return self.output.pane.has_focus

    def focus_list(self) -> None:
        """Give the keys to what the nodes are chosen from."""
        raise NotImplementedError

    def paint_foot(self) -> None:
        """Show the keys of what has them now."""
        self.query_one("#foot").refresh()

    def show_output(self, *, anew: bool = False) -> None:
        """Show what the chosen step's commands put out.

        While a person looks at a pane it stays with its step, though the cursor moves on.
        """
        looks = self.looks
        chosen = self.chosen_duty.id if self.chosen_duty is not None else self.chosen_step
        if not looks:
            self._looked_at = chosen
        shown = outputs(self.state, self._looked_at, chosen)
        first, second = self.every_output
        first.show(shown, anew=anew and not looks)
        second.show(shown if self.has_class("-beside") else [], beside=first)
        own = chosen if not looks else self._looked_at
        self.set_class(looks or bool(own_commands(self.state, own)), "-output")

    @on(Pane.TypingChanged)
    @on(events.DescendantFocus)
    def other_keys(self) -> None:
        """The foot shows other keys."""
        self.paint_foot()

    def on_pane_clicked(self) -> None:
        """A click looks at the pane, as Tab does; where it is typed into that goes on."""
        self.add_class("-pane")
        self.show_output()

    def action_next_part(self) -> None:
        """List, then pane, then the one beside it, then list again."""
        seen = [output for output in self.every_output if output.display]
        at = next((n for n, output in enumerate(seen) if output.pane.has_focus), -1)
        if at < 0:
            self.look_at_pane()
        elif at + 1 < len(seen) and self.has_class("-zoom"):
            seen[at + 1].pane.focus()
        else:
            self.action_back_to_list()

    def look_at_pane(self) -> bool:
        """Give the keys to the pane; False where it has nothing to show, which is said."""
        self.show_output()
        if self.output.command is None:
            self.app.say("there is no output to look at yet")
            return False
        self.add_class("-pane")
        self.output.pane.focus()
        self.paint_foot()
        return True

    def action_escape(self) -> None:
        """Drop what was chosen, end a search, else back to the list."""
        pane = self.output.pane
        if pane.drop():
            return
        if pane.stop_search():
            self.app.say("the search was stopped")
        elif not self.looks and not self.has_class("-zoom"):
            self.app.say("the list has the keys; q leaves, ? shows every key")
        else:
            self.action_back_to_list()

    def action_back_to_list(self) -> None:
        """The list has the keys again."""
        self.remove_class("-pane", "-zoom", "-beside")
        for output in self.every_output:
            output.pane.drop()
            output.pane.stop_search()
            output.pane.typing = False
        self.focus_list()
        # Only once the list has the focus is the pane the cursor's again.
        self.call_after_refresh(self.show_output)
        self.paint_foot()

    def action_zoom(self) -> None:
        """The pane alone, with the keys, or everything again."""
        if self.has_class("-zoom"):
            self.remove_class("-zoom", "-beside")
            self.every_output[0].pane.focus()
            self.show_output()
        elif self.look_at_pane():
            self.add_class("-zoom")

    def action_beside(self) -> None:
        """Another output beside the one that is looked at, over the whole screen, or no more."""
        if self.has_class("-beside"):
            self.remove_class("-beside")
            self.every_output[0].pane.focus()
        elif self.size.height < BESIDE_ROWS and self.size.width < BESIDE_COLUMNS:
            self.app.say("there is no room here for two outputs", "warn")
            return
        elif self.look_at_pane():
            self.add_class("-zoom", "-beside")
        self.show_output()
