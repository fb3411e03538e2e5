"""A runbook as plain values and back, so that help in an emergency needs no parser.

The plan's text stays what counts; this is only its reading, kept beside a run. Fields that have
their default are left out.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

from runbook_tui.book.model import Runbook


def pack(value: Any) -> Any:
    """The value as JSON knows it."""
    if dataclasses.is_dataclass(value):
        return {
            field.name: pack(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if not _is_default(field, getattr(value, field.name))
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
    runbook = _unpack(values, Runbook)
    if not isinstance(runbook, Runbook):
        raise TypeError("no runbook")
    return runbook


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(value == field.default) and type(value) is type(field.default)
    return field.default_factory is not dataclasses.MISSING and value == field.default_factory()


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _unpack(value: Any, hint: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in {types.UnionType, typing.Union}:
        if value is None:
            return None
        return _unpack(value, next(a for a in typing.get_args(hint) if a is not type(None)))
    if origin is tuple:
        item = typing.get_args(hint)[0]
        return tuple(_unpack(one, item) for one in value)
    if origin is not None and issubclass(origin, Mapping):
        item = typing.get_args(hint)[1]
        return {name: _unpack(one, item) for name, one in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = _hints(hint)
        return hint(**{name: _unpack(one, hints[name]) for name, one in value.items()})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value
