"""The values a command puts out: ``name=value`` lines, or ``name<<END`` … ``END`` blocks."""

from __future__ import annotations

import re

LIMIT = 64 * 1024
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def parse(text: str, *, ended: bool) -> dict[str, str]:
    """Values by name, the last one wins; without ``ended`` an unfinished last line waits."""
    lines = text.split("\n")
    if not ended and lines:
        lines.pop()
    values: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line = lines[at].removesuffix("\r")
        at += 1
        name, block, end = line.partition("<<")
        if block and NAME.fullmatch(name) and end:
            stop = next((n for n in range(at, len(lines)) if lines[n].strip() == end), None)
            if stop is None:
                break
            values[name] = "\n".join(lines[at:stop])[:LIMIT]
            at = stop + 1
            continue
        name, equals, value = line.partition("=")
        if equals and NAME.fullmatch(name):
            values[name] = value[:LIMIT]
    return values
