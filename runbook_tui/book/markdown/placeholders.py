"""Placeholders in commands: ``<name>``, ``{{ name }}``, ``[name]``, ``X.Y``, and variables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from runbook_tui.book.line_count import LineCount
from runbook_tui.book.markdown.variables import Variables
from runbook_tui.book.model import Command, Parameter, Secret
from runbook_tui.book.parameters import smells_of_secrets

_WORD = r"[A-Za-z][A-Za-z0-9]*"
_ANGLE = r"(?<!<)<(?P<angle>[^\W\d_](?:[\w ./#-]{0,60}[\w#])?)(?<! \d)>"
_MUSTACHE = r"\{\{-?\s*(?P<mustache>\.?[A-Za-z_]\w*)\s*(?:\|[^{}\n]{0,80})?-?\}\}"
_SQUARE = (
    r"(?<![\w$\]}\\*?.-])(?:(?<!^)|(?=\[[^\]\n]{1,60}\][ \t]*\S))\[(?P<square>"
    rf"{_WORD}(?:[_-][A-Za-z0-9]{{2,}})+|[A-Z]{_WORD}(?: [A-Z]{_WORD}){{1,3}}"
    r"|(?<=[ \t=/:@]\[)[a-z]{4,20})\](?![\w*+?{-])"
)
_BARE = (
    r"(?<![\w%.+])(?P<date>YYYY[-_./]?MM[-_./]?DD(?:[-_T]?HH[-_.:]?MM(?:[-_.:]?SS)?)?)(?!\w)"
    r"|(?:(?<![\w.])|(?<=(?<!\w)v))(?P<version>X\.Y(?:\.Z)?(?:-(?:rc|alpha|beta)\.?[A-Z])?)(?![\w]|\.\w)"
    r"|(?<![\w./$-])(?P<yours>YOUR_[A-Z][A-Z0-9_]*|your-[a-z][a-z0-9-]*|CHANGE_?ME|REPLACE_?ME)(?![\w])"
)
PLACEHOLDER = re.compile(f"{_ANGLE}|{_MUSTACHE}|{_SQUARE}|{_BARE}", re.MULTILINE)
BEGINS = re.compile(r"[<{\[YyXCR]")
"""The first characters of placeholders: looking for them alone takes a tenth of the time."""

RESERVED = frozenset(
    {
        "none", "br", "details", "summary", "a", "b", "i", "p", "div", "unset", "eof", "nil",
        "options", "option", "arguments", "args", "flags", "command", "info", "error", "warning",
    }
)  # fmt: skip
"""What tools put out, marks of HTML, and what a manual has for “whatever you like”."""

TEMPLATE = re.compile(r"(?:--format|--template|--pretty|-f|-o|template)[ =]")
"""Options of programs that have ``{{.Name}}`` for fields of their own."""


@dataclass(slots=True)
class _Found:
    """One placeholder: the text that stands for it, and the lines where it does."""

    mark: str
    lines: list[int] = field(default_factory=list)


def marks(text: str) -> Iterator[tuple[str, str, int]]:
    """Each placeholder of a command: what stands there, its name, its line in the text from 0."""
    lines = LineCount(text)
    end = 0
    for begins in BEGINS.finditer(text):
        match = PLACEHOLDER.match(text, begins.start()) if begins.start() >= end else None
        if match is None:
            continue
        end = match.end()
        name = next(group for group in match.groups() if group).strip()
        if name.lower() in RESERVED:
            continue
        if name.startswith(".") and TEMPLATE.search(_line_before(text, match.start())):
            continue
        yield match.group(0), name.lstrip("."), lines.of(match.start())


def _line_before(text: str, at: int) -> str:
    first = max(at - 400, 0)
    return text[max(text.rfind("\n", first, at) + 1, first) : at]


def parameters(
    commands: Iterable[Command],
    variables: Variables,
    inline: Collection[str] = (),
    said: Iterable[tuple[int, str]] = (),
) -> tuple[Parameter, ...]:
    """The placeholders of the commands that are to be run, and the variables that nothing sets.

    ``inline`` are ids of commands that stand in a line of their own text, not in a fence below
    it; ``said`` are commands in the words of steps done by hand, with their lines.
    """
    found: dict[str, _Found] = {}
    for command in commands:
        if command.runnable:
            first = command.line + (0 if command.id in inline else 1)
            _take(found, first, command.text, variables.unset(command))
    for line, text in said:
        _take(found, line, text, ())
    return tuple(_parameter(name, one) for name, one in found.items())


def _take(
    found: dict[str, _Found], first: int, text: str, unset: Iterable[tuple[str, int]]
) -> None:
    here = [*marks(text), *((f"${name}", name, line) for name, line in unset)]
    for mark, name, line in sorted(here, key=lambda one: one[2]):
        # Two marks with one name are two placeholders: each stands for itself in its commands.
        key = name if found.get(name, _Found(mark)).mark == mark else mark
        found.setdefault(key, _Found(mark)).lines.append(first + line)


def _parameter(name: str, found: _Found) -> Parameter:
    variable = found.mark == f"${name}"
    secret = Secret(env=name) if variable and smells_of_secrets(name) else None
    return Parameter(
        name=name,
        line=found.lines[0],
        lines=tuple(found.lines),
        placeholder=found.mark,
        secret=secret,
        declared=False,
    )
