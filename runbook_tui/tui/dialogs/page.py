"""A page of text over a screen: read, scroll, leave."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from runbook_tui.book.plain_text import printable

LONGEST = 200_000


class Page(ModalScreen[None]):
    """Shows text that is never markup; any of the leaving keys goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,z,question_mark", "leave", "leave")
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The text, and how to leave."""
        with VerticalScroll(classes="dialog page"):
            yield Static(Content(printable(self._text, LONGEST, lines=True)))
            yield Static(Content("↑↓ scroll · Esc back"), classes="hint")

    def on_mount(self) -> None:
        """The keys scroll the page."""
        self.query_one(VerticalScroll).focus()

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
