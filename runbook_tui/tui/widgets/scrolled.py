"""A command's output as a widget: its end, or where in it one has scrolled to."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from runbook_tui.session.ports.terminals import Terminals, TerminalView
from runbook_tui.tui.at_once import paint
from runbook_tui.tui.widgets.drawn import others, strip_of, window
from runbook_tui.tui.widgets.sampling import Sampler

WHEEL = 3
"""Lines that one notch of a wheel scrolls."""
DIM = RichStyle(dim=True)
ASIDE = 20
"""Columns that one press goes to the side."""


class ScrolledPane(Widget):
    """Draws what its sampler has in view; lines that are longer than it is wide are gone along."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", "scroll up", id="up", show=False),
        Binding("down,j", "scroll_by(1)", "scroll down", id="down", show=False),
        Binding("pageup", "page(-1)", "a page up", id="page-up", show=False),
        Binding("pagedown", "page(1)", "a page down", id="page-down", show=False),
        Binding("home,g", "top", "its first line", id="first", show=False),
        Binding("end,G", "follow", "follow its end", id="last", show=False),
        Binding("left", "aside(-1)", "along to the left", id="left", show=False),
        Binding("right", "aside(1)", "along to the right", id="right", show=False),
    ]

    class Sampled(Message):
        """The sampling thread has a newer view."""

        def __init__(self, pane: ScrolledPane) -> None:
            super().__init__()
            self.pane = pane

        def can_replace(self, message: Message) -> bool:
            """Only the newest view matters."""
            return isinstance(message, ScrolledPane.Sampled) and message.pane is self.pane

    class Placed(Message, namespace="pane"):
        """Another part of the output is in view, or something else is done with it."""

    def __init__(self, terminals: Terminals, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.terminals = terminals
        self.sampler = Sampler(lambda: self.post_message(self.Sampled(self)))
        self.view = self.sampler.view
        """What is drawn: what the sampler had in view when this was last placed."""
        self.base = RichStyle()
        """The style on which everything is drawn."""
        self.left = 0
        """The first column in view, while the end is not followed."""
        self.folder = ""
        self.silence = ""
        """What stands in place of an output in which there is nothing."""

    def show(self, folder: str, silence: str = "") -> None:
        """Look at another command; ``silence`` says how it ended where it put out nothing."""
        if silence != self.silence:
            self.silence = silence
            self.refresh()
        if folder == self.folder:
            return
        self.folder = folder
        self.left = 0
        self.sampler.show(self.terminals.open(Path(folder)) if folder else None)
        self.view = self.sampler.view
        self.shown_anew()
        self.refresh()

    def shown_anew(self) -> None:
        """Another command is looked at: forget what was done with the one before."""

    def on_mount(self) -> None:
        """Begin to sample."""
        self.sampler.begin()

    def on_unmount(self) -> None:
        """End sampling."""
        self.sampler.end()

    def on_resize(self) -> None:
        """There is more or less room."""
        self.sampler.fit(max(1, self.size.height), max(1, self.size.width))

    def on_scrolled_pane_sampled(self, message: ScrolledPane.Sampled) -> None:
        """Draw the newer view."""
        message.stop()
        self.placed(since=self.view)

    def placed(self, *, since: TerminalView | None = None) -> None:
        """Draw it again, and have the line above say where one is; where all that has changed
        ``since`` is what was put out, only the rows that are others."""
        self.view = self.sampler.view
        rows = others(since, self.view) if since is not None else None
        if rows is None:
            self.refresh()
            self.post_message(self.Placed())
        elif rows and not (self.sampler.answering and paint(self, rows)):
            self.refresh(*(Region(0, y, self.size.width, 1) for y in rows))

    @property
    def place(self) -> tuple[int, int] | None:
        """The first line in view, from 1, and how many there are; None where the end is followed"""
        return self.sampler.place

    # -- drawing ---------------------------------------------------------------------------------

    def render(self) -> RenderResult:
        """Drawn by lines."""
        return ""

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines; what they stand on is worked out once for all of them."""
        self.base = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the terminal."""
        width, view, base = self.size.width, self.view, self.base
        if self.silence and y == 0:
            words = Strip([Segment(self.silence, base + DIM)])
            return window(self.marked(words, y, 0), 0, width, base)
        if y >= len(view.rows):
            return self.marked(Strip.blank(width, base), y, 0)
        whole = self.marked(strip_of(view.rows[y], base), y, self.left)
        return window(whole, self.left if view.total else 0, width, base)

    def marked(self, strip: Strip, y: int, left: int) -> Strip:
        """The line with what is to stand out in it; ``left`` is the first column in view."""
        return strip

    # -- scrolling -------------------------------------------------------------------------------

    def scroll_lines(self, by: int) -> None:
        """Scroll through the kept output; what is followed stands still, and the end follows."""
        self.sampler.scroll_by(by)

    def action_scroll_by(self, by: int) -> None:
        """Lines up or down."""
        self.scroll_lines(by)

    def action_page(self, by: int) -> None:
        """A page; one line of the last stays in view."""
        self.scroll_lines(by * max(1, self.size.height - 1))

    def action_top(self) -> None:
        """The beginning of the output."""
        self.sampler.scroll_to(0)

    def action_follow(self) -> None:
        """Follow the end again."""
        self.left = 0
        self.sampler.scroll_to(None)
        self.placed()

    def action_aside(self, by: int) -> None:
        """Along lines that are longer than the pane is wide; followed output is wrapped."""
        view = self.sampler.view
        if self.sampler.held:
            return
        if not view.total:
            # Only the kept log has its lines whole.
            self.sampler.scroll_to(-self.size.height)
            return
        longest = max((strip_of(row, self.rich_style).cell_length for row in view.rows), default=0)
        most = max(0, longest - self.size.width)
        self.left = max(0, min(self.left + by * ASIDE, max(self.left, most)))
        self.placed()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls."""
        event.stop()
        self.scroll_lines(-WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls."""
        event.stop()
        self.scroll_lines(WHEEL)
