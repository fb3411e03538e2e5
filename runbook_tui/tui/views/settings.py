"""The settings in rows: each with its value, then every act that has keys."""

from __future__ import annotations

from runbook_tui.book.plain_text import printable
from runbook_tui.frozen import frozen
from runbook_tui.preferences.key_names import shown
from runbook_tui.preferences.known_keys import KNOWN
from runbook_tui.preferences.model import SETTINGS, Preferences, Setting
from runbook_tui.tui.views.keys import TITLES
from runbook_tui.tui.views.tone import Line, spread

NAME, VALUE = 16, 24


@frozen
class Entry:
    """A row: a heading, a setting, or an act with its keys (``keys.sign``)."""

    name: str
    value: str = ""
    words: str = ""
    own: bool = False
    """Whether it stands in the person's file."""
    setting: Setting | None = None

    @property
    def is_heading(self) -> bool:
        """Whether there is nothing in it to change."""
        return not self.words

    @property
    def is_keys(self) -> bool:
        """Whether its value is keys."""
        return self.name.startswith("keys.")


def entries(preferences: Preferences) -> list[Entry]:
    """All that can be changed, under headings."""
    found = [Entry(name="Screen")]
    for setting in SETTINGS:
        value = preferences.value(setting.name)
        said = ("yes" if value else "no") if isinstance(value, bool) else value
        own = setting.name in preferences.given
        found.append(Entry(name=setting.name, value=said, words=setting.words, own=own,
                           setting=setting))  # fmt: skip
    told: set[str] = set()
    part = ""
    for known in KNOWN:
        if known.id in told:
            continue
        told.add(known.id)
        if known.part != part:
            part = known.part
            title = TITLES.get(part, part.capitalize())
            found.append(Entry(name=f"Keys: {title[0].lower()}{title[1:]}"))
        value = " ".join(map(shown, preferences.keys(known.id)))
        own = known.id in preferences.keymap
        found.append(Entry(name=f"keys.{known.id}", value=value, words=known.words, own=own))
    return found


def row(entry: Entry, width: int, *, chosen: bool) -> Line:
    """One of them; the value of the chosen one says that it can be moved on."""
    if entry.is_heading:
        return [(entry.name, "accent")]
    name = entry.name.removeprefix("keys.")
    turns = chosen and not entry.is_keys
    value = f"‹ {entry.value} ›" if turns else f"  {entry.value}"
    left: Line = [(f"  {name:<{NAME}}", "plain"), (f"{printable(value, 60):<{VALUE}}", "strong"),
                  (f" {entry.words}", "dim")]  # fmt: skip
    return spread(left, [("yours", "accent")] if entry.own else [], width)


def after(setting: Setting, preferences: Preferences, by: int) -> str | bool:
    """The next value of a setting, or the one before (-1)."""
    value = preferences.value(setting.name)
    if isinstance(value, bool):
        return not value
    choices = setting.choices
    at = choices.index(value) if value in choices else 0
    return choices[(at + by) % len(choices)]
