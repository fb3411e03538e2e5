"""Names of keys: as a person may write them, as Textual calls them, as they are shown."""

from __future__ import annotations

import unicodedata

NAMED = frozenset({
    "enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup",
    "pagedown", "up", "down", "left", "right", *(f"f{n}" for n in range(1, 25)),
})  # fmt: skip
HELD = ("ctrl", "alt", "shift")
CALLED = {"solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at",
          "hyphen_minus": "minus", "plus_sign": "plus", "low_line": "underscore"}  # fmt: skip
SHOWN = {"escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn", "up": "↑", "down": "↓",
         "left": "←", "right": "→", "delete": "Del", "insert": "Ins"}  # fmt: skip
ALSO = {"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "del": "delete",
        "ins": "insert"}  # fmt: skip


def normal(text: str) -> str:
    """A key as Textual calls it; empty where the text names none."""
    if len(text) == 1:
        return _character(text)
    if text.endswith("++"):
        text = f"{text[:-1]}plus"
    *held, base = text.split("+")
    if any(name.lower() not in HELD for name in held) or not base:
        return ""
    if len(base) == 1:
        base = _character(base.lower() if held else base)
    else:
        base = ALSO.get(base.lower(), base.lower())
        if base not in NAMED and not _of_character(base):
            return ""
    order = [name for name in HELD if name in {h.lower() for h in held}]
    return "+".join([*order, base]) if base else ""


def _character(char: str) -> str:
    if char == " ":
        return "space"
    if char.isalnum():
        return char
    if not char.isprintable():
        return ""
    name = unicodedata.name(char, "").lower().replace("-", "_").replace(" ", "_")
    return CALLED.get(name, name)


def _of_character(name: str) -> str:
    """The character that Textual calls so; empty where there is none."""
    back = {new: old for old, new in CALLED.items()}
    for wanted in (back.get(name, name).replace("_", " "), back.get(name, name).replace("_", "-")):
        try:
            return unicodedata.lookup(wanted)
        except KeyError:
            continue
    return ""


def shown(key: str) -> str:
    """A key as a person reads it: ``ctrl+backslash`` is Ctrl+\\\\."""
    *held, base = key.split("+")
    if base in SHOWN:
        name = SHOWN[base]
    elif base in NAMED:
        name = base.upper() if base[1:].isdigit() else base.capitalize()
    elif len(base) == 1:
        name = base.upper() if held else base
    else:
        name = _of_character(base) or base
    return "+".join([*(part.capitalize() for part in held), name])


def never_typed(key: str) -> bool:
    """Whether a key writes nothing, so that it may have a meaning while one types."""
    *held, base = key.split("+")
    return "ctrl" in held or "alt" in held or (base[:1] == "f" and base[1:].isdigit())
