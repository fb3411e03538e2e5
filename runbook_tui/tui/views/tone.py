"""Rows of text in a tone: what a screen shows before anybody decides on colours."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Mapping

Part = tuple[str, str]
Line = list[Part]

TONES = (
    "plain",
    "dim",
    "strong",
    "good",
    "bad",
    "warn",
    "busy",
    "accent",
    "key",
    "off",
    "panic",
    "won",
    "cyan",
)

GLYPHS: Mapping[str, Part] = {
    "pending": ("○", "dim"),
    "ready": ("○", "plain"),
    "running": ("▶", "busy"),
    "failed": ("✗", "bad"),
    "stopped": ("■", "bad"),
    "lost": ("?", "bad"),
    "waiting": ("◇", "warn"),
    "done": ("✓", "good"),
    "skipped": ("–", "dim"),
    "not applicable": ("–", "dim"),
    "undoing": ("↶", "busy"),
    "undo failed": ("✗", "bad"),
    "rehearsed": ("~", "dim"),
}
"""Of each `Status`, by its text: home draws rows, too, before a state of any run is loaded."""


BINDS = "\x1f"
SINGLE = re.compile(r"(?:(?<=^[\w?/])|(?<=\s[\w?/])) (?=\S)")
UNIT = re.compile(r"(?<=\d) (?=(?:ms|s|m|h|d|%)(?!\w))")
"""Blanks at which a line is not broken: behind a single letter, digit or key, and before a unit."""


def length(line: Line) -> int:
    """How many cells a line takes."""
    return sum(cells(text) for text, _ in line)


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def cut(text: str, width: int) -> str:
    """The text in at most ``width`` cells, with an ellipsis where it is cut."""
    if width <= 0:
        return ""
    if len(text) <= width and cells(text) <= width:
        return text
    kept, used = [], 0
    for char in text:
        used += _width(char)
        if used > width - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def spread(left: Line, right: Line, width: int) -> Line:
    """``left`` at the left and ``right`` at the right; the left is cut where both do not fit."""
    room = width - length(right) - (1 if right else 0)
    shown: Line = []
    for text, tone in left:
        part = cut(text, room)
        room -= length([(part, tone)])
        if part:
            shown.append((part, tone))
        if room <= 0:
            break
    if not right:
        return shown
    return [*shown, (" " * max(1, room + 1), "plain"), *right]


def refitted(line: Line, width: int) -> Line:
    """A spread line that has become too long: its left is cut, its right stays whole."""
    if length(line) <= width:
        return line
    gaps = [(len(text), n) for n, (text, _) in enumerate(line) if n and not text.strip()]
    if not gaps:
        return line
    _, at = max(gaps)
    return spread(line[:at], line[at + 1 :], width)


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` characters; words stay whole where they can, and a
    number with its unit, a key with its word."""
    lines: list[str] = []
    for line in text.splitlines():
        bound = UNIT.sub(BINDS, SINGLE.sub(BINDS, line))
        found = textwrap.wrap(bound, max(1, width), replace_whitespace=False) or [""]
        lines += [part.replace(BINDS, " ") for part in found]
    return lines


def folded(text: str, width: int, indent: int = 0) -> list[str]:
    """All of a line in pieces of at most ``width`` cells, all but the first shorter by ``indent``,
    parted behind a blank where one is near: for commands, of which no character may be lost."""
    pieces: list[str] = []
    while cells(text) > width > 1:
        used = end = 0
        while (used := used + _width(text[end])) <= width:
            end += 1
        blank = text.rfind(" ", 0, end) + 1
        end = blank if blank > end // 2 else max(1, end)
        pieces.append(text[:end])
        text = text[end:]
        width -= indent if len(pieces) == 1 else 0
    return [*pieces, text]


def flow(mark: Line, text: str, tone: str, width: int, height: int) -> list[Line]:
    """A text behind a mark, wrapped onto ``height`` rows at most; an ellipsis where that is cut."""
    first = wrap(text, width - length(mark) - 3)[0]
    rest = wrap(text[len(first) :].strip(), width - 3)
    if len(rest) >= height:
        kept = rest[: height - 2] if height > 1 else []
        left = " ".join(rest[len(kept) :])
        rest = [*kept, cut(left, width - 3)] if height > 1 else []
        first = first if height > 1 else cut(text, width - length(mark) - 2)
    lead = "  " if mark else " "
    return [[*mark, (f"{lead}{first}", tone)], *([(f" {line}", tone)] for line in rest)]
