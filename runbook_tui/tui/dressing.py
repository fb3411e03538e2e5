"""An application as its person wants it: colours, keys, signs, motion."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter
from textual.screen import ModalScreen

from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.tui.themes import THEMES

DRAWN_AS = {
    "+": "✓☑┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛",
    "X": "✗",
    ">": "▶→›≥▸",
    "o": "○",
    "#": "■█▆▇▉▊▋",
    "*": "◇●◆•",
    "-": "–·—−▔─╸╺▀",
    "<": "↶←≤◀‹",
    "=": "‖▓━▄▅",
    "_": "☐▁▂▃",
    "~": "…",
    '"': "“”",
    "'": "‘’",
    "^": "↑▲",
    "v": "↓▼▾",
    ".": "░▒",
    "|": "│┃▌▐▎▍▏▕",
    "x": "×",
}
"""A sign of ASCII, and what it stands for; each takes one cell, so that nothing moves."""
ASCII = str.maketrans({sign: plain for plain, signs in DRAWN_AS.items() for sign in signs})


def faults_in_words(preferences: Preferences) -> str:
    """What is wrong with the file of settings, in one line; empty where nothing is."""
    if not preferences.faults:
        return ""
    first, *more = preferences.faults
    rest = f" and {len(more)} more" if more else ""
    return (
        f"settings, line {first.line}: {first.message}{rest}; what is wrong stays as it comes"
        " (`runbook settings` tells all)"
    )


class PlainSigns(LineFilter):
    """Draws signs and frames with ASCII alone, whatever widget they are of."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same cells, in signs that every font has."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(ASCII), segment.style, segment.control)
            for segment in segments
        ]


class DressedApp(App[int]):
    """An application with a person's settings, from its first frame on."""

    def __init__(self, preferences: Preferences = DEFAULTS) -> None:
        super().__init__()
        self.preferences = preferences
        for theme in THEMES:
            self.register_theme(theme)
        self.wear(preferences)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """A colour of ours that themes of others do not have."""
        return {**super().get_theme_variable_defaults(), "text-cyan": "#22B8CF"}

    def on_click(self, event: events.Click) -> None:
        """Beside a dialog: leave it, as Esc does."""
        if isinstance(self.screen, ModalScreen) and event.widget is self.screen:
            self.simulate_key("escape")

    def wear(self, preferences: Preferences) -> None:
        """Look like this from now on."""
        self.preferences = preferences
        self.theme = preferences.theme
        self.set_keymap({id_: ",".join(keys) for id_, keys in preferences.keymap.items()})
        if preferences.motion == "reduced":
            self.animation_level = "none"
        self._filters = [f for f in self._filters if not isinstance(f, PlainSigns)]
        if preferences.ascii:
            self._filters.append(PlainSigns())
