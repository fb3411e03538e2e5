"""Adding to what another plan says: its nodes by id, and what given keys make of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from runbook_tui.book.model import (
    Change,
    Check,
    Command,
    Estimate,
    GateStatement,
    Phase,
    Placed,
    Procedure,
    Runbook,
    Stage,
    StageStep,
    Step,
    Team,
    Watch,
)
from runbook_tui.frozen import frozen

Node = Phase | Change | Step | Check | Procedure | Stage | StageStep | Watch
FIELDS: Mapping[str, tuple[str, ...]] = {
    "with_": ("arguments",), "changes": ("effect",), "host": ("hosts",), "change": ("changes",),
    "step": ("steps",), "stage": ("stages",), "for_": ("samples",), "run": ("run", "probe"),
    "http": ("probe",), "prometheus": ("probe",), "window": ("from_minute", "to_minute"),
}  # fmt: skip
"""Fields of the model that have another name than their key."""
NODES = frozenset({"checks", "criteria", "changes", "steps", "stages"})
COMMANDS = ("before", "run", "undo", "verify_undo", "undo_ready")


@frozen(kw_only=False)
class KnownNode:
    """A node that an overlay may name: what it is, and the id of what it stands in."""

    kind: str
    parent: str
    node: Node


def known_nodes(runbook: Runbook) -> dict[str, KnownNode]:
    """Every node of a runbook by its id."""
    return {found.node.id: found for found in _all(runbook)}


def _all(runbook: Runbook) -> Iterator[KnownNode]:
    for phase in runbook.phases:
        yield KnownNode("phase", "", phase)
        yield from (KnownNode("criterion", phase.id, c) for c in phase.criteria)
        for change in phase.changes:
            yield KnownNode("change", phase.id, change)
            yield from (KnownNode("criterion", change.id, c) for c in change.criteria)
            yield from _steps(change.steps, change.id)
        yield from _steps(phase.steps, phase.id)
    yield from (KnownNode("criterion", "", c) for c in runbook.criteria)
    for procedure in runbook.procedures:
        yield KnownNode("procedure", "", procedure)
        for stage in procedure.stages:
            yield KnownNode("stage", procedure.id, stage)
            yield from (KnownNode("stage step", stage.id, s) for s in stage.steps)
    yield from (KnownNode("watch", "", w) for w in runbook.watches)


def _steps(steps: Iterable[Step], parent: str) -> Iterator[KnownNode]:
    for step in steps:
        yield KnownNode("step", parent, step)
        yield from (KnownNode("check", step.id, c) for c in step.checks)
        yield from _steps(step.steps, step.id)


class HasId(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """The id."""


Item = TypeVar("Item", bound=HasId)
Kind = TypeVar("Kind", bound=Placed | Team)


def joined(there: Iterable[Item], given: Iterable[Item]) -> tuple[Item, ...]:
    """What is there, each replaced by what is given under its id, and then what is new."""
    new = {item.id: item for item in given}
    return (*(new.pop(item.id, item) for item in list(there)), *new.values())


def amended(base: Kind, given: Kind, keys: Collection[str]) -> Kind:
    """The base with the keys that were given; its id and place stay.

    A list of nodes grows, a table of values grows, everything else is replaced.
    """
    known = {f.name for f in dataclasses.fields(base)}
    values: dict[str, Any] = {}
    for key in keys:
        for name in FIELDS.get(key, (key,)):
            if name in known and name not in {"id", "line", "source"}:
                values[name] = _grown(name, getattr(base, name), getattr(given, name))
    if isinstance(base, Step):
        if "run" in keys and "action" not in keys:
            values |= {"action": None, "arguments": values.get("arguments", {}), "parts": ()}
        elif "action" in keys and "run" not in keys:
            values |= {"run": None, "parts": ()}
    return dataclasses.replace(base, **values)


def _grown(name: str, old: Any, new: Any) -> Any:
    if name in NODES:
        return joined(old, new)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**old, **new}
    return new


@dataclass(slots=True)
class Replaced:
    """What keys took the place of, to be left out of the lists over the whole plan."""

    commands: set[str] = field(default_factory=set)
    blocks: set[str] = field(default_factory=set)
    gates: set[str] = field(default_factory=set)
    estimates: list[Estimate] = field(default_factory=list)

    def note(self, base: Node, keys: Collection[str]) -> None:
        """These keys amend the node."""
        if isinstance(base, Step):
            self.commands |= {f"{base.id}.{key}" for key in COMMANDS if key in keys}
            if "action" in keys:
                self.commands.add(f"{base.id}.run")
            if "run" in keys or "action" in keys:
                self.blocks |= set(base.parts)
        if "gate" in keys:
            self.gates.add(base.id)
        if "estimate" in keys and isinstance(base, Step) and base.estimate:
            self.estimates.append(base.estimate)

    def left_commands(self, commands: Iterable[Command]) -> tuple[Command, ...]:
        """Those still to be run by their step; a block of Markdown is kept to be read."""
        return tuple(
            dataclasses.replace(c, step=None) if c.id in self.blocks else c
            for c in commands
            if c.id not in self.commands
        )

    def left_gates(self, gates: Iterable[GateStatement]) -> tuple[GateStatement, ...]:
        """Those that still hold."""
        return tuple(g for g in gates if g.before not in self.gates)

    def left_estimates(self, estimates: Iterable[Estimate]) -> tuple[Estimate, ...]:
        """Those that still count."""
        return tuple(e for e in estimates if e not in self.estimates)
