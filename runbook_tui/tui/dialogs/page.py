"""A page of text over a screen: read, scroll, leave."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from runbook_tui.book.plain_text import printable
from runbook_tui.tui.dialogs.dialog import Dialog

LONGEST = 200_000
AROUND = 6
"""Rows that are needed above and below the text."""
T = TypeVar("T")


class TextDialog(Dialog[T]):
    """Text that is never markup, and below it the keys, which are in sight however long it is."""

    KEYS: ClassVar[str] = "↑↓ scroll · Esc back"

    def __init__(self, text: str, title: str = "") -> None:
        super().__init__()
        self._text = text
        self._title = title

    def compose(self) -> ComposeResult:
        """What it is, the text, and how to leave."""
        with Vertical(classes="dialog page"):
            if self._title:
                yield Static(self._plain(self._title), classes="question")
            with VerticalScroll(classes="text"):
                yield Static(self._plain(self._text))
            yield Static(Content(self.KEYS), classes="hint")

    def _plain(self, text: str) -> Content:
        return Content(printable(text, LONGEST, lines=True))

    def on_mount(self) -> None:
        """The keys scroll the page."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self, event: Resize) -> None:
        """As much of the text as there is room for."""
        title = 3 if self._title else 0
        room = event.size.height - AROUND - title
        self.query_one(VerticalScroll).styles.max_height = max(3, room)


class Page(TextDialog[None]):
    """Shows text; any of the leaving keys goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,z,question_mark", "leave", "leave")
    ]

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
