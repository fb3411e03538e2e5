"""What a person can do with a node by key, on any screen on which one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from runbook_tui.book.model import Step
from runbook_tui.run.decide import decide
from runbook_tui.run.finishing import failed_probes
from runbook_tui.run.nodes import Kind
from runbook_tui.run.procedures import Duty
from runbook_tui.run.requests import (
    ConfirmationNeeded,
    OverrideNeeded,
    PersonNeeded,
    ProbeAgain,
    Refusal,
    RunOffered,
    SkipStep,
    StartStep,
    TickNode,
    ValuesMissing,
)
from runbook_tui.run.several import status_of
from runbook_tui.run.state import OVER, RunState, Status
from runbook_tui.run.ticking import last_own
from runbook_tui.tui.dialogs.ask import Confirm
from runbook_tui.tui.views.boxes import next_box
from runbook_tui.tui.views.confirming import filled
from runbook_tui.tui.views.tone import cut
from runbook_tui.tui.views.words import said
from runbook_tui.tui.widgets.painted import TonedScreen

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


ASKS = (ConfirmationNeeded, OverrideNeeded, PersonNeeded, ValuesMissing)
"""Answers that ask something; the act can be done once that is answered."""
WRONG = {
    Status.FAILED: "failed",
    Status.STOPPED: "was stopped",
    Status.LOST: "is lost, nobody knows how it ended",
    Status.UNDO_FAILED: "was not taken back, its undo failed",
}


def broken(state: RunState, step: str) -> str:
    """What went wrong with a step, where it is not run again without being asked for by name."""
    return WRONG.get(status_of(state, step), "")


class NodeScreen(TonedScreen):
    """A screen with a chosen node: `chosen` and `chosen_step` say which ("" for none)."""

    app: RunbookApp
    KEYS_OF: ClassVar[str] = "run"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "run", id="run",
                tooltip="run the step, start its clock, or probe again"),
        Binding("space", "tick", "tick", id="tick",
                tooltip="tick the check, or the step's next; finish by hand"),
        Binding("s", "sign", "sign", id="sign", tooltip="sign off"),
        Binding("x", "skip", "skip", id="skip", tooltip="leave the step out, with a reason"),
        Binding("r", "retry", "retry", id="retry",
                tooltip="run a step again that failed, was stopped or is lost"),
        Binding("n", "note", "note", id="note", tooltip="write a remark down"),
        Binding("h", "hand", "hand", id="hand", tooltip="raise a hand, or lower one"),
        Binding("u", "untick", "untick", id="untick", tooltip="take your last tick back"),
        Binding("y", "copy", "copy", id="copy", tooltip="copy the step's command"),
    ]  # fmt: skip

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

    @property
    def chosen_duty(self) -> Duty | None:
        """The chosen box of a follow-up, where the screen has one."""
        return None

    def go_on(self) -> None:
        """Something was begun: the screen may follow the work."""

    def action_run(self) -> None:
        """Run the step, start its timer, or run again what it waits for; what has gone wrong is not
        run again by a key that is pressed once too often."""
        step = self.chosen_step
        if self.chosen_duty is None and step and (why := broken(self.state, step)):
            tried = decide(self.state, StartStep(step=step), self.app.session.actor)
            if not isinstance(tried, Refusal) or isinstance(tried, ASKS):
                title = cut(said(self.state.outline[step].title, 200), 24)
                keys = f"{self.cap('r')} runs it again, {self.cap('x')} skips it"
                self.app.say(f"“{title}” {why}: {keys}, {self.cap('F9')} takes it back", "warn")
                return
        self.action_retry()

    def action_retry(self) -> None:
        """Run the step, whatever became of it before."""
        if self.chosen_duty is not None:
            self._run_offered(self.chosen_duty)
            return
        step = self.chosen_step
        self.go_on()
        if step and failed_probes(self.state, step) and self._waits(step):
            self.app.ask(ProbeAgain(step=step))
        elif step:
            self.app.ask(StartStep(step=step))

    def _run_offered(self, duty: Duty) -> None:
        """Run what the plan gives for a box of the follow-up, after a yes to its whole text."""
        offer = duty.offer
        if offer is None:
            self.app.say("this is done by hand: Space ticks it")
            return
        if offer.missing:
            self.app.ask_values(list(offer.missing), self.action_run)
            return
        question = f"Run “{offer.title}” now?\n\n{offer.text.strip()}"
        request = RunOffered(command=offer.id)
        self.app.push_screen(Confirm(question), lambda yes: self.app.ask(request) if yes else None)

    def action_tick(self) -> None:
        """Tick the chosen check, or the next one of the chosen step; then finish it by hand."""
        duty = self.chosen_duty
        if duty is not None:
            self.app.ask(TickNode(node=duty.id, off=duty.ticked is not None))
            return
        chosen = self.chosen
        node = self.state.outline[chosen] if chosen else None
        if node is None or node.kind in {Kind.PHASE, Kind.CHANGE}:
            self.app.say("choose a check or a step")
            return
        self.go_on()
        if isinstance(node.item, Step) and (box := self.next_box_of(node.item)):
            self.app.ask(TickNode(node=box))
        else:
            self.app.ask(TickNode(node=node.id, off=node.id in self.state.ticks))

    def action_untick(self) -> None:
        """Take back the last box that this person has ticked, whatever is chosen now."""
        state, me = self.state, self.app.session.actor
        last = last_own(state, me)
        if last is None:
            self.app.say("you have ticked nothing that could be taken back")
            return
        node = state.outline[last]
        words = f"“{node.title}” is open again"
        if node.owner in state.steps and state.step(node.owner).status in OVER:
            title = state.outline[node.owner].title
            words += f"; “{title}” was ended by it and stays so: tick it again, or F9 takes it back"
        self.app.ask(TickNode(node=node.id, off=True), then=lambda: self.app.say(words, "warn"))

    def next_box_of(self, step: Step) -> str:
        """The box of a step that its own tick would tick now; empty where there is none."""
        by_hand = step.manual and self.state.step(step.id).status is Status.RUNNING
        box = next_box(self.state, step) if by_hand or self._waits(step.id) else None
        return box.id if box is not None else ""

    def _waits(self, step: str) -> bool:
        return self.state.step(step).status is Status.WAITING

    def action_sign(self) -> None:
        """Sign the chosen node, or the gate around it."""
        self.app.sign(self.chosen)

    def action_skip(self) -> None:
        """Leave the step out; what cannot be skipped is said before anybody writes a reason."""
        if step := self.chosen_step:
            tried = decide(
                self.state, SkipStep(step=step, reason="?", override=True), self.app.session.actor
            )
            if isinstance(tried, Refusal):
                self.app.say(tried.reason + (f" ({tried.hint})" if tried.hint else ""), "warn")
                return
            self.app.with_text(
                f"Why is “{self.state.outline[step].title}” skipped?",
                lambda reason: self.app.ask(SkipStep(step=step, reason=reason)),
            )

    def action_hand(self) -> None:
        """Raise a hand about the chosen node, or lower one."""
        from runbook_tui.tui.people_deeds import hand

        hand(self.app, self.chosen)

    def action_note(self) -> None:
        """Write a remark down."""
        self.app.note(self.chosen)

    def action_copy(self) -> None:
        """Copy the step's command with its values; a secret stands in it as a variable."""
        step = self.chosen_step
        text = filled(self.state, step) if step else ""
        if not text:
            self.app.say("there is no command to copy")
            return
        self.app.copy_to_clipboard(text)
        lines = len(text.strip().splitlines())
        self.app.say(f"copied: {text}" if lines == 1 else f"copied: {lines} lines")
