"""The keys that format 1 knows: where each belongs, what an unknown one was meant to be."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from runbook_tui.book.toml.meant import instead_of

LIKELY = 0.7
POSSIBLE = 0.6
Model = type[BaseModel]


@cache
def keys(model: Model) -> dict[str, FieldInfo]:
    """A table's keys as they are written, and what each must be."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


@cache
def likely(name: str, model: Model) -> str | None:
    """The key of a table that was most probably meant."""
    plain = name.lower().replace("-", "_")
    close = difflib.get_close_matches(plain, sorted(keys(model)), 1, LIKELY)
    return close[0] if close else None


@cache
def meant(name: str, model: Model, top: Model) -> str:
    """What a key that a table does not know was probably meant to be, or where it belongs."""
    if words := instead_of(name, keys(model)):
        return words
    if close := likely(name, model):
        return f"did you mean “{close}”?"
    tables = _tables(top)
    if homes := sorted({home for home, known in tables.items() if name in known}, key=_short_first):
        return (
            f"it belongs in {', '.join(f'[{home}]' if home else 'the top' for home in homes[:3])}"
        )
    every = {key for known in tables.values() for key in known}
    possible = difflib.get_close_matches(name, sorted(every), 1, POSSIBLE)
    return f"did you mean “{possible[0]}”?" if possible else ""


def _short_first(home: str) -> tuple[int, str]:
    return len(home), home


def arm(annotation: Any, value: Any) -> Any:
    """What a value of that shape should be, where several things are allowed."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return arm(typing.get_args(annotation)[0], value)
    if origin not in {types.UnionType, typing.Union}:
        return annotation
    arms = [arm(a, value) for a in typing.get_args(annotation)]
    if isinstance(value, dict):
        fitting = [a for a in arms if is_table(a) or typing.get_origin(a) is dict]
    elif isinstance(value, list):
        fitting = [a for a in arms if typing.get_origin(a) is list]
    else:
        fitting = []
    return (fitting or arms)[0]


def inner(annotation: Any, value: Any) -> Any:
    """What each item of a list or each value of a table of names should be; None elsewhere."""
    found = arm(annotation, value)
    origin = typing.get_origin(found)
    if (origin is list and isinstance(value, list)) or (origin is dict and isinstance(value, dict)):
        return typing.get_args(found)[-1]
    return None


def is_table(annotation: Any) -> bool:
    """Whether this is a table with keys of its own."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def holds_tables(annotation: Any) -> bool:
    """Whether a value of this kind may be a table with keys of its own."""
    return is_table(annotation) or any(map(is_table, typing.get_args(annotation)))


def blank(annotation: Any) -> Any:
    """Something of the right kind that says nothing."""
    found = arm(annotation, None)
    origin = typing.get_origin(found)
    if origin is list:
        return []
    if origin is dict or is_table(found):
        return {}
    if origin is typing.Literal:
        return typing.get_args(found)[0]
    return found() if found in {str, int, float, bool} else None


@cache
def _tables(top: Model) -> dict[str, set[str]]:
    """The keys of every table of the format, by the table's name as it is written."""
    tables: dict[str, set[str]] = {}
    left: list[tuple[str, Model]] = [("", top)]
    seen: set[Model] = set()
    while left:
        name, model = left.pop(0)
        if model in seen:
            continue
        seen.add(model)
        tables[name] = set(keys(model))
        for key, field in keys(model).items():
            left += [(f"{name}.{key}" if name else key, m) for m in _models(field.annotation)]
    return tables


def _models(annotation: Any) -> Iterable[Model]:
    if is_table(annotation):
        yield annotation
    for found in typing.get_args(annotation):
        yield from _models(found)
