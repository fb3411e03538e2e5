"""Faults of a TOML plan with their place, from what pydantic and tomllib say."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from runbook_tui.book.findings import Fault
from runbook_tui.book.toml_positions import Path, Position, nearest

SYNTAX = re.compile(r"^(.*?)(?: \(at line (\d+), column (\d+)\))?$", re.DOTALL)


def syntax_fault(error: Exception, text: str) -> Fault:
    """The fault of a text that is no TOML."""
    match = SYNTAX.match(str(error))
    message = match.group(1) if match else str(error)
    if match and match.group(2):
        line, column = int(match.group(2)), int(match.group(3))
    else:
        line, column = max(1, text.count("\n")), 1
    return Fault(message=f"no TOML: {message}", line=line, column=column)


def schema_faults(
    error: ValidationError, where: Mapping[Path, Position], top: type[BaseModel]
) -> list[Fault]:
    """One fault for each thing that pydantic refuses."""
    faults: dict[tuple[Path, str], Fault] = {}
    for item in error.errors(include_url=False):
        if item["loc"] and item["loc"][-1] == "str" and item["type"] == "string_type":
            continue  # The other shape of a check or stage step; its own faults follow.
        path = _path(item["loc"], where)
        message, hint = _words(item["type"], item["msg"], item["loc"], item.get("ctx", {}), top)
        line, column = nearest(where, path)
        faults.setdefault(
            (path, message), Fault(message=message, line=line, column=column, hint=hint)
        )
    return list(faults.values())


def _path(location: tuple[str | int, ...], where: Mapping[Path, Position]) -> Path:
    """The part of a location that stands in the text: names of union members do not."""
    path: Path = ()
    for part in location:
        longer = (*path, part)
        if longer in where or isinstance(part, int):
            path = longer
    return path


def _words(
    kind: str, message: str, location: tuple[str | int, ...], context: dict[str, Any],
    top: type[BaseModel],
) -> tuple[str, str]:  # fmt: skip
    name = next((str(p) for p in reversed(location) if isinstance(p, str)), "")
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(name, sorted(all_keys(top)), 1, 0.6)
        return f"unknown key “{name}”", f"did you mean “{close[0]}”?" if close else ""
    if kind == "missing":
        return f"“{name}” is missing", ""
    if kind == "value_error":
        return str(context.get("error", message)), ""
    return f"“{name}”: {message[:1].lower()}{message[1:]}", ""


def all_keys(top: type[BaseModel], seen: set[type] | None = None) -> set[str]:
    """Every key that stands anywhere in the format."""
    seen = seen if seen is not None else set()
    keys: set[str] = set()
    for name, field in top.model_fields.items():
        keys.add(field.alias or name)
        for inner in _models(field.annotation):
            if inner not in seen:
                seen.add(inner)
                keys |= all_keys(inner, seen)
    return keys


def _models(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)
