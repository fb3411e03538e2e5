"""A runbook as the text of a TOML plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tomli_w

from runbook_tui.book.model import Runbook, Step
from runbook_tui.book.toml.writing import tables


def toml_text(runbook: Runbook) -> str:
    """The text; `read` makes the same runbook of it, but for lines and findings."""
    found = tables(runbook)
    if not any(phase.changes and phase.steps for phase in runbook.phases):
        return _dumped(found)
    texts = [_dumped({name: value for name, value in found.items() if name != "phase"})]
    for phase, made in zip(runbook.phases, found["phase"], strict=True):
        steps, changes = iter(made.get("step", ())), iter(made.get("change", ()))
        texts.append(_own(("phase",), made))
        for part in phase.parts():
            kind, rest = ("step", steps) if isinstance(part, Step) else ("change", changes)
            texts += _with_steps(("phase", kind), next(rest))
    return "\n".join(texts)


def _with_steps(names: tuple[str, ...], table: dict[str, Any]) -> Iterator[str]:
    """A table of an array, and the steps in it behind it, each under a heading of its own.

    Left to itself the writer has short ones as values, and all of one kind before the other: what
    comes first would not stand first.
    """
    yield _own(names, table)
    for step in table.get("step", ()):
        yield from _with_steps((*names, "step"), step)


def _own(names: tuple[str, ...], table: dict[str, Any]) -> str:
    nested: dict[str, Any] = {k: v for k, v in table.items() if k not in {"step", "change"}}
    for name in reversed(names):
        nested = {name: nested}
    heading = ".".join(names)
    return f"[[{heading}]]\n" + _dumped(nested).removeprefix(f"[{heading}]\n")


def _dumped(tables: dict[str, Any]) -> str:
    # In a text of several lines TOML takes each end of a line for its own.
    return tomli_w.dumps(tables, multiline_strings=not _returns(tables))


def _returns(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_returns, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and "\r" in value
