"""What is done with commands' outputs: typing into one, searching it, telling its surroundings."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from runbook_tui.tui.environment_deeds import show_environment
from runbook_tui.tui.screens.outputs import OutputScreen
from runbook_tui.tui.views.outputs import ending, titled
from runbook_tui.tui.widgets.keystrokes import StrayKeys
from runbook_tui.tui.widgets.pane import Pane
from runbook_tui.tui.widgets.searching import Hit

UNREAD = (
    "this command reads no keys: a step that is typed into says “interactive = true”;"
    " Ctrl+P stops commands"
)


class PaneScreen(OutputScreen):
    """A screen with outputs that are typed into, searched, and asked where they come from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_part", "pane", id="next-part", tooltip="look at the pane"),
        Binding("i", "type", "type", id="type", tooltip="type into the pane"),
        Binding("z", "zoom", "zoom", id="zoom", tooltip="the pane alone"),
        Binding("b", "beside", "beside", id="beside", tooltip="two outputs beside one another"),
        Binding("e", "error", "first error", id="error",
                tooltip="the first line of the output that says what went wrong, then the next"),
        Binding("E", "environment", "environment", id="environment",
                tooltip="what the command in the pane got, and from where"),
        Binding("left_square_bracket", "pane(-1)", "earlier output", id="pane-before",
                tooltip="what the step's command before this one put out"),
        Binding("right_square_bracket", "pane(1)", "later output", id="pane-after",
                tooltip="what the step's next command put out"),
        Binding("escape", "escape", "list", id="list", tooltip="back to the list"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.stray = StrayKeys()

    def end_typing_with_command(self) -> None:
        """A command that was typed into has ended: keys are ours again, but not those on the way.

        To be called before the cursor moves on: what is typed must never reach the next step.
        """
        ended = (output.typed_into_ended(self.state) for output in self.every_output)
        record = next(filter(None, ended), None)
        if record is None:
            return
        self.stray.expect()
        self.action_back_to_list()
        self.app.say(f"command ended ({ending(record)}); keys are Runbook's again", "warn")

    def on_output_unread(self) -> None:
        """What was asked is answered: keys are ours again, but not those that were meant for it."""
        if self.output.pane.typing:
            self.stray.expect()
            self.action_back_to_list()
            self.app.say("the command reads no more keys; they are Runbook's again", "warn")

    def on_key(self, event: events.Key) -> None:
        """Keys that were meant for a command that has ended do nothing."""
        if self.stray.takes(event.time):
            event.stop()
            event.prevent_default()

    def look_at(self, folder: str, text: str) -> None:
        """Look at the output of one command of the chosen step, where it holds a text."""
        first = self.every_output[0]
        first.want(folder)
        self.show_output(anew=True)
        if self.look_at_pane():
            first.pane.find(text)

    def on_pane_found(self, message: Pane.Found) -> None:
        """Say what a search has found."""
        self.app.say(*_outcome(message.search.hit))

    def action_run(self) -> None:
        """Run the chosen step; Enter in a pane is too easily meant for its command."""
        if self._from_list("Enter starts"):
            super().action_run()

    def action_retry(self) -> None:
        """Run the chosen step again, not from a pane either."""
        if self._from_list("r repeats"):
            super().action_retry()

    def _from_list(self, deed: str) -> bool:
        """Whether the list has the keys; elsewhere it is said where that deed is done."""
        if self.looks:
            self.app.say(f"{deed} steps from the list; Tab goes back to it, i types in here")
        return not self.looks

    def action_pane(self, by: int) -> None:
        """Another command's output."""
        if self.output.command is None:
            self.app.say("there is no output to look at yet")
        elif not self.output.step(by):
            self.app.say("there is no earlier output" if by < 0 else "there is no later output")

    def action_type(self) -> None:
        """Every key but the panic key goes to the command."""
        # The card is drawn from the newest state, so its hint may be seen before this is.
        self.show_output()
        record = self.output.command
        if self.app.session.guest is not None:
            self.app.say("nothing is typed into a command from a browser", "warn")
        elif record is None or not record.running:
            self.app.say("no command runs here that could be typed into")
        elif not self.output.takes_keys:
            # Keys that nobody reads would only stand in its log, as if it had put them out.
            self.app.say(UNREAD, "warn")
        else:
            self.output.type_into()
            self.add_class("-pane")

    def action_error(self) -> None:
        """The first line of the output that says what went wrong, then the next ones."""
        if self.looks or self.look_at_pane():
            self.output.pane.find_error()

    def action_environment(self) -> None:
        """The folder, shell and variables of the command that is looked at."""
        self.show_output()
        record = self.output.command
        if record is None:
            self.app.say("no command of this step has run yet: its environment shows once it has")
            return
        show_environment(self.app, record.seq, titled(self.state, record))


def _outcome(hit: Hit) -> tuple[str, str]:
    """What a search has found, and the tone to say it in."""
    if hit.text and hit.line is None:
        return f"“{hit.text}” is not in the output", "warn"
    if hit.text and hit.again:
        return f"“{hit.text}”: nothing further up, the newest again", "dim"
    if hit.text:
        return f"“{hit.text}”: / and Enter find the one before, End follows", "dim"
    if hit.line is None:
        return "no line of the output looks like an error; / finds any text", "warn"
    if hit.again:
        return f"line {hit.line + 1:,}: the first error again, there is none further down", "dim"
    return f"line {hit.line + 1:,} looks like an error; e goes to the next, End follows", "dim"
