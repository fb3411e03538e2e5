"""The foot of a screen that is read and left: how to leave it, and the keys it has beside."""

from __future__ import annotations

from runbook_tui.tui.views.tone import Line, length, spread

SCROLL = (("↑↓", "scroll"),)


def leaving(own: str, width: int, *more: tuple[str, str], scrolls: bool = True) -> Line:
    """The keys of a screen that is read and left; ``own`` is the key that opened it, ``more`` are
    those that it has beside."""
    panic: Line = [(" F9 PANIC: roll back ", "panic")]
    keys: Line = [(" Esc", "key"), (" or " if own else " ", "plain")]
    first = (own, "key") if own else ("", "plain")
    keys += [first, (" back  " if own else "back  ", "plain")]
    for key, word in (("?", "help"), *more, *(SCROLL if scrolls else ())):
        part: Line = [(key, "key"), (f" {word}  ", "plain")]
        if length(keys) + length(part) + length(panic) <= width:
            keys += part
    return spread(keys, panic, width)
