"""The program's own colours: dark, light, of high contrast, and safe for the colour-blind.

A test holds that every tone can be read (4.5:1 at least) on everything it is drawn on, and that in
the last one good, bad and warning stay apart for eyes that do not tell red from green.
"""

from __future__ import annotations

from textual.theme import Theme


def _theme(
    name: str, *, dark: bool, ground: tuple[str, str, str, str], text: tuple[str, str],
    told: tuple[str, str, str, str, str, str], fill: tuple[str, str, str],
) -> Theme:  # fmt: skip
    """``ground``: background, surface, panel, row of the cursor. ``text``: plain and dim.
    ``told``: good, bad, warn, busy and keys, accent, cyan. ``fill``: behind panic, won, frames."""
    background, surface, panel, cursor = ground
    good, bad, warn, key, accent, cyan = told
    error, success, primary = fill
    return Theme(
        name=name, dark=dark, primary=primary, secondary=primary, accent=key, warning=warn,
        error=error, success=success, foreground=text[0], background=background, surface=surface,
        panel=panel,
        variables={
            "text-success": good, "text-error": bad, "text-warning": warn, "text-accent": key,
            "text-primary": accent, "text-cyan": cyan,
            "foreground-darken-3": text[1], "text-muted": text[1],
            "surface-lighten-2": cursor, "input-selection-background": f"{primary} 40%",
            "block-cursor-background": cursor, "block-cursor-foreground": text[0],
            "scrollbar": cursor, "scrollbar-background": surface,
            "scrollbar-corner-color": surface, "scrollbar-background-hover": surface,
            "scrollbar-background-active": surface,
        },
    )  # fmt: skip


THEMES = (
    _theme(
        "runbook-dark", dark=True,
        ground=("#0F1317", "#1A2027", "#1D2934", "#303E4B"),
        text=("#E4E8EC", "#A3AFBA"),
        told=("#84D8A3", "#FF8DA1", "#FFC46B", "#FFC46B", "#79BDF7", "#4FD6E8"),
        fill=("#B52B52", "#1F6B42", "#3D8FD1"),
    ),
    _theme(
        "runbook-light", dark=False,
        ground=("#FBFBF8", "#F1F1ED", "#E3E8ED", "#D3DFEA"),
        text=("#1A1F24", "#4E5863"),
        told=("#0F5F2B", "#A80F36", "#7A4300", "#7A4300", "#0A4F96", "#00566B"),
        fill=("#B3123A", "#14692F", "#2F75B5"),
    ),
    _theme(
        "runbook-contrast", dark=True,
        ground=("#000000", "#0C0C0C", "#161616", "#002F5E"),
        text=("#FFFFFF", "#DCDCDC"),
        told=("#6BFF9A", "#FFB8C1", "#FFE34D", "#FFE34D", "#9CD6FF", "#7DF3FF"),
        fill=("#960000", "#004D1A", "#FFFFFF"),
    ),
    _theme(
        "runbook-colour-safe", dark=True,
        ground=("#0F1317", "#1A2027", "#1D2934", "#2B3948"),
        text=("#E8ECEF", "#A9B4BE"),
        told=("#6CC3F5", "#FF9A57", "#F5EA6B", "#F5EA6B", "#E7B3D5", "#5FE0D8"),
        fill=("#A84300", "#0B5F94", "#9AA7B3"),
    ),
)  # fmt: skip
