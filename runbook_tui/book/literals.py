"""Where the names of a plan stand in a command's text: ``${{ name }}``, ``<name>``, ``$NAME``.

However many names a plan has, a text is gone through once: what stands at a place is looked up, by
the lengths that names beginning so have, and not held against each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

MARK = re.compile(r"\$\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}")
VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
"""A placeholder of this form is a variable of the shell, in braces or not."""

BEGINNING = 2
"""Characters by which the lengths that may fit are found."""


class Literals:
    """The placeholders of a plan, each with the name that it stands for."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self._named = dict(named)
        for literal, name in named.items():
            if VARIABLE.fullmatch(literal):
                self._named[f"${{{literal[1:]}}}"] = name
        lengths: dict[str, set[int]] = {}
        for literal in self._named:
            lengths.setdefault(literal[:BEGINNING], set()).add(len(literal))
        self._lengths = {begin: sorted(found, reverse=True) for begin, found in lengths.items()}
        first = "".join(re.escape(c) for c in sorted({"$", *(begin[:1] for begin in lengths)}))
        self._begins = re.compile(f"[{first}]")

    def places(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and name of each in order, the longest that fits; none overlap."""
        end = 0
        for match in self._begins.finditer(text):
            start = match.start()
            if start < end:
                continue
            mark = MARK.match(text, start)
            if mark is not None:
                end = mark.end()
                yield start, end, mark.group(1)
                continue
            for length in self._lengths.get(text[start : start + BEGINNING], ()):
                literal = text[start : start + length]
                if literal in self._named and _stands_alone(text, start, literal):
                    end = start + len(literal)  # Where the text ends it is shorter.
                    yield start, end, self._named[literal]
                    break


def _stands_alone(text: str, start: int, literal: str) -> bool:
    """Whether a placeholder is not a part of a longer word, a variable no other one."""
    end = start + len(literal)
    before, behind = text[max(start - 2, 0) : start], text[end : end + 1]
    if literal[0] == "$" and VARIABLE.fullmatch(literal.replace("{", "").replace("}", "")):
        return before[-1:] != "\\" and not (literal[-1] != "}" and _in_word(behind))
    if literal[0].isalnum() and _in_word(before[-1:]) and not _only_v(before):
        return False
    return not (literal[-1].isalnum() and _in_word(behind))


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _only_v(before: str) -> bool:
    """Whether a “v” that is no part of a word is before it, as in ``vX.Y``."""
    return before[-1:] == "v" and not _in_word(before[:-1])
