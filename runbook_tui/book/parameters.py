"""Values in command texts: ``${{ name }}`` and the placeholders of Markdown plans."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

MARK = re.compile(r"\$\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}")


def substitute(text: str, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Put shell-quoted values in, in one pass; names without a value stay and are returned."""
    missing: dict[str, None] = {}

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in values:
            return shlex.quote(values[name])
        missing[name] = None
        return match.group(0)

    return MARK.sub(value, text), tuple(missing)


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Put shell-quoted values in place of literal placeholders, in one pass."""
    if not values:
        return text
    pattern = re.compile("|".join(re.escape(p) for p in sorted(values, key=len, reverse=True)))
    return pattern.sub(lambda match: shlex.quote(values[match.group(0)]), text)


def reserved(name: str) -> bool:
    """Whether a name must never be a parameter: commands rely on the real one."""
    return name.upper() in RESERVED or name.upper().startswith(("RUNBOOK_", "GIT_", "LD_", "DYLD_"))


RESERVED = frozenset(
    {"PATH", "HOME", "IFS", "ENV", "BASH_ENV", "SHELL", "SHELLOPTS", "BASHOPTS", "PS4", "PWD",
     "PYTHONPATH", "PYTHONHOME", "PERL5LIB", "RUBYLIB", "NODE_OPTIONS", "TMPDIR", "USER"}
)  # fmt: skip
