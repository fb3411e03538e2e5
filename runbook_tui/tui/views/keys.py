"""The keys in rows: of the part that has the focus first; what cannot be done now says why."""

from __future__ import annotations

from collections.abc import Mapping

from runbook_tui.preferences.key_names import shown
from runbook_tui.preferences.known import Known
from runbook_tui.preferences.known_keys import KNOWN
from runbook_tui.preferences.model import Preferences
from runbook_tui.tui.views.tone import Line, wrap

TITLES = {
    "run": "The run", "list": "In a list", "pane": "In the pane", "typing": "While typing into a"
    " command", "rollback": "The rollback", "reading": "Here", "everywhere": "Everywhere",
    "home": "Home",
}  # fmt: skip
ORDER = {
    "list": ("run", "list", "everywhere", "pane", "typing"),
    "pane": ("pane", "typing", "run", "everywhere", "list"),
    "reading": ("reading", "list", "everywhere"),
    "home": ("home", "list"),
}
"""By what has the focus: whose keys come first."""
OF_PANES = (
    "/ finds text in it, e its first error; the mouse chooses from letter to letter, and copies"
)
BESIDE = {
    "pane": (OF_PANES,),
    "typing": ("only the panic keys and this one are not the command's",),
    "home": (
        "F9 shows the rollback of the chosen open run, or of the only one",
        "Enter on a past run shows what happened in it; nothing that runs is touched by leaving",
    ),
    "everywhere": ("a second press of the panic key starts, and only after a moment",),
}
COLUMN = 16


def page(part: str, preferences: Preferences, why_not: Mapping[str, str], width: int) -> list[Line]:
    """Rows of at most ``width`` cells; ``why_not``: why an act cannot be done now, by its id."""
    rows: list[Line] = [
        [("F9", "panic"), (" or ", "plain"), ("Ctrl+\\", "panic"),
         ("  PANIC: shows the rollback; again, after a moment, starts it", "plain")],
    ]  # fmt: skip
    for name in ORDER[part]:
        rows += [[], [(TITLES[name], "accent")]]
        for known in (k for k in KNOWN if k.part == name and k.id != "panic"):
            rows += _row(known, preferences, why_not.get(known.id, ""), width)
        for words in BESIDE.get(name, ()):
            rows += [[(line, "dim")] for line in wrap(words, width)]
    return rows


def _row(known: Known, preferences: Preferences, why: str, width: int) -> list[Line]:
    keys = " ".join(map(shown, preferences.keymap.get(known.id, known.keys)))
    lead = f"{keys:<{COLUMN}}"
    words = wrap(known.words, width - len(lead))
    tone = "dim" if why else "plain"
    rows: list[Line] = [[(lead, "dim" if why else "strong"), (words[0], tone)]]
    rows += [[(" " * len(lead), "plain"), (line, tone)] for line in words[1:]]
    if why:
        lines = wrap(f"not now: {why}", width - COLUMN)
        rows += [[(" " * COLUMN, "plain"), (line, "warn")] for line in lines]
    return rows
