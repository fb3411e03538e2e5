"""Faults of a TOML plan with their place, from what pydantic and tomllib say."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from pydantic_core import ErrorDetails

from runbook_tui.book.findings import Fault
from runbook_tui.book.toml.meant import value_of
from runbook_tui.book.toml.mending import DEEPEST, Refused, holders
from runbook_tui.book.toml.positions import Path, Position, nearest

SYNTAX = re.compile(r"^(.*?)(?: \(at line (\d+), column (\d+)\))?$", re.DOTALL)
WANTED = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "tuple_type": "a text like 0-5m",
}
"""What a value should have been, by the kind of pydantic's complaint."""


def syntax_fault(error: Exception, text: str) -> Fault:
    """The fault of a text that is no TOML."""
    if isinstance(error, RecursionError):
        return Fault(message="no TOML: this is nested too deeply", hint="put it side by side")
    match = SYNTAX.match(str(error))
    message = match.group(1) if match else str(error)
    if match and match.group(2):
        line, column = int(match.group(2)), int(match.group(3))
    else:
        line, column = max(1, text.count("\n")), 1
    return Fault(message=f"no TOML: {message}", line=line, column=column)


def deep_fault(position: Position) -> Fault:
    """The fault of tables in tables in tables."""
    line, column = position
    return Fault(message=f"this is nested too deeply; at most {DEEPEST // 2} steps in one another",
                 line=line, column=column, hint="put steps beside one another")  # fmt: skip


def schema_faults(
    errors: Collection[Refused], where: Mapping[Path, Position], guessed: Collection[Path]
) -> list[Fault]:
    """One fault for each value that pydantic refuses and each that it misses.

    A value may be refused once for each of the shapes that it might have; where it has one of
    them, only what is wrong inside counts. Nothing is said of values whose key was guessed.
    """
    faults: list[tuple[Path, str, str]] = []
    refused: dict[Path, list[ErrorDetails]] = {}
    around = holders(errors)
    for path, error in errors:
        if error["type"] == "missing":
            faults.append((path, f"“{error['loc'][-1]}” is missing", ""))
        elif path not in around and path not in guessed:
            refused.setdefault(path, []).append(error)
    faults += [(path, *_words(path, found)) for path, found in refused.items()]
    return [
        Fault(message=message, line=line, column=column, hint=hint)
        for path, message, hint in faults
        for line, column in (nearest(where, path),)
    ]


def _words(path: Path, errors: list[ErrorDetails]) -> tuple[str, str]:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    wanted = list(dict.fromkeys(WANTED[e["type"]] for e in errors if e["type"] in WANTED))
    if "a number" in wanted and "a whole number" in wanted:
        wanted.remove("a whole number")
    other = next((e for e in errors if e["type"] not in WANTED), None)
    if other is None:
        item = "an item of " if isinstance(path[-1], int) else ""
        return f"{item}“{name}” should be {' or '.join(wanted)}", value_of(name)
    if other["type"] == "value_error":
        return str(other.get("ctx", {}).get("error", other["msg"])), ""
    message = other["msg"]
    return f"“{name}”: {message[:1].lower()}{message[1:]}", ""
