"""The list of a rollback: undos, procedure, whom to call, then commands that the plan offers."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from runbook_tui.run.calling import Call
from runbook_tui.run.differing import differences
from runbook_tui.run.offers import Offer
from runbook_tui.run.procedures import Duty
from runbook_tui.run.requests import AnswerByHand, RunOffered, TickNode
from runbook_tui.run.state import CommandRecord, Status
from runbook_tui.run.undo_items import Item
from runbook_tui.tui.dialogs.ask import Confirm
from runbook_tui.tui.dialogs.page import Page
from runbook_tui.tui.mending import Mending
from runbook_tui.tui.views import calls as call_view
from runbook_tui.tui.views import chosen_undo
from runbook_tui.tui.views import rollback as view
from runbook_tui.tui.views import stages as stage_view
from runbook_tui.tui.views.tone import Line, Part
from runbook_tui.tui.widgets.painted import RowList

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


class UndoList(RowList):
    """What a person answers, gives or runs, one row each."""

    app: RunbookApp
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t,space", "taken_back", "taken back", id="rollback-taken"),
        Binding("x", "stays", "stays", id="rollback-stays"),
        Binding("r", "mend('retry')", "try again", id="rollback-retry"),
        Binding("e", "mend('edit')", "edit", id="rollback-edit"),
        Binding("l", "mend('go_on')", "go on", id="rollback-go-on", tooltip="go on from a line"),
        Binding("v", "value", "value", id="rollback-value", tooltip="give a missing value"),
        Binding("o", "offer", "run what is offered", id="rollback-offer"),
        Binding("enter,z", "whole", "all of it", id="rollback-whole"),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(self._paint_row, id=id)
        self.items: tuple[Item, ...] = ()
        self.duties: tuple[Duty, ...] = ()
        self.calls: tuple[Call, ...] = ()
        self.offers: tuple[Offer, ...] = ()
        self.past_floor = False
        self.moved = False
        """Whether a person has moved the cursor since the screen was opened."""

    def show(
        self,
        items: tuple[Item, ...],
        duties: tuple[Duty, ...],
        calls: tuple[Call, ...],
        offers: tuple[Offer, ...],
    ) -> None:
        """Show these undos, below them the procedure, whom to call, and commands, in this order."""
        self.items, self.duties, self.calls, self.offers = items, duties, calls, offers
        count = len(items) + len(duties) + len(calls) + len(offers)
        if count == self.count:
            self.renew()
        else:
            self.set_count(count)

    @property
    def chosen(self) -> Item | None:
        """The undo under the cursor."""
        return self.items[self.cursor] if self.cursor < len(self.items) else None

    @property
    def chosen_offer(self) -> Offer | None:
        """The offered command under the cursor."""
        if self.chosen_duty is not None:
            return self.chosen_duty.offer
        at = self.cursor - len(self.items) - len(self.duties) - len(self.calls)
        return self.offers[at] if 0 <= at < len(self.offers) else None

    @property
    def chosen_duty(self) -> Duty | None:
        """The stage or step of a procedure under the cursor."""
        at = self.cursor - len(self.items)
        return self.duties[at] if 0 <= at < len(self.duties) else None

    @property
    def chosen_call(self) -> Call | None:
        """Who is to be called, under the cursor."""
        at = self.cursor - len(self.items) - len(self.duties)
        return self.calls[at] if 0 <= at < len(self.calls) else None

    @property
    def commands(self) -> list[CommandRecord]:
        """How the commands ran last that a person started from this list."""
        every = [*self.offers, *(d.offer for d in self.duties if d.offer is not None)]
        return [offer.last for offer in every if offer.last is not None]

    def command(self, width: int, height: int) -> list[Line]:
        """What the chosen row would run, or needs."""
        if self.chosen_call is not None:
            return call_view.command(self.chosen_call, self.app.now(), width)
        if self.chosen_duty is not None and self.chosen_offer is None:
            return chosen_undo.duty_command(self.chosen_duty, width)
        if self.chosen_offer is not None:
            box = self.chosen_duty is not None
            return chosen_undo.offer_command(self.chosen_offer, width, height, box=box)
        return chosen_undo.command(self.chosen, width, height, self.past_floor)

    def _paint_row(self, row: int, width: int) -> Line:
        """One row; the chosen one has a mark, never colour alone."""
        mark: Part = (">", "key") if row == self.cursor else (" ", "plain")
        return [mark, *self._paint_item(row, width - 1)]

    def _paint_item(self, row: int, width: int) -> Line:
        at = row - len(self.items)
        if at < 0:
            return view.row(self.items[row], row + 1, width)
        if at < len(self.duties):
            return stage_view.row(self.duties[at], self.app.now(), width)
        at -= len(self.duties)
        if at < len(self.calls):
            return call_view.row(self.calls[at], self.app.now(), width)
        at -= len(self.calls)
        return view.offer_row(self.offers[at], width) if at < len(self.offers) else []

    def wait_at(self, items: tuple[Item, ...]) -> None:
        """The rollback waits for these: the cursor goes there unless a person moves it."""
        if not items:
            return
        steps = [item.step for item in self.items]
        waiting = [steps.index(item.step) for item in items if item.step in steps]
        if waiting and not self.moved and self.cursor not in waiting:
            self.put_cursor(waiting[0])

    def follow(self) -> None:
        """Until a person moves it the cursor is on what asks, else on what runs: of two hundred
        undos that is soon below the last row."""
        asks = (n for n, item in enumerate(self.items) if item.asks)
        runs = (n for n, item in enumerate(self.items) if item.status is Status.UNDOING)
        row = next(chain(asks, runs), None)
        if row is not None and not self.moved and row != self.cursor:
            self.put_cursor(row)

    def on_row_list_moved(self, message: RowList.Moved) -> None:
        """From now on the cursor is the person's."""
        self.moved = self.moved or message.by_person

    def action_whole(self) -> None:
        """All of the chosen undo or command on a page."""
        if self.chosen is not None:
            session = self.app.session
            armed = session.state.step(self.chosen.step).undo
            found = differences(armed, session.environment) if armed is not None else ()
            recorded = armed.text if armed is not None else ""
            self.app.push_screen(Page(chosen_undo.whole(self.chosen, found, recorded)))
        elif self.chosen_offer is not None:
            self.app.push_screen(Page(f"{self.chosen_offer.title}\n\n{self.chosen_offer.text}"))
        else:
            self.app.say("there is no more of this row: choose an undo or a command")

    def action_offer(self) -> None:
        """Run the offered command under the cursor, after a yes to its whole text."""
        offer = self.chosen_offer
        if offer is None:
            self.app.say("o runs a command that the plan keeps for this: choose one ($)")
            return
        request = RunOffered(command=offer.id)
        if offer.missing:
            self.app.ask_values(list(offer.missing), self.action_offer)
            return
        question = f"Run “{offer.title}” now?\n\n{offer.text.strip()}"
        self.app.push_screen(Confirm(question), lambda yes: self.app.ask(request) if yes else None)

    def action_taken_back(self) -> None:
        """What was done by hand is taken back; a box of a stage or a call is ticked."""
        duty, call = self.chosen_duty, self.chosen_call
        if duty is not None:
            self.app.ask(TickNode(node=duty.id, off=duty.ticked is not None))
            return
        if call is not None:
            self.app.ask(TickNode(node=call.box, off=call.ticked is not None))
            return
        item = self.chosen
        if item is None or item.kind != "manual":
            self.app.say("t is for what was done by hand, for boxes of the procedure and for calls")
        elif item.result:
            self.app.say(self._answered_when(item))
        else:
            self.app.ask(AnswerByHand(step=item.step, taken_back=True))

    def _answered_when(self, item: Item) -> str:
        if item.result:
            return f"“{item.title}” was answered: {item.result}; a new rollback asks again"
        return "answer it once the rollback runs: F9 again starts it"

    def action_stays(self) -> None:
        """What was done by hand stays."""
        item = self.chosen
        if item is not None and item.result == "failed":
            self.action_mend("leave")
            return
        if item is None or item.kind != "manual":
            self.app.say("x is for what was done by hand, and for an undo that failed")
            return
        if item.result or not self.app.session.state.rolling_back:
            self.app.say(self._answered_when(item))
            return
        self.app.with_text(
            f"Why does “{item.title}” stay?",
            lambda why: self.app.ask(AnswerByHand(step=item.step, taken_back=False, reason=why)),
        )

    def action_mend(self, deed: str) -> None:
        """Do something about the chosen undo, which failed: retry, edit, go_on or leave."""
        item = self.chosen
        if deed == "go_on" and self.chosen_offer is not None:
            Mending(self.app).go_on_with_offer(self.chosen_offer)
            return
        results = {"failed", "not tried"} if deed == "retry" else {"failed"}
        if item is None or item.result not in results:
            self.app.say("that is for an undo that failed")
        elif not self.app.session.state.rolling_back:
            self.app.say("this rollback is over: Esc, then F9 opens a new one", "warn")
        else:
            mending = Mending(self.app)
            deeds = {"retry": mending.retry, "edit": mending.edit, "go_on": mending.go_on}
            deeds.get(deed, mending.leave)(item)

    def action_value(self) -> None:
        """Give the first missing value of the chosen undo, else of the first that needs one; of a
        command that is offered, all of its values anew."""
        offer = self.chosen_offer
        if offer is not None and offer.names:
            self.app.ask_values(list(offer.names), self.refresh)
            return
        needy = [item for item in self.items if item.missing and not item.result]
        if not needy:
            self.app.say("no undo here needs a value")
            return
        item = self.chosen if self.chosen in needy else needy[0]
        if item is not None:
            name = item.missing[0]
            self.app.with_text(
                f"{name} =",
                lambda value: self.app.give(name, value, step=item.step),
                secret=name in self.app.session.state.secrets,
            )
