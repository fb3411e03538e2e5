"""A pane: the view of one command's terminal, sampled by a thread of its own."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.timer import Timer

from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.session.ports.terminals import Terminals
from runbook_tui.tui.keys_ahead import TakesKeys
from runbook_tui.tui.widgets.drawn import reversed_in, text_of, whole_cells
from runbook_tui.tui.widgets.keystrokes import pasted, typed
from runbook_tui.tui.widgets.scrolled import WHEEL
from runbook_tui.tui.widgets.selecting import SelectingPane

SETTLED = 0.15
"""Seconds that a size must last before the command is told: each change makes it draw anew."""


class Pane(SelectingPane, TakesKeys, can_focus=True):
    """Shows the end of a command's output; typing into it sends every key to the command."""

    typing: var[bool] = var(False, init=False)

    class TypingChanged(Message):
        """Keys go to the command from now on, or no more."""

    class Resized(Message):
        """The command's terminal has another size."""

        def __init__(self, folder: str, rows: int, columns: int) -> None:
            super().__init__()
            self.folder = folder
            self.rows = rows
            self.columns = columns

    def __init__(
        self,
        terminals: Terminals,
        write: Callable[[str, bytes], object] = lambda folder, data: None,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """``write`` types into the command that has a folder; without it nothing can be typed."""
        super().__init__(terminals, id=id)
        self._write = write
        self._telling: Timer | None = None

    def shown_anew(self) -> None:
        """Another command is looked at, which is to know its terminal's size."""
        super().shown_anew()
        self.typing = False
        self._tell_size()

    def on_resize(self) -> None:
        """The command learns its terminal's size once it has settled."""
        if self._telling is not None:
            self._telling.stop()
        self._telling = self.set_timer(SETTLED, self._tell_size)

    def _tell_size(self) -> None:
        if self.folder and self.size.height and self.size.width:
            self.post_message(self.Resized(self.folder, self.size.height, self.size.width))

    # -- typing ----------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """While typing every key goes to the command; Ctrl+] ends it."""
        if not self.typing:
            return
        event.stop()
        event.prevent_default()
        if not self.take_key(event):
            self.typing = False

    def take_key(self, event: events.Key) -> bool:
        """Type a key into the command at once; False where it is none for the command."""
        if not self.typing or self._ends(event):
            return False
        application = self.sampler.view.application_keys
        self._send(typed(event.key, event.character, application=application))
        return True

    def _ends(self, event: events.Key) -> bool:
        """Whether a key ends typing: Ctrl+] unless the settings name another."""
        preferences: Preferences = getattr(self.app, "preferences", DEFAULTS)
        if "end-typing" in preferences.keymap:
            return event.key in preferences.keymap["end-typing"]
        return event.key in {"ctrl+right_square_bracket", "ctrl+]"} or event.character == "\x1d"

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """To a program with a screen of its own the wheel is cursor keys, as on any terminal."""
        self._wheel(event, "up")

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The same downward."""
        self._wheel(event, "down")

    def _wheel(self, event: events.MouseEvent, key: str) -> None:
        view = self.sampler.view
        if self.typing and view.second:
            event.stop()
            event.prevent_default()
            self._send(typed(key, None, application=view.application_keys) * WHEEL)

    def on_paste(self, event: events.Paste) -> None:
        """A paste goes to the command, in brackets where it has asked for them."""
        if self.typing:
            event.stop()
            self._send(pasted(event.text, brackets=self.sampler.view.brackets))

    def _send(self, data: bytes) -> None:
        if data:
            self._write(self.folder, data)
            self.sampler.expect()
            # Whoever types wants to see what comes of it.
            if self.place or self.sampler.held:
                self.action_follow()

    def watch_typing(self, typing: bool) -> None:
        """Whoever draws around the pane is told."""
        self.set_class(typing, "-typing")
        self.sampler.listen(to_output=typing)
        if typing:
            self.stop_search()
            self.action_follow()
            self._tell_size()
        self.refresh()
        self.post_message(self.TypingChanged())

    def on_blur(self) -> None:
        """Whoever looks elsewhere types no more."""
        self.typing = False

    def marked(self, strip: Strip, y: int, left: int) -> Strip:
        """While one types the cursor is seen."""
        strip = super().marked(strip, y, left)
        view = self.view
        if not self.typing or view.cursor is None or view.cursor[0] != y or view.total:
            return strip
        column = view.cursor[1]
        text = text_of(view.rows[y]) if y < len(view.rows) else ""
        strip = strip.adjust_cell_length(max(strip.cell_length, column + 1), self.base)
        return reversed_in(strip, *whole_cells(text, column, column + 1))
