"""What of a command's output is in view, taken by a thread of its own 15 times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from runbook_tui.session.ports.terminals import Terminal, TerminalView
from runbook_tui.tui.widgets.drawn import text_of
from runbook_tui.tui.widgets.pacing import SILENT, Pace

TRIES = 3
"""Times that a picture which stands still is looked for in the kept log while that grows."""


class Sampler:
    """Follows the end of a terminal, or stands where it was scrolled to; never makes wait.

    ``newer`` is called on the sampling thread when `view` is another.
    """

    def __init__(self, newer: Callable[[], object]) -> None:
        self._newer = newer
        self._gate = threading.Lock()
        self._ending = False
        self._scroll: int | None = None
        self._holding = self._held = False
        self._space = (1, 1)
        self._shown = 0
        self._asked: tuple[object, ...] = ()
        self._pace = Pace()
        self.terminal: Terminal | None = None
        self.view = TerminalView(rows=())

    def begin(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._sample, name="pane", daemon=True).start()

    def end(self) -> None:
        """End the thread."""
        with self._gate:
            self._ending = True
            self._pace.ring()

    def show(self, terminal: Terminal | None) -> None:
        """Look at another terminal, at its end."""
        with self._gate:
            self._shown += 1
            self.terminal = terminal
            self.view = TerminalView(rows=())
            self._go_to(None)

    def fit(self, rows: int, columns: int) -> None:
        """There is room for so much."""
        with self._gate:
            if (rows, columns) != self._space:
                self._holding = self._held = False
            self._space = (rows, columns)
            self._pace.ring()

    @property
    def place(self) -> tuple[int, int] | None:
        """The first line in view, from 1, and how many there are; None: the end is followed."""
        view = self.view
        return (view.first + 1, view.total) if self._scroll is not None and view.total else None

    def expect(self) -> None:
        """A key goes to the command: whoever types waits for what it puts out."""
        self._pace.expect()

    @property
    def answering(self) -> bool:
        """Whether a person waits for what comes of a key."""
        return self._pace.answering

    def listen(self, *, to_output: bool) -> None:
        """Whether output is to be heard of as it comes, since somebody types."""
        self._pace.listens = to_output
        self._pace.ring()

    def scroll_to(self, line: int | None) -> None:
        """Show the output from a line on; None: follow its end."""
        with self._gate:
            self._go_to(line)

    def scroll_by(self, by: int, *, stay: bool = False) -> None:
        """Up (below 0) or down; following stops, and begins again where the end is reached,
        unless it is to ``stay`` there."""
        with self._gate:
            height = self._space[0]
            if stay and self._held:
                return
            if self._scroll is None:
                # How many lines there are is not counted before it is asked for: from the end.
                self._go_to(by - self._lines_in_view() if by < 0 else None)
            elif self._scroll < 0:
                line = self._scroll + by
                self._go_to(line if by < 0 or line < -height else None)
            else:
                line = max(0, self._scroll + by)
                at_end = by > 0 and line >= self.view.total - height
                end = max(0, self.view.total - height) if stay else None
                self._go_to(end if at_end else line)

    def _lines_in_view(self) -> int:
        """Lines of the log that are seen at its end, where some of them take several rows."""
        view = self.view
        if view.full_screen:
            return self._space[0]
        return max(1, len(view.rows) - len(view.wrapped))

    def _go_to(self, line: int | None) -> None:
        self._scroll = line
        self._holding = self._held = False
        self._pace.ring()

    # -- standing still --------------------------------------------------------------------------

    def hold(self) -> None:
        """Stand still: where it can be at lines of the kept log, else with the picture as it is."""
        with self._gate:
            self._holding = self._scroll is None and not self._held
            self._pace.ring()

    @property
    def held(self) -> bool:
        """Whether the picture stands still and is no part of the kept log that can be scrolled."""
        return self._held

    @property
    def stands(self) -> bool:
        """Whether what is in view stays where it is."""
        return self._held or (self._scroll is not None and self._scroll >= 0)

    def _sample(self) -> None:
        changed = time.monotonic()
        while True:
            silent = time.monotonic() - changed > SILENT
            self._pace.wait(self.terminal, silent=silent)
            with self._gate:
                if self._ending:
                    self._pace.close()
                    return
                terminal, scroll, space = self.terminal, self._scroll, self._space
                shown, holding, held = self._shown, self._holding, self._held
            if held:
                continue
            if holding and terminal is not None:
                self._stand(terminal, shown)
                continue
            asked = (shown, scroll, space)
            if terminal is None or (asked == self._asked and not terminal.changed()):
                continue
            self._asked, changed = asked, time.monotonic()
            view = terminal.view(space[0], space[1], scroll)
            with self._gate:
                if shown != self._shown:
                    continue
                self.view = view
                self._settle(scroll)
            self._newer()

    def _stand(self, terminal: Terminal, shown: int) -> None:
        seen, kept = _pictures(terminal, *self._space)
        with self._gate:
            if shown != self._shown or not self._holding:
                return
            self._holding = False
            if kept is not None:
                self.view, self._scroll = kept, kept.first
            else:
                self.view, self._held = seen, True
            self._asked = ()
        self._newer()

    def _settle(self, asked: int | None) -> None:
        """What was asked for from the end is a line now, which stays where it is."""
        if asked is None or self._scroll is None:
            return
        if self.view.total <= self._space[0]:
            self._scroll = None
        elif self._scroll < 0:
            self._scroll = max(0, self.view.first + self._scroll - min(asked, 0))
        elif self._scroll == asked:
            self._scroll = self.view.first


def _pictures(
    terminal: Terminal, rows: int, columns: int
) -> tuple[TerminalView, TerminalView | None]:
    """The end of the output, and the lines of the kept log that look the same, where there are
    such: not where lines are wrapped, or a program has drawn a screen."""
    seen = terminal.view(rows, columns)
    for _ in range(TRIES):
        kept = terminal.view(rows, columns, -rows)
        alike = [text_of(row) for row in seen.rows] == [text_of(row) for row in kept.rows]
        if alike and kept.total > rows:
            return seen, kept
        seen = terminal.view(rows, columns)
    return seen, None
