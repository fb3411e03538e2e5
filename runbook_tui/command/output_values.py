"""The values a command puts out: ``name=value`` lines, or ``name<<END`` … ``END`` blocks."""

from __future__ import annotations

import re

LIMIT = 64 * 1024
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def parse(text: str, *, ended: bool) -> dict[str, str]:
    """Values by name, the last one wins; without ``ended`` an unfinished last line waits.

    A value over 64 KiB, or one that no environment can hold, is left out and not cut off: an
    undo must rather ask for a value than act on half of it.
    """
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if not ended:
        lines.pop()
    values: dict[str, str] = {}
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        name, block, end = line.partition("<<")
        if block and end and NAME.fullmatch(name):
            try:
                stop = lines.index(end, at)
            except ValueError:
                break
            value = "\n".join(lines[at:stop])
            at = stop + 1
        else:
            name, equals, value = line.partition("=")
            if not equals or not NAME.fullmatch(name):
                continue
        if len(value.encode("utf-8", "surrogatepass")) <= LIMIT and "\0" not in value:
            values[name] = value
    return values
