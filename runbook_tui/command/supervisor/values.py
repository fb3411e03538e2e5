"""The values a command puts out: ``name=value`` lines, or ``name<<END`` … ``END`` blocks."""

import re
from collections.abc import Callable, Iterator

LIMIT = 64 * 1024
"""Bytes of one value."""
WHOLE = 4 << 20
"""Bytes of all that a command puts out; what stands behind them is not read."""
FILE = "RUNBOOK_OUTPUT"
"""The name under which a fault of the whole file stands among those of its values."""
SECRET = "it holds a secret"
MASK = "***"
MOST = 1000
"""Names that are read."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")

Mask = Callable[[bytes], bytes]


def account(data: bytes, *, ended: bool, mask: "Mask | None" = None) -> "dict[str, dict[str, str]]":
    """``values`` by name, the last one wins, and in ``faults`` why some cannot be used.

    Without ``ended`` an unfinished last line waits. What holds a secret stands masked among the
    values, and among the faults; what is too long, or fits no environment, only among the faults:
    an undo must rather ask for a value than act on half of it.
    """
    values: "dict[str, str]" = {}
    faults: "dict[str, str]" = {}
    text = data[:WHOLE].decode("utf-8", "surrogateescape")
    for name, value, fault in _entries(text, ended=ended and len(data) <= WHOLE):
        clean = value if mask is None else _masked(name, value, mask)
        if clean is None:
            # The name itself is, or belongs to, a secret.
            faults[MASK] = SECRET
            continue
        if name not in values and name not in faults and len(values) + len(faults) >= MOST:
            faults[FILE] = f"only its first {MOST} names are read"
            continue
        values.pop(name, None)
        faults.pop(name, None)
        if fault:
            faults[name] = fault
            continue
        values[name] = clean.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if clean != value:
            faults[name] = SECRET
    if len(data) > WHOLE:
        faults[FILE] = f"only its first {WHOLE >> 20} MiB are read"
    return {"values": values, "faults": faults}


def _masked(name: str, value: str, mask: Mask) -> "str | None":
    def hidden(text: str) -> str:
        return mask(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    if hidden(name) != name:
        return None
    clean = hidden(value)
    line = f"{name}={value}"
    return MASK if clean == value and hidden(line) != line else clean


def _entries(text: str, *, ended: bool) -> "Iterator[tuple[str, str, str]]":
    """Name, value, and why it cannot be used; in the order in which they were put out."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if not ended:
        lines.pop()
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        name, block, end = line.partition("<<")
        if block and end and NAME.fullmatch(name):
            try:
                stop = lines.index(end, at)
            except ValueError:
                if ended:
                    yield name, "", "the line that ends its block is missing"
                return
            value = "\n".join(lines[at:stop])
            at = stop + 1
        else:
            name, equals, value = line.partition("=")
            if not equals or not NAME.fullmatch(name):
                continue
        yield name, value, _fault(value)


def _fault(value: str) -> str:
    size = len(value.encode("utf-8", "surrogateescape"))
    if size > LIMIT:
        return f"it has {size} bytes, at most {LIMIT}"
    return "it holds a NUL byte" if "\0" in value else ""
