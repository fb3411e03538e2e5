"""Colours and styles as programs select them ("select graphic rendition", ECMA-48 and xterm)."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import Any

from runbook_tui.session.ports.terminals import PLAIN, Style

FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 21: "underline"}
CLEARED = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",)}
COLOURS = {38: "foreground", 48: "background", 58: ""}
"""58 is the colour of an underline, which is not shown."""


@lru_cache(maxsize=4096)
def restyled(style: Style, codes: str) -> Style:
    """The style after the sequence with these codes."""
    plain = plain_codes(codes)
    values: dict[str, Any] = {}
    for found in _changes(plain) if plain is not None else []:
        if found is None:
            values = {f.name: getattr(PLAIN, f.name) for f in dataclasses.fields(Style)}
        else:
            values.update(found)
    return dataclasses.replace(style, **values)


@lru_cache(maxsize=4096)
def styled(codes: str) -> Style:
    """The style that these codes make of a plain one."""
    return restyled(PLAIN, codes)


@lru_cache(maxsize=4096)
def plain_codes(codes: str) -> str | None:
    """The same with semicolons only, as every emulator reads it, without what is not shown; None
    where nothing is left."""
    if ":" not in codes and "58" not in codes:
        return codes
    kept: list[str] = []
    groups = codes.split(";")
    at = 0
    while at < len(groups):
        first, *more = groups[at].split(":")
        at += 1
        if first in {"38", "48", "58"}:
            if not more:
                taken = {"5": 2, "2": 4}.get(groups[at] if at < len(groups) else "", 0)
                more = groups[at : at + taken]
                at += taken
            elif more[0] == "2" and len(more) > 4:
                del more[1]  # the colour space
        elif first == "4" and more:
            first, more = ("24" if more[0] == "0" else "4"), []
        else:
            more = []
        if first != "58":
            kept += [first, *(part or "0" for part in more)]
    return ";".join(kept) if kept else None


def _changes(codes: str) -> list[dict[str, Any] | None]:
    """What each code changes; None: everything is plain again."""
    numbers = [int(c[:5]) if c.isdigit() else 0 for c in codes.split(";")]
    found: list[dict[str, Any] | None] = []
    at = 0
    while at < len(numbers):
        code = numbers[at]
        at += 1
        if code == 0:
            found.append(None)
        elif code in FLAGS:
            found.append({FLAGS[code]: True})
        elif code in CLEARED:
            found.append(dict.fromkeys(CLEARED[code], False))
        elif code in COLOURS:
            colour, at = _extended(numbers, at)
            found.append({COLOURS[code]: colour} if COLOURS[code] and colour else {})
        else:
            found.append(_basic(code))
    return found


def _basic(code: int) -> dict[str, str]:
    """The sixteen colours and the defaults."""
    for base, name, bright in ((30, "foreground", 0), (40, "background", 0),
                               (90, "foreground", 8), (100, "background", 8)):  # fmt: skip
        if base <= code <= base + 7:
            return {name: f"ansi:{code - base + bright}"}
    return {39: {"foreground": ""}, 49: {"background": ""}}.get(code, {})


def _extended(numbers: list[int], at: int) -> tuple[str, int]:
    """A colour of 256 (``5;n``) or of red, green and blue (``2;r;g;b``)."""
    kind = numbers[at] if at < len(numbers) else 0
    if kind == 5 and at + 1 < len(numbers):
        return f"ansi:{min(255, numbers[at + 1])}", at + 2
    if kind == 2 and at + 3 < len(numbers):
        red, green, blue = (min(255, n) for n in numbers[at + 1 : at + 4])
        return f"#{red:02x}{green:02x}{blue:02x}", at + 4
    return "", len(numbers)
