"""What a person can do with a node by key, on any screen on which one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from runbook_tui.run.outline import Kind
from runbook_tui.run.requests import SkipStep, StartStep, TickNode
from runbook_tui.run.state import RunState

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


class NodeScreen(Screen[None]):
    """A screen with a chosen node: `chosen` and `chosen_step` say which ("" for none)."""

    app: RunbookApp
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "run", id="run", tooltip="run the step, or start its timer"),
        Binding("space", "tick", "tick", id="tick", tooltip="tick the check, finish by hand"),
        Binding("s", "sign", "sign", id="sign", tooltip="sign off"),
        Binding("x", "skip", "skip", id="skip", tooltip="leave the step out, with a reason"),
        Binding("r", "run", "retry", id="retry", tooltip="try the step again"),
        Binding("n", "note", "note", id="note", tooltip="write a remark down"),
        Binding("y", "copy", "copy", id="copy", tooltip="copy the step's command"),
    ]

    @property
    def state(self) -> RunState:
        """The run now."""
        return self.app.session.state

    @property
    def chosen(self) -> str:
        """The id of the chosen node."""
        raise NotImplementedError

    @property
    def chosen_step(self) -> str:
        """The chosen step, or the one that holds the chosen check."""
        raise NotImplementedError

    def go_on(self) -> None:
        """Something was begun: the screen may follow the work."""

    def action_run(self) -> None:
        """Run the step, or start its timer."""
        step = self.chosen_step
        self.go_on()
        if step:
            self.app.ask(StartStep(step=step))

    def action_tick(self) -> None:
        """Tick the chosen check, or finish a step done by hand."""
        chosen = self.chosen
        node = self.state.outline[chosen] if chosen else None
        if node is None or node.kind in {Kind.PHASE, Kind.CHANGE}:
            self.app.say("choose a check or a step")
            return
        self.go_on()
        self.app.ask(TickNode(node=node.id, off=node.id in self.state.ticks))

    def action_sign(self) -> None:
        """Sign the chosen node, or the gate around it."""
        self.app.sign(self.chosen)

    def action_skip(self) -> None:
        """Leave the step out."""
        if step := self.chosen_step:
            self.app.with_text(
                f"Why is “{self.state.outline[step].title}” skipped?",
                lambda reason: self.app.ask(SkipStep(step=step, reason=reason)),
            )

    def action_note(self) -> None:
        """Write a remark down."""
        self.app.note(self.chosen)

    def action_copy(self) -> None:
        """Copy the step's command."""
        item = self.state.outline.steps.get(self.chosen_step)
        if item is None or item.run is None:
            self.app.say("there is no command to copy")
            return
        self.app.copy_to_clipboard(item.run)
        self.app.say("copied")
