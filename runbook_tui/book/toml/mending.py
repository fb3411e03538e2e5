"""Reading as much of a faulty TOML plan as can be: what has the wrong shape is told and left out.

The mended plan is never run. It is there so that the rules can be held against it, and every fault
comes at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from runbook_tui.book.lost import NODES, Lost
from runbook_tui.book.toml.keys import arm, blank, holds_tables, inner, is_table, keys
from runbook_tui.book.toml.positions import Path
from runbook_tui.book.toml.schema import GateTable, PlanTable

DEEPEST = 64
"""How many tables and lists may lie in one another; a step in a step is two of them."""
ROUNDS = 8
"""How often a plan is mended and looked at again: mending a table may show what is in it."""


def pruned(body: dict[str, Any], lost: Lost) -> Path | None:
    """Cut off what is nested too deeply, in place; where the first of it stands."""
    first: Path | None = None
    left: list[tuple[Path, Any]] = [((), body)]
    while left:
        path, value = left.pop()
        items = list(value.items() if isinstance(value, dict) else enumerate(value))
        for key, item in items:
            if not isinstance(item, dict | list):
                continue
            if len(path) < DEEPEST:
                left.append(((*path, key), item))
                continue
            first = first or (*path, key)
            lost.take((*path, key), item, known=False)
            lost.all()
            value[key] = type(item)()
    return first


Refused = tuple[Path, ErrorDetails]
"""What pydantic refuses, and where that stands in the text."""


@dataclass(frozen=True)
class Validated:
    """A plan's tables, mended where they had to be, and what was wrong with them at first.

    ``gaps`` are the paths of what was left out.
    """

    plan: PlanTable | None
    errors: tuple[Refused, ...] = ()
    gaps: frozenset[Path] = frozenset()


def faultless(body: dict[str, Any]) -> Validated | None:
    """A plan's tables where nothing is wrong with any of them, as is usual; None elsewhere.

    Then no key is misspelt, and nobody has to go through them one by one. A title that is left
    out is wrong here: whether it may be shows only with what the plan takes in.
    """
    try:
        return Validated(PlanTable.model_validate(body, context=frozenset()))
    except ValidationError:
        return None


def validated(body: dict[str, Any], standing: Collection[str] | None, lost: Lost) -> Validated:
    """Read a plan's tables; ``standing`` are ids that need no title, None where any may not.

    Changes ``body`` where it is wrong.
    """
    errors: tuple[Refused, ...] = ()
    gaps: set[Path] = set()
    for _ in range(ROUNDS):
        try:
            plan = PlanTable.model_validate(body, context=standing)
        except ValidationError as error:
            found = tuple((in_text(body, e["loc"]), e) for e in error.errors(include_url=False))
            errors = errors or found
            _Mending(body, lost, gaps).mend(found)
            standing = None
        else:
            return Validated(plan, errors, frozenset(gaps))
    lost.all()
    return Validated(None, errors, frozenset(gaps))


class _Mending:
    """Takes faulty values out of a plan's tables, or puts something of the right kind there."""

    def __init__(self, body: dict[str, Any], lost: Lost, gaps: set[Path]) -> None:
        self._body = body
        self._lost = lost
        self._gaps = gaps
        self._doomed: dict[Path, set[int]] = {}

    def mend(self, errors: Collection[Refused]) -> None:
        """Mend what these errors are about."""
        around = holders(errors)
        wrong: set[Path] = set()
        for path, error in errors:
            if error["type"] == "missing":
                self._missing(path, str(error["loc"][-1]))
            elif path not in around and path not in wrong:
                wrong.add(path)
                self._wrong(path)
        for path, numbers in self._doomed.items():
            items = self._at(path)[0]
            for number in sorted(numbers, reverse=True):
                del items[number]

    def _missing(self, path: Path, key: str) -> None:
        table, kind = self._at(path)
        model = arm(kind, table)
        self._lose((*path, key), None, table)
        if is_table(model) and key in keys(model) and isinstance(table, dict):
            table[key] = _filling(model, (*path, key), table)

    def _wrong(self, path: Path) -> None:
        if not path:
            return
        around, kind = self._at(path[:-1])
        key: Any = path[-1]
        value = around[key]
        model = arm(kind, around)
        self._lose(path, value, around)
        if isinstance(around, list):
            if holds_tables(inner(kind, around)) or path[-2] in NODES:
                around[key] = {}
            else:
                self._doomed.setdefault(path[:-1], set()).add(int(key))
        elif is_table(model):
            if keys(model)[key].is_required() or key == "title":
                around[key] = _filling(model, path, around)
            else:
                del around[key]
        else:
            around[key] = blank(inner(kind, around))

    def _lose(self, path: Path, value: Any, table: Any) -> None:
        self._gaps.add(path)
        named = path[-1] == "title" and isinstance(table, dict) and isinstance(table.get("id"), str)
        self._lost.take(path, value, known=not named)

    def _at(self, path: Path) -> tuple[Any, Any]:
        """The value at a path, and what it should be."""
        value: Any = self._body
        kind: Any = PlanTable
        for key in path:
            model = arm(kind, value)
            kind = keys(model)[str(key)].annotation if is_table(model) else inner(kind, value)
            value = value[key]
        return value, kind


def _filling(model: Any, path: Path, table: dict[str, Any]) -> Any:
    """What stands for a value that must be there; a node is told by its id or by what it is."""
    key = str(path[-1])
    if key == "title":
        id_ = table.get("id")
        kinds = [part for part in path[:-1] if isinstance(part, str)]
        return id_ if isinstance(id_, str) else f"the {kinds[-1] if kinds else 'plan'}"
    if model is GateTable and key == "roles":
        return ["lead"]
    return blank(keys(model)[key].annotation)


def holders(errors: Iterable[Refused]) -> set[Path]:
    """The paths around those where something is wrong: there nothing else has to be mended."""
    around: set[Path] = set()
    for path, error in errors:
        end = len(path) + (error["type"] == "missing")
        around.update(path[:n] for n in range(end))
    return around


def in_text(body: Any, location: tuple[str | int, ...]) -> Path:
    """The part of a location that stands in the text: names of allowed shapes do not."""
    path: Path = ()
    for part in location:
        if isinstance(body, dict) and part in body:
            body = body[str(part)]
        elif isinstance(body, list) and isinstance(part, int) and part < len(body):
            body = body[part]
        else:
            continue
        path = (*path, part)
    return path
