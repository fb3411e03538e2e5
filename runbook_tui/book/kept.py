"""A runbook as plain values and back, so that help in an emergency needs no parser.

The plan's text stays what counts; this is only its reading, kept beside a run. Fields that have
their default are left out.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache, partial
from typing import Any

from runbook_tui.book.model import Runbook

Read = Callable[[Any], Any]


def pack(value: Any) -> Any:
    """The value as JSON knows it."""
    if value is None or type(value) is str:
        return value
    if dataclasses.is_dataclass(value):
        return {
            name: pack(held)
            for name, default in _defaults(value.__class__)
            if not _is_default(default, held := getattr(value, name))
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [pack(item) for item in value]
    if isinstance(value, Mapping):
        return {name: pack(item) for name, item in value.items()}
    return value


def unpack(values: Any) -> Runbook:
    """The runbook again; raises ValueError, TypeError, KeyError or AttributeError where
    it is none."""
    runbook = _built(Runbook, values)
    if not isinstance(runbook, Runbook):
        raise TypeError("no runbook")
    return runbook


@cache
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass and what stands in them unless something else is said."""
    return tuple(
        (f.name, f.default_factory() if f.default_factory is not dataclasses.MISSING else f.default)
        for f in dataclasses.fields(kind)
    )


def _is_default(default: Any, value: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


@cache
def _readers(kind: type) -> dict[str, Read]:
    """How each field of a dataclass is read."""
    return {name: _reader(hint) for name, hint in typing.get_type_hints(kind).items()}


def _reader(hint: Any) -> Read:
    """How a value of that type is read; made once for each field, not for each of thousands."""
    origin = typing.get_origin(hint)
    if origin in {types.UnionType, typing.Union}:
        some = _reader(next(a for a in typing.get_args(hint) if a is not type(None)))
        return lambda value: None if value is None else some(value)
    if origin is tuple:
        item = _reader(typing.get_args(hint)[0])
        return lambda value: tuple([item(one) for one in value])
    if origin is not None and issubclass(origin, Mapping):
        held = _reader(typing.get_args(hint)[1])
        return lambda value: {name: held(one) for name, one in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return partial(_built, hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _as_it_is


def _built(kind: type, values: Mapping[str, Any]) -> Any:
    readers = _readers(kind)
    return kind(**{name: readers[name](one) for name, one in values.items()})


def _as_it_is(value: Any) -> Any:
    return value
