"""The YAML that stands before documents: keys, texts, lists, one inside the other.

Of the language only this is read: `key: value`, nested by indentation, lists by dashes or in
brackets, quoted texts, blocks of text. Everything else (anchors, tags, keys that are no words) is
passed over or a text. Nothing in it is a fault: it was written for other programs.
"""

from __future__ import annotations

import re

Value = str | list["Value"] | dict[str, "Value"] | None

KEY = re.compile(
    r"(?P<quote>[\"']?)(?P<name>[\w@$][\w .@$/-]{0,80}?)(?P=quote)[ \t]*:(?:[ \t]+(?P<rest>.*))?$"
)
BLOCK = re.compile(r"[|>][+-]?\d?[+-]?[ \t]*(?:#.*)?$")
COMMENT = re.compile(r"(?:^|[ \t])#.*$")
ENDS = {"[": "]", "{": "}"}
DEEPEST = 6
LONGEST_FLOW = 200
"""Lines of a list in brackets."""


def read_yaml(text: str) -> dict[str, Value]:
    """The keys of a text and what they hold; texts as they are written."""
    return _Reading(text.expandtabs().split("\n")).mapping(0, 0)


class _Reading:
    """A place in the lines; whatever reads goes on from it, never back."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0

    def mapping(self, indent: int, depth: int) -> dict[str, Value]:
        """The keys from here on, as far as the lines are indented so."""
        found: dict[str, Value] = {}
        while (line := self._next()) is not None and _indent(line) >= indent:
            self._at += 1
            key = KEY.match(line.strip()) if _indent(line) == indent else None
            if key is not None:
                found[key["name"].strip()] = self._value(key["rest"] or "", indent, depth)
        return found

    def _next(self) -> str | None:
        """The next line that says something."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip() and not line.lstrip().startswith("#"):
                return line
            self._at += 1
        return None

    def _value(self, rest: str, indent: int, depth: int) -> Value:
        rest = rest.strip()
        if BLOCK.match(rest):
            return self._text(indent, folded=rest.startswith(">"))
        if rest and rest[0] in ENDS:
            return _flow(self._flowing(rest), depth)
        if rest and not rest.startswith("#"):
            more = [] if rest[0] in "\"'" else self._below(indent)
            return _scalar(" ".join([rest, *more]))
        line = self._next()
        if line is None or depth >= DEEPEST:
            return None
        if _is_entry(line) and _indent(line) >= indent:
            return self._list(_indent(line), depth + 1)
        return self.mapping(_indent(line), depth + 1) if _indent(line) > indent else None

    def _list(self, indent: int, depth: int) -> list[Value]:
        found: list[Value] = []
        while (line := self._next()) is not None and _indent(line) >= indent:
            if _indent(line) == indent and not _is_entry(line):
                break
            self._at += 1
            if _indent(line) > indent:
                continue
            inner = line.lstrip()[1:].strip()
            if KEY.match(inner) and depth < DEEPEST:
                # What stands behind the dash is the first key of a table.
                column = len(line) - len(line.lstrip()[1:].lstrip())
                self._at -= 1
                self._lines[self._at] = " " * column + inner
                found.append(self.mapping(column, depth + 1))
            else:
                found.append(self._value(inner, indent, depth))
        return found

    def _below(self, indent: int) -> list[str]:
        """The lines below that are indented further, in which a text goes on."""
        found = []
        while (line := self._next()) is not None and _indent(line) > indent:
            found.append(line.strip())
            self._at += 1
        return found

    def _text(self, indent: int, *, folded: bool) -> str:
        """A block of text: every line below that is indented further, or empty."""
        found = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip() and _indent(line) <= indent:
                break
            found.append(line.strip() if folded else line)
            self._at += 1
        if folded:
            return " ".join(line for line in found if line)
        least = min((_indent(line) for line in found if line.strip()), default=0)
        return "\n".join(line[least:] for line in found).strip("\n")

    def _flowing(self, rest: str) -> str:
        """What stands in brackets, over as many lines as it takes."""
        for _ in range(LONGEST_FLOW):
            clean = rest.rstrip()
            if not clean.endswith(ENDS[rest[0]]):
                clean = COMMENT.sub("", rest).rstrip()
            if clean.endswith(ENDS[rest[0]]) or self._at >= len(self._lines):
                return clean
            rest = f"{clean} {self._lines[self._at].strip()}"
            self._at += 1
        return rest


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_entry(line: str) -> bool:
    text = line.strip()
    return text == "-" or text.startswith("- ")


def _flow(text: str, depth: int) -> Value:
    """``[a, "b, c"]`` and ``{a: b}``; what is no such thing is a text."""
    end = ENDS.get(text[:1])
    if end is None or not text.endswith(end) or len(text) < 2 or depth >= DEEPEST:
        return _scalar(text)
    parts = [part.strip() for part in _split(text[1:-1])]
    if end == "]":
        return [_flow(part, depth + 1) for part in parts if part]
    pairs = (part.partition(":") for part in parts if ":" in part)
    return {_plain(name.strip()): _flow(value.strip(), depth + 1) for name, _, value in pairs}


def _split(text: str) -> list[str]:
    """A text at its commas, but those in quotes and in brackets."""
    parts, start, depth, quote = [], 0, 0, ""
    for place, c in enumerate(text):
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        elif c in "[{":
            depth += 1
        elif c in "]}":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _scalar(text: str) -> str | None:
    quoted = text[:1] in {'"', "'"}
    clean = text.strip() if quoted else COMMENT.sub("", text).strip()
    return None if clean in {"", "~", "null"} else _plain(clean)


def _plain(text: str) -> str:
    """A text without the quotes around it, and what may stand behind them."""
    quote = text[:1]
    end = text.find(quote, 1) if quote in {'"', "'"} else -1
    while quote == "'" and 0 < end < len(text) - 1 and text[end + 1] == "'":
        end = text.find(quote, end + 2)
    while quote == '"' and end > 0 and text[end - 1] == "\\":
        end = text.find(quote, end + 1)
    if end < 0:
        return text
    inner = text[1:end]
    return inner.replace("''", "'") if quote == "'" else inner.replace('\\"', '"')
