"""The keys of a TOML plan, looked at before its values: unknown ones are told and read as meant.

A misspelt key is a fault; what stands under it is read as if it were spelt right, so that its own
faults come at once and nobody misses it. What nobody can make sense of is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from runbook_tui.book.findings import Fault
from runbook_tui.book.lost import Lost
from runbook_tui.book.toml.keys import Model, arm, inner, is_table, keys, likely, meant
from runbook_tui.book.toml.positions import Path, Position, nearest

NUL = "\0"


@dataclass(kw_only=True)
class Spelling:
    """A walk over a plan's tables; ``where`` learns the places of keys under their right names."""

    where: dict[Path, Position]
    top: Model
    lost: Lost
    faults: list[Fault] = field(default_factory=list)
    guessed: set[Path] = field(default_factory=set)
    """Keys that are read under another name than the one they have."""
    odd: set[Path] = field(default_factory=set)
    """Tables in which an unknown key was left out."""

    def spelt(self, body: dict[str, Any]) -> dict[str, Any]:
        """The plan's tables with known keys only."""
        return self._table(body, self.top, ())

    def _value(self, value: Any, annotation: Any, path: Path) -> Any:
        if isinstance(value, str):
            return self._text(value, path)
        found = arm(annotation, value)
        if isinstance(value, dict) and is_table(found):
            return self._table(value, found, path)
        item = inner(annotation, value)
        if isinstance(value, list):
            return [self._value(x, item, (*path, n)) for n, x in enumerate(value)]
        if isinstance(value, dict):
            return {
                self._text(k, (*path, k)): self._value(x, item, (*path, k))
                for k, x in value.items()
            }
        return value

    def _text(self, text: str, path: Path) -> str:
        if NUL not in text:
            return text
        self._fault(path, "a NUL character (\\u0000) cannot be in a plan", "take it out")
        return text.replace(NUL, "")

    def _table(self, table: dict[str, Any], model: Model, path: Path) -> dict[str, Any]:
        known = keys(model)
        found = {k: x for k, x in table.items() if k in known}
        for key, value in table.items():
            if key not in known:
                self._unknown(key, value, model, path, found)
        return {k: self._value(x, known[k].annotation, (*path, k)) for k, x in found.items()}

    def _unknown(
        self, key: str, value: Any, model: Model, path: Path, found: dict[str, Any]
    ) -> None:
        at = (*path, key)
        self._fault(at, f"unknown key “{key}”", meant(key, model, self.top))
        right = likely(key, model)
        if right is not None and self._joined(value, (*path, right), at, found):
            return
        self.odd.add(path)
        self.lost.take(at, value, known=False)

    def _joined(self, value: Any, path: Path, at: Path, found: dict[str, Any]) -> bool:
        """Put the value under its right name, also beside what is there under that already."""
        right = str(path[-1])
        there = found.get(right)
        if right not in found:
            found[right] = value
            self.guessed.add(path)
            self._moved(at, path)
        elif isinstance(value, list) and isinstance(there, list):
            # Its order among the others is not known: what it puts out may come before them.
            self.lost.misplace(value)
            for number in range(len(value)):
                self._moved((*at, number), (*path, len(there) + number))
            found[right] = [*there, *value]
        elif isinstance(value, list) and value and isinstance(there, dict):
            # [[phse]] and below it [[phase.step]]: the tables in it have landed beside it.
            if not isinstance(value[-1], dict):
                return False
            last = len(value) - 1
            for key in there:
                self._moved((*path, key), (*path, last, key))
            self._moved(at, path)
            found[right] = [*value[:-1], {**value[-1], **there}]
        elif isinstance(value, dict) and isinstance(there, dict) and not set(value) & set(there):
            for key in value:
                self._moved((*at, key), (*path, key))
            found[right] = {**there, **value}
        else:
            return False
        return True

    def _moved(self, old: Path, new: Path) -> None:
        """What stands under a key stands under another one, too."""
        left = [old]
        while left:
            path = left.pop()
            left += [(*path, key) for key in self._under.get(path, ())]
            if path in self.where:
                to = new + path[len(old) :]
                self.where[to] = self.where[path]
                self._under.setdefault(to[:-1], {})[to[-1]] = None

    @cached_property
    def _under(self) -> dict[Path, dict[str | int, None]]:
        """The keys and numbers under each path that has a place."""
        found: dict[Path, dict[str | int, None]] = {}
        for path in self.where:
            for end in range(len(path)):
                found.setdefault(path[:end], {})[path[end]] = None
        return found

    def _fault(self, path: Path, message: str, hint: str = "") -> None:
        line, column = nearest(self.where, path)
        self.faults.append(Fault(message=message, line=line, column=column, hint=hint))
