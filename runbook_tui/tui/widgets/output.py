"""The output part of a screen: a line that names the command, and its pane below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from runbook_tui.run.state import CommandRecord
from runbook_tui.session.ports.terminals import Terminals
from runbook_tui.tui.views.tone import Line
from runbook_tui.tui.widgets.painted import Lines
from runbook_tui.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


class Output(Vertical):
    """Commands to look at, one at a time; the newest first."""

    app: RunbookApp

    def __init__(self, terminals: Terminals, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._terminals = terminals
        self._commands: list[CommandRecord] = []
        self._number = 0

    def compose(self) -> ComposeResult:
        """The line above the pane."""
        yield Lines(self._paint, id="tabs")
        yield Pane(self._terminals, id="pane")

    @property
    def pane(self) -> Pane:
        """The pane."""
        return self.query_one("#pane", Pane)

    @property
    def command(self) -> CommandRecord | None:
        """The command that is looked at."""
        return self._commands[self._number] if self._commands else None

    def show(self, commands: list[CommandRecord], *, anew: bool = False) -> None:
        """Offer these commands; ``anew`` looks at the first."""
        self._commands = commands
        self._number = 0 if anew else min(self._number, max(0, len(commands) - 1))
        self._look()

    def step(self, by: int) -> None:
        """Look at an earlier (-1) or later (1) command."""
        self._number = max(0, min(self._number - by, len(self._commands) - 1))
        self._look()

    def type_into(self) -> bool:
        """Send keys to the command from now on; False where none runs."""
        if self.command is None or not self.command.running:
            return False
        self.pane.focus()
        self.pane.typing = True
        self.name_it()
        return True

    def on_pane_typed(self, message: Pane.Typed) -> None:
        """Keys for a command."""
        self.app.session.write(message.folder, message.data)

    def on_pane_resized(self, message: Pane.Resized) -> None:
        """The command's terminal is as large as its pane."""
        self.app.session.resize(message.folder, message.rows, message.columns)

    def name_it(self) -> None:
        """Draw the line above the pane again."""
        self.query_one("#tabs").refresh()

    def _look(self) -> None:
        command = self.command
        self.pane.show(command.folder if command else "")
        self.name_it()

    def _paint(self, width: int, height: int) -> list[Line]:
        record = self.command
        if record is None:
            return [[("─" * width, "dim")]]
        glyph = "▶" if record.running else "✓" if record.ok else "✗"
        tone = "busy" if record.running else "good" if record.ok else "bad"
        typing = self.pane.typing
        words = "TYPING, Ctrl+] ends" if typing else f"{self._number + 1} of {len(self._commands)}"
        line: Line = [
            ("─", "dim"),
            (f" {record.kind} {record.attempt} {glyph} ", tone),
            (words, "warn" if typing else "dim"),
            (" ", "plain"),
            ("─" * width, "dim"),
        ]
        return [line]
