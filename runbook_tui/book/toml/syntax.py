"""Reading the text of a TOML plan, also where single lines of it are no TOML.

A line that is wrong by itself is told and stands for a value that fits nowhere from then on, so
that the rest can be read. Where a fault reaches over lines (a text or list that does not end), what
follows it means nothing, and only the faults up to there are told.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from runbook_tui.book.findings import Fault
from runbook_tui.book.toml.faults import syntax_fault

ROUNDS = 30
"""How many lines may be wrong before the rest is not looked at any more."""
WORK = 4_000_000
"""How many characters are read again at most."""
FITS_NOWHERE = "0001-01-01"
"""A date: no key of a plan takes one."""
KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*(=?)")
OPEN_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]{0,2}\s*(?:#.*)?")


@dataclass(frozen=True, kw_only=True)
class Legible:
    """What of a text is TOML: its tables, None where too little is; and the text they stand in.

    ``lines`` are the numbers of those that could not be read, and were told in ``faults``.
    """

    body: dict[str, Any] | None
    text: str
    faults: tuple[Fault, ...] = ()
    lines: frozenset[int] = frozenset()


def legible(text: str) -> Legible:
    """Read a text; every fault is at its line."""
    lines = text.replace("\r\n", "\n").split("\n")
    faults: dict[int, Fault] = {}
    body = None
    for _ in range(1 + max(1, min(ROUNDS, WORK // max(1, len(text))))):
        try:
            body = tomllib.loads("\n".join(lines))
            break
        except RecursionError as error:
            faults.setdefault(0, syntax_fault(error, text))
            break
        except tomllib.TOMLDecodeError as error:
            fault = syntax_fault(error, text)
            again = fault.line in faults
            faults.setdefault(fault.line, fault)
            mended = _mended(lines[fault.line - 1], fault.message, again)
            if mended is None or mended == lines[fault.line - 1]:
                break
            lines[fault.line - 1] = mended
    return Legible(body=body, text="\n".join(lines), faults=tuple(faults.values()),
                   lines=frozenset(faults))  # fmt: skip


def _mended(line: str, message: str, again: bool) -> str | None:
    """What can stand for a line that is wrong by itself; None where that cannot be said."""
    if again:
        return ""
    header = OPEN_HEADER.fullmatch(line)
    if header is not None and not _alone(line):
        opening, names = header.groups()
        return f"{opening}{names}{']' * len(opening)}"
    key = KEY.match(line)
    if key is None or line.lstrip().startswith("["):
        return None
    if _alone(line):
        # Right by itself: it says something twice, or what is wrong is around it.
        return "" if "overwrite" in message or "twice" in message else None
    if '"""' in line or "'''" in line:
        return None
    return f"{key.group(1)} = {FITS_NOWHERE}"


def _alone(line: str) -> bool:
    """Whether the line is TOML by itself."""
    try:
        tomllib.loads(line)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return True
