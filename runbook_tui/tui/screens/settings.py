"""The settings, to look at and to change: each change counts at once and stands in the file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from runbook_tui.book.plain_text import printable
from runbook_tui.preferences.file import place
from runbook_tui.preferences.model import Preferences
from runbook_tui.preferences.telling import faults
from runbook_tui.preferences.writing import Unwritable, Value, change
from runbook_tui.tui.screens.rows import RowsScreen
from runbook_tui.tui.views import settings as view
from runbook_tui.tui.views.leaving import leaving
from runbook_tui.tui.views.settings import Entry
from runbook_tui.tui.views.tone import Line

KEYS = (("←→", "change"), ("Del", "as it comes"))
ASKED = "Keys of “{}”: as in S, f5, ctrl+r; several with spaces"


class SettingsScreen(RowsScreen):
    """Every setting and every key; what stands in one's own file says so."""

    DEFAULT_CSS = "SettingsScreen #about { height: 2; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right,space", "change(1)", "change", id="setting-next",
                tooltip="its next value, or other keys"),
        Binding("left", "change(-1)", "change back", id="setting-before",
                tooltip="the value before"),
        Binding("backspace,delete", "drop", "as it comes", id="setting-drop",
                tooltip="as it comes, without a line in the file"),
    ]  # fmt: skip

    class Written(Message):
        """A change stands in the file, or could not be made."""

        def __init__(self, name: str, found: Preferences | Unwritable) -> None:
            super().__init__()
            self.name = name
            self.found = found

    def __init__(self, heading: Callable[[int], list[Line]]) -> None:
        """``heading`` paints the line at the top, in as many cells."""
        super().__init__()
        self._heading = heading
        self._one_by_one = threading.Lock()

    def heading(self, width: int) -> list[Line]:
        """As where it was opened."""
        return self._heading(width)

    @property
    def file(self) -> Path:
        """Where changes are written."""
        source = self.app.preferences.source
        return Path(source) if source else place()

    def about(self, width: int) -> list[Line]:
        """The file, or what is wrong in it; then what the chosen one is about."""
        wrong = faults(self.app.preferences)
        there = self.app.preferences.source
        file = printable(str(self.file), 300)
        first: Line = [(f" {wrong[0]}", "bad")] if wrong else [
            (f" {file}" if there else f" {file}: made with the first change", "dim")
        ]  # fmt: skip
        chosen = self._chosen
        words = chosen.words if chosen is not None else ""
        return [first, [(f" {words}", "plain")]]

    def count(self) -> int:
        """What can be set."""
        self._entries: list[Entry] = view.entries(self.app.preferences)
        return len(self._entries)

    def paint(self, row: int, width: int) -> Line:
        """One of them."""
        return view.row(self._entries[row], width, chosen=row == self.rows.cursor)

    def keys(self, width: int) -> Line:
        """The keys of the foot."""
        return leaving("", width, *KEYS)

    @property
    def _chosen(self) -> Entry | None:
        at = self.rows.cursor
        found = self._entries[at] if at < len(self._entries) else None
        return None if found is None or found.is_heading else found

    def on_mount(self) -> None:
        """The first that can be changed is chosen."""
        super().on_mount()
        self.rows.put_cursor(1)

    def on_row_list_moved(self) -> None:
        """Another one is chosen."""
        self.query_one("#about").refresh()

    def action_change(self, by: int) -> None:
        """Its next value; of keys, others are asked for."""
        entry = self._chosen
        if entry is None:
            self.app.say("this is a heading: choose what is below it")
        elif entry.setting is not None:
            self._write(entry.name, view.after(entry.setting, self.app.preferences, by))
        else:
            question = ASKED.format(entry.words)
            self.app.with_text(
                question, lambda text: self._write(entry.name, text.replace(",", " ").split()),
                value=" ".join(self.app.preferences.keys(entry.name.removeprefix("keys."))),
            )  # fmt: skip

    def action_drop(self) -> None:
        """As it comes."""
        entry = self._chosen
        if entry is None or not entry.own:
            self.app.say("it is as it comes already")
        else:
            self._write(entry.name, None)

    def _write(self, name: str, value: Value) -> None:
        """Beside the screen: a home on the network may take its time."""
        file = self.file

        def write() -> None:
            with self._one_by_one:
                try:
                    found: Preferences | Unwritable = change(file, name, value)
                except Unwritable as error:
                    found = error
            self.post_message(self.Written(name, found))

        threading.Thread(target=write, name="settings", daemon=True).start()

    def on_settings_screen_written(self, message: Written) -> None:
        """It counts from now on, or why not."""
        if isinstance(message.found, Unwritable):
            self.app.say(f"not changed: {message.found}", "bad")
        else:
            self.app.wear(message.found)
            self.app.say(f"{message.name.removeprefix('keys.')} is changed", "good")
        self.changed()
