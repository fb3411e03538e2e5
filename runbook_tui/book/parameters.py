"""Values in command texts: ``${{ name }}`` and the placeholders of Markdown plans."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from runbook_tui.book.shell.cursor import Mark
from runbook_tui.book.shell.inner import (
    Danger,
    dangers,
    dangers_of_foreign,
    fill,
    fill_foreign,
    foreign,
)

MARK = re.compile(r"\$\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name still stands in a text that was filled: from one character to before another."""

    start: int
    end: int
    name: str

    def __str__(self) -> str:
        return f"{self.start}-{self.end} {self.name}"

    @classmethod
    def parsed(cls, text: str) -> Place:
        """The place that was written as text; raises ValueError."""
        span, _, name = text.partition(" ")
        start, _, end = span.partition("-")
        return cls(int(start), int(end), name)


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that may not stand where its name does: a program would run it."""

    name: str
    danger: Danger

    @property
    def reason(self) -> str:
        """What is wrong, and what to do."""
        return f"“{self.name}” {about(self.danger)}, and what it is now may be more than that"


@dataclass(frozen=True, slots=True)
class FilledIn:
    """A text with its values, and the names that still stand in it.

    ``missing`` have no value, the values of ``refused`` may not stand where their names do;
    ``places`` are those of all of them.
    """

    text: str
    missing: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def open(self) -> tuple[str, ...]:
        """Names that keep the text from being run, each once."""
        return tuple(dict.fromkeys((*self.missing, *(r.name for r in self.refused))))


def places_in(text: str, placeholders: Mapping[str, str] | None = None) -> tuple[Place, ...]:
    """Where names stand in a plan's text: ``${{ name }}``, and literals as `fill_in` takes them."""
    named = placeholders or {}
    literals = sorted(named, key=len, reverse=True)
    pattern = re.compile("|".join([MARK.pattern, *map(re.escape, literals)]))
    return tuple(
        Place(*match.span(), match.group(1) or named[match.group(0)])
        for match in pattern.finditer(text)
    )


def fill_in(
    text: str,
    values: Mapping[str, str],
    *,
    placeholders: Mapping[str, str] | None = None,
    secrets: Collection[str] = (),
    places: Sequence[Place] | None = None,
    shell: str = "",
) -> FilledIn:
    """Put values in place of ``${{ name }}`` and of literal placeholders, in one pass.

    ``placeholders`` gives the name that each literal stands for. A secret's value never enters
    the text: the shell reads it from the environment. ``places`` are those of a text that was
    filled before: nothing else in it is looked at, since a value may look like a name. ``shell``
    is the program that runs the text, as it is called; empty for the usual one.
    """
    where = places_in(text, placeholders) if places is None else places
    marks = [
        Mark(p.start, p.end, secret=p.name)
        if p.name in secrets
        else Mark(p.start, p.end, values.get(p.name))
        for p in where
    ]
    language = foreign(shell)
    filled = fill_foreign(text, marks, language) if language else fill(text, marks)
    refused = {d.number: Refused(where[d.number].name, d) for d in filled.refused}
    missing = (p.name for p in where if p.name not in values and p.name not in secrets)
    return FilledIn(
        filled.text,
        tuple(dict.fromkeys(missing)),
        tuple(refused.values()),
        tuple(Place(start, end, where[number].name) for start, end, number in filled.held),
    )


def in_code(
    text: str,
    placeholders: Mapping[str, str] | None = None,
    secrets: Collection[str] = (),
    shell: str = "",
) -> Iterator[tuple[Place, Danger]]:
    """Where a value could be run by a program that takes it as code, whatever it will be."""
    where = places_in(text, placeholders)
    marks = [Mark(p.start, p.end, secret=p.name if p.name in secrets else None) for p in where]
    language = foreign(shell)
    found = dangers_of_foreign(text, marks, language) if language else dangers(text, marks)
    return ((where[d.number], d) for d in found)


def about(danger: Danger) -> str:
    """What a value at a danger may be."""
    by = f"stands in {danger.language} code" if danger.demand is None else "is expanded once more"
    return f"{by} in line {danger.line} of the command: it {danger.what}"


def reserved(name: str) -> bool:
    """Whether a name must never be a parameter: commands rely on the real one."""
    return name.upper() in RESERVED or name.upper().startswith(("RUNBOOK_", "GIT_", "LD_", "DYLD_"))


RESERVED = frozenset(
    {"PATH", "HOME", "IFS", "ENV", "BASH_ENV", "SHELL", "SHELLOPTS", "BASHOPTS", "PS4", "PWD",
     "PYTHONPATH", "PYTHONHOME", "PERL5LIB", "RUBYLIB", "NODE_OPTIONS", "TMPDIR", "USER"}
)  # fmt: skip
