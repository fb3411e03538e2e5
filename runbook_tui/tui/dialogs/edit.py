"""Changing a command before it runs again: its text, and why."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static, TextArea

from runbook_tui.frozen import frozen
from runbook_tui.tui.dialogs.ask import Line, plain
from runbook_tui.tui.dialogs.dialog import Dialog


@frozen(kw_only=False)
class Edited:
    """What is to run instead, and why."""

    text: str
    reason: str


class EditCommand(Dialog[Edited | None]):
    """Asks for another text of a command; None where the person left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave", priority=True)]

    def __init__(self, question: str, text: str) -> None:
        super().__init__()
        self._question = question
        self._text = text

    @property
    def typed(self) -> bool:
        """Whether somebody has changed the text, or begun to say why."""
        texts = self.query(TextArea)
        return any(area.text != self._text for area in texts) or any(
            line.typed for line in self.query(Line)
        )

    def compose(self) -> ComposeResult:
        """The question, the text, the reason."""
        with Vertical(classes="dialog edit"):
            yield Static(plain(self._question), classes="question")
            yield TextArea(
                self._text, id="text", tab_behavior="focus", soft_wrap=True, compact=True
            )
            yield Line(placeholder="why it is changed (required)", id="reason", compact=True)
            yield Static("", classes="missing")
            hint = "Tab to the reason · Enter there runs it · Esc leaves"
            yield Static(plain(hint), classes="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The reason is given: that is the yes."""
        event.stop()
        text = self.query_one("#text", TextArea).text
        missing = "" if text.strip() else "an empty command takes nothing back"
        missing = missing or ("" if event.value.strip() else "why is it changed?")
        if missing:
            self.query_one(".missing", Static).update(plain(missing))
            return
        self.dismiss(Edited(text=text, reason=event.value.strip()))

    def action_leave(self) -> None:
        """Nothing is changed."""
        self.dismiss(None)
