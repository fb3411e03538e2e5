"""The settings, what each may be, and which one counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from runbook_tui.frozen import frozen
from runbook_tui.preferences.key_names import shown
from runbook_tui.preferences.known_keys import KNOWN
from runbook_tui.preferences.own_telling import NOBODY, OwnTell

if TYPE_CHECKING:
    from runbook_tui.book.findings import Fault

OWN_THEMES = ("runbook-dark", "runbook-light", "runbook-contrast", "runbook-colour-safe")
OTHER_THEMES = (
    "textual-dark", "textual-light", "nord", "gruvbox", "catppuccin-mocha", "catppuccin-latte",
    "catppuccin-frappe", "catppuccin-macchiato", "dracula", "tokyo-night", "monokai", "flexoki",
    "solarized-light", "solarized-dark", "rose-pine", "rose-pine-moon", "rose-pine-dawn",
    "atom-one-dark", "atom-one-light", "ansi-dark", "ansi-light",
)  # fmt: skip


@frozen
class Setting:
    """One setting: its key in the file, what it may be, and what it is without one."""

    name: str
    default: str | bool
    choices: tuple[str, ...] = ()
    """Texts that it may be; empty: true or false."""
    words: str


SETTINGS = (
    Setting(name="theme", default="runbook-dark", choices=(*OWN_THEMES, *OTHER_THEMES),
            words="the colours; runbook-contrast and runbook-colour-safe for eyes that need them"),
    Setting(name="glyphs", default="unicode", choices=("unicode", "ascii"),
            words="ascii: signs and frames that every terminal and font has"),
    Setting(name="motion", default="full", choices=("full", "reduced"),
            words="reduced: nothing slides, nothing blinks"),
    Setting(name="bell", default=False,
            words="ring the terminal's bell where something fails or waits for a person"),
    Setting(name="notification", default=False,
            words="have the terminal notify you of alarms, where it is known to be able to"),
    Setting(name="hints", default=True,
            words="four hints while the first steps are taken; never during a rollback"),
)  # fmt: skip


@frozen
class Preferences:
    """What counts now. ``keymap`` holds only what a person has changed: keys of an act, by id."""

    theme: str = "runbook-dark"
    glyphs: str = "unicode"
    motion: str = "full"
    bell: bool = False
    hints: bool = True
    notification: bool = False
    tell: OwnTell = NOBODY
    keymap: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: str = ""
    """The file that was read; empty where there is none."""
    given: frozenset[str] = frozenset()
    """Names of the settings that stand in the file and count."""
    faults: tuple[Fault, ...] = ()

    @property
    def ascii(self) -> bool:
        """Whether only signs of ASCII are drawn."""
        return self.glyphs == "ascii"

    def keys(self, id_: str) -> tuple[str, ...]:
        """The keys of an act, as Textual names them."""
        if id_ in self.keymap:
            return self.keymap[id_]
        return next((known.keys for known in KNOWN if known.id == id_), ())

    def caps(self, parts: Collection[str]) -> dict[str, str]:
        """How keys are shown that were changed, by how the default one is, for parts of a screen.

        A default key that no longer does anything is not shown where another took its place.
        """
        found: dict[str, str] = {}
        for known in KNOWN:
            if known.id in self.keymap and known.part in parts:
                own = self.keymap[known.id]
                for key in known.keys:
                    if key not in own:
                        found.setdefault(shown(key), shown(own[0]))
        return found

    def value(self, name: str) -> str | bool:
        """A setting by its name."""
        found: str | bool = getattr(self, name)
        return found


DEFAULTS = Preferences()
