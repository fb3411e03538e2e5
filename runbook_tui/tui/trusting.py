"""A plan from elsewhere on a screen of its own, before anything of it is done: trusted or left."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from runbook_tui.book.plain_text import printable

LONGEST = 2_000_000
KEYS = " T trust it and go on    ↑↓ scroll    Esc leave, nothing is run"


class TrustApp(App[bool]):
    """Shows why, and all that the plan can run; only a capital T trusts it."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    TrustApp Screen { background: $background; color: $foreground; }
    #why { background: $warning 30%; height: auto; padding: 0 1; }
    #all { height: 1fr; padding: 0 1; }
    #all Static { height: auto; }
    #keys { dock: bottom; background: $panel; height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,ctrl+c,ctrl+q", "answer(False)", "leave", priority=True),
        Binding("T", "answer(True)", "trust"),
    ]

    def __init__(self, title: str, reasons: list[str], lines: list[str]) -> None:
        super().__init__()
        self._title = title
        self._reasons = reasons
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Why it is asked, then what it can run, then the keys."""
        why = "\n".join([self._title, *(f"  {reason}" for reason in self._reasons)])
        yield Static(Content(printable(why, LONGEST, lines=True)), id="why")
        with VerticalScroll(id="all"):
            yield Static(Content(printable("\n".join(self._lines), LONGEST, lines=True)))
        yield Static(Content(KEYS), id="keys")

    def on_mount(self) -> None:
        """The arrows scroll."""
        self.query_one("#all").focus()

    def action_answer(self, answer: bool) -> None:
        """A key."""
        self.exit(answer)
