"""A pane: the view of one command's terminal, sampled by a thread of its own."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from runbook_tui.session.ports.terminals import Row, Style, Terminals
from runbook_tui.tui.widgets.keystrokes import pasted, typed
from runbook_tui.tui.widgets.sampling import Sampler
from runbook_tui.tui.widgets.searching import Hit, Search

SETTLED = 0.15
"""Seconds that a size must last before the command is told: each change makes it draw anew."""
NOWHERE = Hit("", None)


class Pane(Widget, can_focus=True):
    """Shows the end of a command's output; typing into it sends every key to the command."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", "scroll up", show=False),
        Binding("down,j", "scroll_by(1)", "scroll down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home,g", "top", "top", show=False),
        Binding("end,G", "follow", "follow", show=False),
    ]
    typing: var[bool] = var(False, init=False)

    class Sampled(Message):
        """The sampling thread has a newer view."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane

        def can_replace(self, message: Message) -> bool:
            """Only the newest view matters."""
            return isinstance(message, Pane.Sampled) and message.pane is self.pane

    class Typed(Message):
        """Bytes for the command."""

        def __init__(self, folder: str, data: bytes) -> None:
            super().__init__()
            self.folder = folder
            self.data = data

    class TypingChanged(Message):
        """Keys go to the command from now on, or no more."""

    class Resized(Message):
        """The command's terminal has another size."""

        def __init__(self, folder: str, rows: int, columns: int) -> None:
            super().__init__()
            self.folder = folder
            self.rows = rows
            self.columns = columns

    class Placed(Message):
        """Another part of the output is in view, or a search has begun or was stopped."""

    class Found(Message):
        """A search has ended."""

        def __init__(self, pane: Pane, search: Search) -> None:
            super().__init__()
            self.pane = pane
            self.search = search

    def __init__(self, terminals: Terminals, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._terminals = terminals
        self._sampler = Sampler(lambda: self.post_message(self.Sampled(self)))
        self._search: Search | None = None
        self._hit = NOWHERE
        self._telling: Timer | None = None
        self.folder = ""

    def show(self, folder: str) -> None:
        """Look at another command."""
        if folder == self.folder:
            return
        self.folder = folder
        self._sampler.show(self._terminals.open(Path(folder)) if folder else None)
        self.stop_search()
        self._hit = NOWHERE
        self.typing = False
        self.refresh()
        self._tell_size()

    def on_mount(self) -> None:
        """Begin to sample."""
        self._sampler.begin()

    def on_unmount(self) -> None:
        """End sampling."""
        self.stop_search()
        self._sampler.end()

    def on_resize(self) -> None:
        """The command learns its terminal's size once it has settled."""
        self._sampler.fit(max(1, self.size.height), max(1, self.size.width))
        if self._telling is not None:
            self._telling.stop()
        self._telling = self.set_timer(SETTLED, self._tell_size)

    def _tell_size(self) -> None:
        if self.folder and self.size.height and self.size.width:
            self.post_message(self.Resized(self.folder, self.size.height, self.size.width))

    def on_pane_sampled(self, message: Pane.Sampled) -> None:
        """Draw the newer view."""
        message.stop()
        self.refresh()
        self.post_message(self.Placed())

    @property
    def place(self) -> tuple[int, int] | None:
        """The first line in view, from 1, and how many there are; None where the end is followed"""
        return self._sampler.place

    def render(self) -> RenderResult:
        """Drawn by lines."""
        return ""

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        width = self.size.width
        view = self._sampler.view
        base = self.rich_style
        if y >= len(view.rows):
            return Strip.blank(width, base)
        if view.total and view.first + y == self._hit.line:
            base += RichStyle(reverse=True)
        return Strip(_segments(view.rows[y], base)).adjust_cell_length(width, base)

    def action_scroll_by(self, by: int) -> None:
        """Scroll through the kept output; what is followed stands still, and the end follows."""
        self._sampler.scroll_by(by)

    def action_page(self, by: int) -> None:
        """A page; one line of the last stays in view."""
        self._sampler.scroll_by(by * max(1, self.size.height - 1))

    def action_top(self) -> None:
        """The beginning of the output."""
        self._sampler.scroll_to(0)

    def action_follow(self) -> None:
        """Follow the end again."""
        self._hit = NOWHERE
        self._sampler.scroll_to(None)

    # -- searching -------------------------------------------------------------------------------

    @property
    def searched(self) -> str:
        """What is searched for at this moment."""
        return self._search.text if self._search is not None else ""

    @property
    def found(self) -> str:
        """What was found last in this output."""
        return self._hit.text

    def find(self, text: str) -> None:
        """Look for a text from what is in view backwards; for the same again: above the last hit.

        `Found` comes when it is known; another search or `stop_search` ends it before."""
        self.stop_search()
        terminal = self._sampler.terminal
        if terminal is None:
            return
        before = self._sampler.view.first + self.size.height if self.place else None
        if text == self._hit.text and self._hit.line is not None:
            before = self._hit.line
        self._search = Search(terminal, text, before, self._searched)
        self.post_message(self.Placed())

    def _searched(self, search: Search) -> None:
        self.post_message(self.Found(self, search))

    def stop_search(self) -> bool:
        """End a search; False where there is none."""
        search, self._search = self._search, None
        if search is None:
            return False
        search.stop()
        self.post_message(self.Placed())
        return True

    def on_pane_found(self, message: Pane.Found) -> None:
        """Show the line; it stays marked until the end is followed."""
        if message.search is not self._search:
            message.stop()
            return
        self._search = None
        self._hit = message.search.hit
        if self._hit.line is not None:
            self._sampler.scroll_to(max(0, self._hit.line - self.size.height // 2))
        self.refresh()
        self.post_message(self.Placed())

    def on_key(self, event: events.Key) -> None:
        """While typing every key goes to the command; Ctrl+] ends it."""
        if not self.typing:
            return
        event.stop()
        event.prevent_default()
        if event.key in {"ctrl+right_square_bracket", "ctrl+]"} or event.character == "\x1d":
            self.typing = False
            return
        data = typed(event.key, event.character)
        if data:
            self.post_message(self.Typed(self.folder, data))

    def on_paste(self, event: events.Paste) -> None:
        """A paste goes to the command, in brackets where it has asked for them."""
        if self.typing:
            event.stop()
            data = pasted(event.text, brackets=self._sampler.view.brackets)
            self.post_message(self.Typed(self.folder, data))

    def watch_typing(self, typing: bool) -> None:
        """Whoever draws around the pane is told."""
        self.set_class(typing, "-typing")
        if typing:
            self.stop_search()
            self.action_follow()
        self.post_message(self.TypingChanged())

    def on_blur(self) -> None:
        """Whoever looks elsewhere types no more."""
        self.typing = False


def _segments(row: Row, base: RichStyle) -> list[Segment]:
    return [Segment(span.text, base + _rich(span.style)) for span in row]


def _rich(style: Style) -> RichStyle:
    return RichStyle(
        color=_colour(style.foreground),
        bgcolor=_colour(style.background),
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=style.underline or None,
        reverse=style.reverse or None,
    )


def _colour(name: str) -> Color | None:
    if not name:
        return None
    if name.startswith("ansi:"):
        return Color.from_ansi(int(name[5:]))
    return Color.parse(name)
