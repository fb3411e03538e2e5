"""Line and column of every key and table of a TOML text that is plain TOML: what `positions`
finds by a whole parse is found here in a fraction of its time, line by line.

Only for a text that is TOML for certain. Where a key is quoted, or spaces stand around its dots, or
a value lies too deep, nothing is said at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from runbook_tui.book.toml.positions import DEEPEST, Path, Position

NAMES = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
LINE = re.compile(
    rf"[ \t]*(?:({NAMES})[ \t]*=[ \t]*|(\[\[?)[ \t]*({NAMES})[ \t]*\]|#|(?=\r?\n|\Z))"
)
KEY = re.compile(rf"({NAMES})[ \t]*=[ \t]*")
BETWEEN = re.compile(r"(?:[ \t\r\n,]+|#[^\n]*)*")
"""What may stand between two items of a list, or two keys of a table in braces."""
SCALAR = re.compile(
    r'"""(?:[^"\\]+|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']+|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]+|\\.)*"'
    r"|'[^'\n]*'"
    r"|[^\s,\]}\[{#\"'=]+(?: \d\d:[^\s,\]}#]*)?",
    re.DOTALL,
)
OVER_LINES = ("[", "{", '"""', "'''")
"""How values begin that may go over several lines, or hold others."""
MOST_AROUND = 20
"""Lists and tables in one another."""


class _Odd(Exception):
    """Something stands there that is not plain."""


def plain_positions(text: str) -> Mapping[Path, Position] | None:
    """Where each key, table and list item begins; None where something in it is not plain."""
    try:
        return _Lines(text).walk()
    except _Odd:
        return None


class _Lines:
    """Goes through a text from its beginning to its end, once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[Path, Position] = {}
        self._counts: dict[Path, int] = {}
        self._row, self._begins, self._seen = 1, 0, 0

    def walk(self) -> Mapping[Path, Position]:
        text, at, size = self._text, 0, len(self._text)
        path: Path = ()
        match = LINE.match
        while at < size:
            line = match(text, at)
            if line is None:
                raise _Odd
            key, opening, names = line.groups()
            end = line.end()
            if key is not None:
                below = self._key(key, line.start(1), path)
                # What is one text or number ends with its line.
                if text.startswith(OVER_LINES, end):
                    end = self._value(end, below)
            elif names is not None:
                path = self._header(names, line.start(2), opening)
            at = text.find("\n", end) + 1 or size
        return self._found

    def _place(self, at: int) -> Position:
        """Line and column of a place that does not lie before the last one."""
        lines = self._text.count("\n", self._seen, at)
        if lines:
            self._row += lines
            self._begins = self._text.rindex("\n", self._seen, at) + 1
        self._seen = at
        return self._row, at - self._begins + 1

    def _header(self, names: str, at: int, opening: str) -> Path:
        *around, last = names.split(".")
        if len(around) >= DEEPEST:
            raise _Odd
        place = self._place(at)
        path: Path = ()
        for name in around:
            # Names are there from now on; a list stands for its newest table.
            path = (*path, name)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
            self._found.setdefault(path, place)
        path = (*path, last)
        if opening == "[[":
            self._found.setdefault(path, place)
            number = self._counts.get(path, 0)
            self._counts[path] = number + 1
            path = (*path, number)
        self._found.setdefault(path, place)
        return path

    def _key(self, names: str, at: int, base: Path) -> Path:
        """A key, and the path of its value."""
        place, path = self._place(at), base
        for name in names.split(".") if "." in names else (names,):
            path = (*path, name)
            self._found.setdefault(path, place)
        return path

    def _value(self, at: int, path: Path) -> int:
        """Go through a value; where it ends."""
        text = self._text
        first = text[at : at + 1]
        if first == "[" or first == "{":
            if len(path) > MOST_AROUND:
                raise _Odd
            return (self._items if first == "[" else self._keys)(at + 1, path)
        scalar = SCALAR.match(text, at)
        if scalar is None:
            raise _Odd
        return scalar.end()

    def _items(self, at: int, path: Path) -> int:
        number = 0
        while True:
            at = self._next(at)
            if self._text[at] == "]":
                return at + 1
            self._found.setdefault((*path, number), self._place(at))
            at = self._value(at, (*path, number))
            number += 1

    def _keys(self, at: int, path: Path) -> int:
        while True:
            at = self._next(at)
            if self._text[at] == "}":
                return at + 1
            key = KEY.match(self._text, at)
            if key is None:
                raise _Odd
            at = self._value(key.end(), self._key(key.group(1), at, path))

    def _next(self, at: int) -> int:
        between = BETWEEN.match(self._text, at)
        end = between.end() if between is not None else at
        if end >= len(self._text):
            raise _Odd
        return end
