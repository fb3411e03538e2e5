"""The output part of a screen: a line that names the command, and its pane below."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from runbook_tui.run.state import CommandRecord, RunState
from runbook_tui.session.ports.terminals import Terminals
from runbook_tui.tui.views import outputs as view
from runbook_tui.tui.views.outputs import Looked, Shown
from runbook_tui.tui.views.tone import Line
from runbook_tui.tui.widgets.painted import Lines
from runbook_tui.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


class Output(Vertical):
    """Commands to look at, one at a time, in the order they began.

    It looks at what matters most until a person chooses another, and at what is typed into for
    as long as that lasts.
    """

    app: RunbookApp

    class Unread(Message):
        """The command that is typed into reads no keys any more."""

    def __init__(self, terminals: Terminals, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._terminals = terminals
        self._shown: list[Shown] = []
        self._number = 0
        self._chosen = ""
        self._wanted = ""
        self._newest = ""

    def compose(self) -> ComposeResult:
        """The line above the pane."""
        yield Lines(self._paint, id="tabs")
        yield Pane(self._terminals, self._write, id="pane")

    @property
    def pane(self) -> Pane:
        """The pane."""
        return self.query_one("#pane", Pane)

    @property
    def command(self) -> CommandRecord | None:
        """The command that is looked at."""
        return self._shown[self._number].record if self._shown else None

    def show(self, shown: list[Shown], *, anew: bool = False, beside: Output | None = None) -> None:
        """Offer these commands; ``anew`` forgets what a person chose. What stands ``beside``
        another output shows another command, where there is one."""
        if self.pane.typing:
            return
        if not shown:
            newest = ""
        elif beside is None:
            newest = shown[view.first_choice(shown)].record.folder
        else:
            newest = shown[view.choice_beside(shown, beside.pane.folder)].record.folder
        folders = [each.record.folder for each in shown]
        if self._wanted not in folders:
            self._wanted = ""
        if anew or newest != self._newest:
            self._chosen = self._wanted
        self._shown, self._newest = shown, newest
        self._look(self._chosen or newest)

    def want(self, folder: str) -> None:
        """Look at this command, as soon as it is among those that are shown and for as long."""
        self._wanted = self._chosen = folder

    def step(self, by: int) -> bool:
        """Look at an earlier (-1) or later (1) command; False where there is none."""
        before = self._number
        if self._shown:
            self._wanted = ""
            number = max(0, min(self._number + by, len(self._shown) - 1))
            self._chosen = self._shown[number].record.folder
            self._look(self._chosen)
        return self._number != before

    def type_into(self) -> None:
        """Send keys to the command from now on."""
        self.pane.focus()
        self.pane.typing = True

    def typed_into_ended(self, state: RunState) -> CommandRecord | None:
        """The command that is typed into, where it has ended meanwhile."""
        if not self.pane.typing:
            return None
        every = (c for step in state.steps.values() for c in step.commands)
        return next((c for c in every if c.folder == self.pane.folder and not c.running), None)

    @property
    def takes_keys(self) -> bool:
        """Whether the command runs and reads what is typed: by its standard input, or now."""
        record = self.command
        if record is None or not record.running:
            return False
        return record.interactive or self._terminals.reads(Path(record.folder))

    def _write(self, folder: str, data: bytes) -> None:
        record = self.command
        # One that has ended is told of as such; its keys reach nobody anyhow.
        if record is None or not record.running or self.takes_keys:
            self.app.session.keyboard.write(folder, data)
        else:
            self.post_message(self.Unread())

    def on_pane_resized(self, message: Pane.Resized) -> None:
        """The command's terminal is as large as the lead's pane, or that of who types into it:
        whoever only looks on changes nothing for the others."""
        if self.app.session.leads or self.pane.typing:
            self.app.session.keyboard.resize(message.folder, message.rows, message.columns)

    def on_pane_typing_changed(self) -> None:
        """The frame says whether keys go to the command."""
        self.name_it()

    def on_pane_placed(self, message: Pane.Placed) -> None:
        """The line above the pane says where in the output one is."""
        message.stop()
        self.name_it()

    def name_it(self) -> None:
        """Draw the line above the pane again."""
        self.query_one("#tabs").refresh()

    def _look(self, folder: str) -> None:
        folders = [shown.record.folder for shown in self._shown]
        self._number = folders.index(folder) if folder in folders else 0
        record = self.command
        self.pane.show(record.folder if record is not None else "", view.silence(record))
        self.name_it()

    def _paint(self, width: int, height: int) -> list[Line]:
        if not self._shown:
            return []
        pane = self.pane
        looked = Looked(
            typing=pane.typing,
            searched=pane.searched,
            chosen=pane.chosen,
            place=pane.place,
            column=pane.left,
            held=pane.sampler.held,
        )
        return [view.frame(self._shown, self._number, looked, width)]
