"""Choosing part of a command's output, with the mouse or by lines with keys, and copying it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from runbook_tui.session.ports.terminals import Row, Terminals, TerminalView
from runbook_tui.tui.widgets.drawn import reversed_in, text_of, whole_cells
from runbook_tui.tui.widgets.finding import FindingPane
from runbook_tui.tui.widgets.selection import Point, Selection

MOST = 20_000
"""Lines that are copied at most: a terminal's clipboard takes no more than a megabyte or so."""
AT_ONCE = 2000
"""Lines that are read of a log at once."""
PULL = 0.05
"""Seconds between two scrolls while the mouse is held beyond an edge."""


class SelectingPane(FindingPane):
    """What is chosen stays chosen while one scrolls; until it is dropped the output stands still.

    A drag begins where the mouse went down. As the picture has to stand still first, both ends of
    it are places on the screen until it does.
    """

    KEEPS: ClassVar[bool] = True
    """Whether what the mouse has chosen stays chosen once it is copied."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "choose", "choose lines", id="pane-choose",
                tooltip="choose lines of the output with the arrows"),
        Binding("c", "copy", "copy", id="pane-copy",
                tooltip="copy what is chosen, else the lines in view"),
    ]  # fmt: skip

    class Copied(Message, namespace="pane"):
        """Text of the output was taken; ``cut``: there was more of it than can be copied."""

        def __init__(self, text: str, lines: int, *, cut: bool) -> None:
            super().__init__()
            self.text = text
            self.lines = lines
            self.cut = cut

    class Clicked(Message, namespace="pane"):
        """The mouse was pressed and let go, and chose nothing."""

    def __init__(self, terminals: Terminals, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(terminals, id=id)
        self.selection: Selection | None = None
        self._from: tuple[int, int] | None = None
        self._to: tuple[int, int] | None = None
        self._released = self._by_lines = self._followed = False
        self._pulling: Timer | None = None

    @property
    def chosen(self) -> int:
        """How many lines are chosen."""
        return self.selection.count if self.selection is not None else 0

    def drop(self) -> bool:
        """Nothing is chosen any more, and what was followed before is again; False where nothing
        was."""
        was = self.selection is not None or self._from is not None
        self.selection = self._from = self._to = None
        self._released = self._by_lines = False
        self._pull(0)
        if self._followed:
            self._followed = False
            self.left = 0
            self.sampler.scroll_to(None)
        if was:
            self.placed()
        return was

    def shown_anew(self) -> None:
        """What was chosen stands in another output."""
        super().shown_anew()
        self.drop()

    def action_follow(self) -> None:
        """Follow the end again; what was chosen moves away."""
        self.drop()
        super().action_follow()

    def on_resize(self) -> None:
        """Rows are other rows, in another width."""
        if not self.sampler.view.total:
            self.drop()

    def scroll_lines(self, by: int) -> None:
        """While something is chosen the end is not followed; by lines, its end moves."""
        if self._by_lines and self.selection is not None:
            self._move_to(self.selection.point[0] + by)
        elif self.selection is not None:
            self._followed = self.sampler.held
            self.sampler.scroll_by(by, stay=True)
        else:
            super().scroll_lines(by)

    def action_top(self) -> None:
        """The beginning of the output."""
        if self._by_lines and self.selection is not None:
            self._move_to(0)
        else:
            super().action_top()

    # -- with keys -------------------------------------------------------------------------------

    def action_choose(self) -> None:
        """Begin to choose lines, or drop what was chosen."""
        if not self.drop():
            self._by_lines = True
            self._from = self._to = (0, len(self.sampler.view.rows) - 1)
            self._stand()

    def _move_to(self, line: int) -> None:
        assert self.selection is not None
        view = self.sampler.view
        last = view.total - 1 if view.total else len(view.rows) - 1
        line = max(0, min(line, last))
        self.selection = self.selection.to((line, 0))
        if view.total:
            top = max(line - self.size.height + 1, min(self.sampler.view.first, line))
            if top != view.first:
                self._followed = False
                self.sampler.scroll_to(top)
        self.placed()

    def action_copy(self) -> None:
        """Copy what is chosen, else the lines in view."""
        view = self.sampler.view
        chosen = self.selection
        if chosen is None:
            top = view.first if view.total else 0
            chosen = Selection((top, 0), (top + max(0, len(view.rows) - 1), 0), whole=True)
        self._copy(chosen)

    # -- with the mouse --------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Here a drag may begin."""
        if event.button != 1:
            return
        event.stop()
        self.drop()
        self._from = self._cell(event)
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The other end goes with the mouse; beyond an edge it scrolls."""
        if self._from is None or self._released or self._by_lines:
            return
        to = self._cell(event)
        if self._to is None and to == self._from:
            return
        self._to = to
        self._pull(min(to[1], 0) or max(0, to[1] - self.size.height + 1))
        self._stand()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """What was chosen is copied."""
        self.release_mouse()
        self._pull(0)
        if self._from is None or self._by_lines:
            return
        if self._to is None:
            self._from = None
            self.post_message(self.Clicked())
            return
        self._released = True
        self._stand()

    def _cell(self, event: events.MouseEvent) -> tuple[int, int]:
        at = event.get_content_offset_capture(self)
        return max(0, min(at.x, self.size.width - 1)), at.y

    def _pull(self, by: int) -> None:
        if self._pulling is not None:
            self._pulling.stop()
            self._pulling = None
        if by:
            self._pulling = self.set_interval(PULL, lambda: self._pulled(by))

    def _pulled(self, by: int) -> None:
        self._followed = self.sampler.held
        self.sampler.scroll_by(by, stay=True)
        self._stand()

    # -- once the picture stands still -----------------------------------------------------------

    def placed(self, *, since: TerminalView | None = None) -> None:
        """What was waited for may be in view."""
        if self._from is not None and self.sampler.stands:
            self._choose()
            since = None
        super().placed(since=since)

    def _stand(self) -> None:
        if self.sampler.stands:
            self.placed()
        else:
            self._followed = self.place is None
            self.sampler.hold()

    def _choose(self) -> None:
        """Both ends as places in the output."""
        if self._from is None or self._to is None:
            return
        if self.selection is None:
            # The end of the output may stand higher than the view is low.
            first = min(self._from[1], max(0, len(self.sampler.view.rows) - 1))
            anchor = self._point((self._from[0], first))
            self.selection = Selection(anchor, anchor, whole=self._by_lines)
        if self._by_lines:
            self._from = self._to = None
            return
        self.selection = self.selection.to(self._point(self._to))
        if self._released:
            self._from = self._to = None
            self._released = False
            self._copy(self.selection)
            if not self.KEEPS:
                self.drop()

    def _point(self, cell: tuple[int, int]) -> Point:
        view = self.sampler.view
        y = max(0, min(cell[1], self.size.height - 1))
        if view.total:
            return min(view.first + y, view.total - 1), cell[0] + self.left
        return y, cell[0]

    # -- copying ---------------------------------------------------------------------------------

    def _copy(self, chosen: Selection) -> None:
        view = self.sampler.view
        if not view.total:
            text = chosen.text(view.rows, 0, view.wrapped)
            self.post_message(self.Copied(text, chosen.count, cut=False))
            return
        threading.Thread(target=self._read, args=(chosen, Path(self.folder)), daemon=True).start()

    def _read(self, chosen: Selection, folder: Path) -> None:
        """Read the lines from the log, on a thread of its own."""
        terminal = self.terminals.open(folder)
        first, last = chosen.first[0], chosen.last[0]
        cut = last - first >= MOST
        last = min(last, first + MOST - 1)
        rows: list[Row] = []
        while first + len(rows) <= last:
            at = first + len(rows)
            view = terminal.view(min(AT_ONCE, last + 1 - at), self.size.width, at)
            found = view.rows[at - view.first :]
            if not found:
                break
            rows += found
        self.post_message(self.Copied(chosen.text(rows, first), len(rows), cut=cut))

    # -- drawing ---------------------------------------------------------------------------------

    def marked(self, strip: Strip, y: int, left: int) -> Strip:
        """What is chosen stands out; of a line that is in it to its end, a blank behind it too."""
        strip = super().marked(strip, y, left)
        view = self.view
        cells = (
            self.selection.cells(y + view.first if view.total else y) if self.selection else None
        )
        if cells is None or y >= len(view.rows):
            return strip
        start, end = cells
        text = text_of(view.rows[y])
        if end is None:
            strip = strip.adjust_cell_length(max(strip.cell_length, start) + 1, self.base)
            end = strip.cell_length
        return reversed_in(strip, *whole_cells(text, start, end))
