"""For which alerts a silence is: one label, as `amtool` and Alertmanager write it."""

from __future__ import annotations

import re

MATCHER = re.compile(
    r'\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^"]*?))\s*', re.DOTALL
)


def matcher(text: str) -> tuple[str, str, str] | None:
    """Label, operator and value; None where it is none."""
    found = MATCHER.fullmatch(text)
    if found is None:
        return None
    name, operator, quoted, plain = found.groups()
    return name, operator, re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
