"""How a value is written in each context of a shell text, so that it comes out as itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from runbook_tui.frozen import frozen

BARE = re.compile(r"(?!-)[A-Za-z0-9_@%+:./-]+")
RESERVED = frozenset(
    {"case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in",
     "select", "then", "time", "until", "while"}
)  # fmt: skip
NUMBER = re.compile(r"[+-]?(?:[0-9]+|0[xX][0-9A-Fa-f]+)")
NO_NUMBER = "not a number"
"""Stands in arithmetic for what is no number: a shell would run commands in it, so it must fail."""


@frozen(kw_only=False)
class Fence:
    """The delimiter of a here-document around a value; ``strip``: tabs before a line go."""

    delimiter: str
    strip: bool

    def ends_at(self, line: str, rest: str | None) -> bool:
        """Whether a line could end the here-document; ``rest`` follows it, None if unknown."""
        whole = self._stripped(line + (rest or ""))
        if rest is None:
            return self.delimiter.startswith(whole) or whole.startswith(self.delimiter)
        return whole == self.delimiter or whole.startswith(self.delimiter + ")")

    def eats(self, line: str) -> bool:
        """Whether the line would lose characters at its beginning."""
        return self._stripped(line) != line

    def mistakes(self, line: str) -> bool:
        """Whether dash would lose a byte of the line: after a part of the delimiter, not ASCII."""
        whole = self._stripped(line)
        alike = zip(whole, self.delimiter, strict=False)
        same = next((n for n, (a, b) in enumerate(alike) if a != b), 0)
        return same > 0 and not whole[same].isascii()

    def _stripped(self, line: str) -> str:
        return line.lstrip("\t") if self.strip else line


@frozen(kw_only=False)
class Encoding:
    """What stands around a value, what its characters become, and how it names a variable.

    ``nothing`` comes out as nothing: put into a line, the line is no delimiter any more.
    """

    before: str
    escape: Callable[[str], str]
    nothing: str
    after: str
    variable: str

    def secret(self, name: str) -> str:
        """The value of an environment variable."""
        return self.variable.format(name)

    def value(
        self, value: str, fences: Sequence[Fence] = (), line: str = "", rest: str | None = ""
    ) -> str:
        """The value, after ``line`` and before ``rest`` in here-documents with these delimiters."""
        pieces = value.split("\n")
        if not fences:
            return self.before + self.escape(value) + self.after
        done = []
        for n, piece in enumerate(pieces):
            last = n == len(pieces) - 1
            start = "" if n else line
            ends = any(f.ends_at(start + piece, rest if last else "") for f in fences)
            eaten = any(f.eats(start + piece) and not f.eats(start + "x") for f in fences) or any(
                f.eats(start + piece) and piece.startswith("\t") for f in fences
            )
            ends = ends or any(f.mistakes(start + piece) for f in fences)
            # A backslash would join the lines, even in quotes; escaped ones do not.
            joins = piece.endswith("\\") and self.escape("\\") == "\\"
            before = self.nothing if ends or eaten else ""
            done.append(before + self.escape(piece) + (self.nothing if joins else ""))
        return self.before + "\n".join(done) + self.after


def _single(text: str) -> str:
    return text.replace("'", "'\"'\"'")


def _double(text: str) -> str:
    return re.sub(r'([\\"$`])', r"\\\1", text)


def _heredoc(text: str) -> str:
    return re.sub(r"([\\$`])", r"\\\1", text)


def _heredoc_expansion(text: str) -> str:
    return re.sub(r"([\\$`}\"])", r"\\\1", text)


WORD = Encoding("'", _single, "''", "'", '"${{{}}}"')
SINGLE = Encoding("", _single, "''", "", "'\"${{{}}}\"'")
ANSI = Encoding("''", _single, "''", "'$'", "'\"${{{}}}\"$'")
DOUBLE = Encoding("", _double, '""', "", "${{{}}}")
DOUBLE_EXPANSION = Encoding('"', _double, '""', '"', '"${{{}}}"')
HEREDOC = Encoding("", _heredoc, "${IFS+}", "", "${{{}}}")
HEREDOC_EXPANSION = Encoding("", _heredoc_expansion, "${IFS+}", "", "${{{}}}")


def bare(value: str, following: str) -> bool:
    """Whether a value means itself without quotes, before the character that follows it."""
    if not BARE.fullmatch(value) or value in RESERVED or ".." in value:
        return False
    # Digits before these would be the number of a file descriptor.
    return following not in {"<", ">"} or not value.isdecimal()


def number(value: str | None) -> str:
    """A number in arithmetic; what is none must not be evaluated."""
    if value is None or not NUMBER.fullmatch(value):
        return NO_NUMBER
    return value if value.isdecimal() else f"({value})"
