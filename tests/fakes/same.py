"""Two readings compared: what they say, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runbook_tui.book.kept import pack
from runbook_tui.book.model import Runbook

PLACES = {"line", "lines", "source", "column"}
ABOUT_THE_TEXT = {"findings", "format", "order", "source"}


def plain(runbook: Runbook) -> Any:
    """What a runbook says, without lines and without what was found in its text."""
    values = pack(runbook)
    for name in ABOUT_THE_TEXT:
        values.pop(name, None)
    for name in ("commands", "estimates", "gates"):
        # Their order is that of the text.
        values[name] = sorted(map(repr, map(_placeless, values.get(name, []))))
    return {**_placeless(values), "advised": runbook.advised}


def _placeless(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _placeless(v) for name, v in value.items() if name not in PLACES}
        if {"minimum", "maximum"} <= kept.keys():
            kept.pop("text", None)  # The words around it.
        return kept
    return [_placeless(v) for v in value] if isinstance(value, list) else value


def differences(one: Any, other: Any, at: str = "") -> Iterator[str]:
    """Where two values are not the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            yield from differences(one.get(name), other.get(name), f"{at}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{at}[{number}]")
    elif one != other:
        yield f"{at}: {one!r} is not {other!r}"
