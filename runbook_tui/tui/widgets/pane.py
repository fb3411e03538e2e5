"""A pane: the view of one command's terminal, sampled by a thread of its own."""

from __future__ import annotations

import threading
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
from textual.widget import Widget

from runbook_tui.session.ports.terminals import Row, Style, Terminal, Terminals, TerminalView
from runbook_tui.tui.widgets.keystrokes import typed

SAMPLES_A_SECOND = 15


class Pane(Widget, can_focus=True):
    """Shows the end of a command's output; typing into it sends every key to the command."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", "scroll up", show=False),
        Binding("down,j", "scroll_by(1)", "scroll down", show=False),
        Binding("pageup", "scroll_by(-10)", "page up", show=False),
        Binding("pagedown", "scroll_by(10)", "page down", show=False),
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

    def __init__(self, terminals: Terminals, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._terminals = terminals
        self._gate = threading.Condition()
        self._ending = False
        self._terminal: Terminal | None = None
        self._view = TerminalView(rows=())
        self._scroll: int | None = None
        self._asked: tuple[object, ...] = ()
        self._space = (1, 1)
        self._shown = 0
        self.folder = ""

    def show(self, folder: str) -> None:
        """Look at another command."""
        if folder == self.folder:
            return
        with self._gate:
            self.folder = folder
            self._shown += 1
            self._terminal = self._terminals.open(Path(folder)) if folder else None
            self._view = TerminalView(rows=())
            self._scroll = None
            self._gate.notify()
        self.typing = False
        self.refresh()
        self._tell_size()

    def on_mount(self) -> None:
        """Begin to sample."""
        threading.Thread(target=self._sample, name="pane", daemon=True).start()

    def on_unmount(self) -> None:
        """End sampling."""
        with self._gate:
            self._ending = True
            self._gate.notify()

    def on_resize(self) -> None:
        """The command learns its terminal's size."""
        with self._gate:
            self._space = (max(1, self.size.height), max(1, self.size.width))
            self._gate.notify()
        self._tell_size()

    def _tell_size(self) -> None:
        if self.folder and self.size.height and self.size.width:
            self.post_message(self.Resized(self.folder, self.size.height, self.size.width))

    def _sample(self) -> None:
        while True:
            with self._gate:
                self._gate.wait(1 / SAMPLES_A_SECOND)
                if self._ending:
                    return
                terminal, scroll, space = self._terminal, self._scroll, self._space
                shown = self._shown
            if terminal is None:
                continue
            asked = (shown, scroll, space)
            if asked == self._asked and not terminal.changed():
                continue
            self._asked = asked
            view = terminal.view(space[0], space[1], scroll)
            with self._gate:
                if shown != self._shown:
                    continue
                self._view = view
            self.post_message(self.Sampled(self))

    def on_pane_sampled(self, message: Pane.Sampled) -> None:
        """Draw the newer view."""
        message.stop()
        self.refresh()

    def render(self) -> RenderResult:
        """Drawn by lines."""
        return ""

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        width = self.size.width
        rows = self._view.rows
        base = self.rich_style
        if y >= len(rows):
            return Strip.blank(width, base)
        return Strip(_segments(rows[y], base)).adjust_cell_length(width, base)

    def action_scroll_by(self, by: int) -> None:
        """Scroll back through the kept output; following stops."""
        start = self._scroll if self._scroll is not None else max(0, self._view.first or 10**9)
        self.scroll_to_line(max(0, (self._view.first if self._view.total else start) + by))

    def scroll_to_line(self, line: int) -> None:
        """Show the output from a line on."""
        with self._gate:
            self._scroll = line
            self._gate.notify()

    def action_follow(self) -> None:
        """Follow the end again."""
        with self._gate:
            self._scroll = None
            self._gate.notify()

    def find(self, text: str) -> bool:
        """Scroll to the next line that holds a text; False where there is none."""
        terminal = self._terminal
        if terminal is None:
            return False
        hits = terminal.search(text)
        if not hits:
            return False
        after = [hit for hit in hits if hit > self._view.first]
        self.scroll_to_line((after or hits)[0])
        return True

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
        """A paste goes to the command in brackets, so that it is not run line by line."""
        if self.typing:
            event.stop()
            data = b"\x1b[200~" + event.text.encode() + b"\x1b[201~"
            self.post_message(self.Typed(self.folder, data))

    def watch_typing(self, typing: bool) -> None:
        """Whoever draws around the pane is told."""
        self.set_class(typing, "-typing")
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
