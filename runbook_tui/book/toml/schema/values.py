"""What all tables are made of: their strict base, and values such as durations and windows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from runbook_tui.book.durations import parse_duration


class Table(BaseModel):
    """A table of the plan."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def duration(value: object) -> object:
    """``90s``, ``1h30m``: in seconds; a number is one already. Raises ValueError."""
    return parse_duration(value) if isinstance(value, str) else value


def window(value: object) -> object:
    """``0-5m``, ``5-15 min``, ``1h-1d``: from and to, in minutes. Raises ValueError."""
    if not isinstance(value, str):
        return value
    start, dash, end = value.replace("–", "-").replace(" ", "").partition("-")
    unit = end.lstrip("0123456789") or "m"
    if not dash or not end[: len(end) - len(unit)].isdigit():
        raise ValueError(f"“{value}” is no window; write 0-5m")
    if start.isdigit():
        start += unit
    try:
        return (parse_duration(start.replace("min", "m")) / 60,
                parse_duration(end.replace("min", "m")) / 60)  # fmt: skip
    except ValueError:
        raise ValueError(f"“{value}” is no window; write 0-5m") from None


def span(value: object) -> object:
    """``15m``, or from one to another: ``3h-4h``; in seconds. Raises ValueError."""
    if not isinstance(value, str):
        return (value, value) if isinstance(value, int | float) else value
    start, dash, end = value.replace("–", "-").partition("-")
    least = parse_duration(start)
    most = parse_duration(end) if dash else least
    if most < least or most > LONGEST:
        raise ValueError(f"“{value}” is no estimate; write 15m or 3h-4h")
    return (least, most)


def title(value: object, info: ValidationInfo) -> object:
    """A title may be left out where a table amends what is there already, or takes it in. Raises an
    error of pydantic where it must not be."""
    if value is not None:
        return value
    known = info.context
    # An id that cannot be read may be that of something that is there.
    if known is None or info.data.get("id") in known or (known and "id" not in info.data):
        return ""
    if info.data.get("include") or info.data.get("extends"):
        return ""
    raise PydanticCustomError("missing", "Field required")


def watch_title(value: object, info: ValidationInfo) -> object:
    """A target gives its own; one that cannot be read may have."""
    if value is None and info.data.get("target", "unread") is not None:
        return ""
    return title(value, info)


Title = Annotated[str, BeforeValidator(title), Field(default=None, validate_default=True)]
LONGEST = 36500 * 86400.0
"""A hundred years, in seconds: a time that far away can still be reckoned with."""
Duration = Annotated[float, BeforeValidator(duration), Field(ge=0, le=LONGEST, allow_inf_nan=False)]
Cadence = Annotated[float, BeforeValidator(duration), Field(gt=0, le=LONGEST, allow_inf_nan=False)]
Range = Annotated[tuple[float, float], BeforeValidator(span)]
Number = Annotated[float, Field(allow_inf_nan=False)] | int
Window = Annotated[tuple[float, float], BeforeValidator(window)]
Risk = Literal["minimal", "low", "low-medium", "medium", "medium-high", "high", "critical"]
Strings = list[str]
