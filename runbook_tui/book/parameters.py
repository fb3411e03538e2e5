"""Values in command texts: ``${{ name }}`` and the placeholders of Markdown plans."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from runbook_tui.book.shell.cursor import Mark
from runbook_tui.book.shell.quoting import fill

MARK = re.compile(r"\$\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}")

LONGEST = 32 * 4096 - 1
"""Bytes of one variable with its name, or of one argument, that a command can be given."""
IN_A_FILE = "put it into a file, and give the file's name as the value"


def too_long(name: str, value: str) -> str:
    """Why no command can be given a value; empty where one can."""
    have = len(value.encode("utf-8", "surrogatepass"))
    most = LONGEST - len(name.encode("utf-8", "surrogatepass")) - 1
    if have <= most:
        return ""
    return f"the value of “{name}” has {have} bytes, and a command can be given {most}"


def fill_in(
    text: str,
    values: Mapping[str, str],
    *,
    placeholders: Mapping[str, str] | None = None,
    secrets: Collection[str] = (),
) -> tuple[str, tuple[str, ...]]:
    """Put values in place of ``${{ name }}`` and of literal placeholders, in one pass.

    ``placeholders`` gives the name that each literal stands for. A secret's value never enters
    the text: the shell reads it from the environment. Returns the names that have no value, too.
    """
    named = placeholders or {}
    literals = sorted(named, key=len, reverse=True)
    pattern = re.compile("|".join([MARK.pattern, *map(re.escape, literals)]))
    marks: list[Mark] = []
    missing: dict[str, None] = {}
    for match in pattern.finditer(text):
        name = match.group(1) or named[match.group(0)]
        start, end = match.span()
        if name in secrets:
            marks.append(Mark(start, end, secret=name))
        elif name in values:
            marks.append(Mark(start, end, values[name]))
        else:
            missing[name] = None
    return fill(text, marks), tuple(missing)


def reserved(name: str) -> bool:
    """Whether a name must never be a parameter: commands rely on the real one."""
    return name.upper() in RESERVED or name.upper().startswith(("RUNBOOK_", "GIT_", "LD_", "DYLD_"))


RESERVED = frozenset(
    {"PATH", "HOME", "IFS", "ENV", "BASH_ENV", "SHELL", "SHELLOPTS", "BASHOPTS", "PS4", "PWD",
     "PYTHONPATH", "PYTHONHOME", "PERL5LIB", "RUBYLIB", "NODE_OPTIONS", "TMPDIR", "USER"}
)  # fmt: skip
