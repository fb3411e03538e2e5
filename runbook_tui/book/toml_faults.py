"""Faults of a TOML plan with their place, from what pydantic and tomllib say."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from runbook_tui.book.findings import Fault
from runbook_tui.book.toml_meant import instead_of, value_of
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
        return f"unknown key “{name}”", _meant(name, location[:-1], top)
    if kind == "missing":
        return f"“{name}” is missing", ""
    if kind == "value_error":
        return str(context.get("error", message)), ""
    return f"“{name}”: {message[:1].lower()}{message[1:]}", value_of(name)


def _meant(name: str, location: tuple[str | int, ...], top: type[BaseModel]) -> str:
    """What a key that is not known here was probably meant to be, or where it belongs."""
    here = {key: models for model in _at(location, top) for key, models in _fields(model).items()}
    if words := instead_of(name, here):
        return words
    if close := difflib.get_close_matches(name, sorted(here), 1, 0.7):
        return f"did you mean “{close[0]}”?"
    if homes := sorted({home for home, keys in _tables(top).items() if name in keys}, key=len):
        return (
            f"it belongs in {', '.join(f'[{home}]' if home else 'the top' for home in homes[:3])}"
        )
    every = {key for keys in _tables(top).values() for key in keys}
    close = difflib.get_close_matches(name, sorted(every), 1, 0.6)
    return f"did you mean “{close[0]}”?" if close else ""


def _at(location: tuple[str | int, ...], top: type[BaseModel]) -> list[type[BaseModel]]:
    """The models that may stand at a location; names of union members lead nowhere."""
    models = [top]
    for part in location:
        found = [inner for model in models for inner in _fields(model).get(str(part), ())]
        models = found or models
    return models


def _tables(top: type[BaseModel]) -> dict[str, set[str]]:
    """The keys of every table of the format, by the table's name as it is written."""
    tables: dict[str, set[str]] = {}
    left: list[tuple[str, type[BaseModel]]] = [("", top)]
    seen: set[type[BaseModel]] = set()
    while left:
        name, model = left.pop(0)
        if model in seen:
            continue
        seen.add(model)
        fields = _fields(model)
        tables[name] = set(fields)
        for key, inner in fields.items():
            left += [(f"{name}.{key}" if name else key, m) for m in inner]
    return tables


def _fields(model: type[BaseModel]) -> dict[str, list[type[BaseModel]]]:
    """A model's keys, and the models that stand under each."""
    return {
        field.alias or name: list(_models(field.annotation))
        for name, field in model.model_fields.items()
    }


def _models(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)
