"""The nodes of a runbook by id: who contains whom, and what must come before what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from runbook_tui.book.literals import Literals
from runbook_tui.book.model import (
    Change,
    Check,
    Command,
    Gate,
    Phase,
    Runbook,
    Stage,
    StageStep,
    Step,
)
from runbook_tui.book.order import needs
from runbook_tui.book.spreading import is_spread
from runbook_tui.run.callees import Callee, callees


class Kind(StrEnum):
    """What a node is."""

    RUN = "run"
    PHASE = "phase"
    CHANGE = "change"
    STEP = "step"
    CHECK = "check"
    CRITERION = "criterion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node: its parent, the phase and change around it, its depth and its place in the plan.

    ``needs`` are the ids of steps that must be over before this step starts, those of phases for
    a phase. ``owner`` of a check is its step; of a criterion the phase or change, or "" (the run).
    """

    id: str
    kind: Kind
    title: str
    index: int
    depth: int
    parent: str = ""
    phase: str = ""
    change: str = ""
    needs: tuple[str, ...] = ()
    item: Phase | Change | Step | Check
    children: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """The node that a check or criterion belongs to."""
        return self.parent

    @property
    def gate(self) -> Gate | None:
        """What must be signed before this node starts."""
        return None if isinstance(self.item, Check) else self.item.gate

    @property
    def signoff(self) -> Gate | None:
        """What must be signed before this node is over."""
        return None if isinstance(self.item, Check) else self.item.signoff


class Outline:
    """All nodes of a runbook in document order, with look-ups by id."""

    def __init__(self, runbook: Runbook) -> None:
        self.nodes: dict[str, Node] = {}
        self.advised = runbook.advised
        self._needs = needs(runbook)
        for phase in runbook.phases:
            self._add_phase(phase)
        for check in runbook.criteria:
            self._add(check, Kind.CRITERION, "", "", "", 0)
        children: dict[str, list[str]] = {}
        for node in self.nodes.values():
            children.setdefault(node.parent, []).append(node.id)
        self._children = {parent: tuple(ids) for parent, ids in children.items()}
        self._criteria = {
            parent: found
            for parent, ids in children.items()
            if (found := tuple(id_ for id_ in ids if self.nodes[id_].kind is Kind.CRITERION))
        }
        self._flat = tuple(self.nodes.values())
        self.probed = any(isinstance(n.item, Check) and n.item.probe for n in self._flat)
        """Whether any box has a probe."""
        self._ends = _ends(self._flat)
        self.steps: dict[str, Step] = {
            n.id: n.item for n in self.nodes.values() if isinstance(n.item, Step)
        }
        self.order: tuple[str, ...] = tuple(self.steps)
        self._groups = frozenset(s.id for s in self.steps.values() if s.steps and s.manual)
        self.needy = any(step.needs for step in self.steps.values())
        """Whether the plan says of any step, in so many words, what it needs."""

        self.conditions: dict[str, tuple[str, ...]] = {
            id_: texts for id_ in self.order if (texts := self._whens(id_))
        }
        """What ``when`` says of a step and of all that holds it; only where it says something."""

        self.makers: dict[str, tuple[str, ...]] = {}
        """Ids of the steps that put out a value, by its name."""

        for step in self.steps.values():
            for name in step.outputs:
                self.makers[name] = (*self.makers.get(name, ()), step.id)
        self.gated: tuple[Node, ...] = tuple(n for n in self.nodes.values() if n.gate is not None)
        self.timed: tuple[Node, ...] = tuple(n for n in self.nodes.values() if _limits_time(n))
        """What has to be decided within a time."""

        self.offered: tuple[Command, ...] = tuple(
            c for c in runbook.commands if c.kept_for_rollback
        )
        """What the plan's rollback sections offer, in document order."""

        self.for_failure: tuple[Command, ...] = tuple(
            c for c in runbook.commands if c.kept_for_failure
        )
        """What it offers for when something went wrong, in document order."""

        ways = (p for p in runbook.procedures if p.kind == "rollback")
        # In TOML an undo is a key: a step without it is passed over, whatever else is written.
        self._ways_back = tuple(ways) if self.advised else ()
        said = (c for c in runbook.commands if c.rollback and c.runnable and c.step is None)
        self._said_back = tuple(said) if self.advised else ()
        named = {p.placeholder: p.name for p in runbook.parameters if p.placeholder}
        self.literals = Literals(named)
        """The placeholders of the plan, as they stand in its commands."""

        self.staged: dict[str, Stage | StageStep] = {}
        """Stages of procedures and their steps by id; no nodes of the run, but boxes to tick."""

        for stage in (stage for p in runbook.procedures for stage in p.stages):
            self.staged[stage.id] = stage
            self.staged.update((step.id, step) for step in stage.steps)
        taken = (*self.nodes, *self.staged, *(p.id for p in runbook.procedures))
        self.calls: Mapping[str, Callee] = callees(runbook, taken)
        """Whom to call when it goes wrong, by id; boxes to tick like those of procedures."""

    def box(self, id_: str) -> Stage | StageStep | Callee | None:
        """What is ticked beside the plan's nodes: a stage, a step in one, somebody to call."""
        return self.staged.get(id_) or self.calls.get(id_)

    def __getitem__(self, id_: str) -> Node:
        return self.nodes[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self.nodes

    def children(self, id_: str) -> tuple[str, ...]:
        """Ids of the nodes right inside a node; of the run itself with ``""``."""
        return self._children.get(id_, ())

    def criteria(self, id_: str) -> tuple[str, ...]:
        """Ids of the criteria right inside a node; of the run itself with ``""``."""
        return self._criteria.get(id_, ())

    def inside(self, id_: str) -> Iterator[Node]:
        """The node itself and everything in it, in document order; the whole run with ``""``."""
        # In document order whatever is inside a node comes right behind it.
        yield from self._flat[slice(self.nodes[id_].index, self._ends[id_]) if id_ else slice(None)]

    def steps_inside(self, id_: str) -> Iterator[Step]:
        """Every step in a node, itself included."""
        for node in self.inside(id_):
            if isinstance(node.item, Step):
                yield node.item

    def holders(self, id_: str) -> list[str]:
        """The node and all around it, the outermost first."""
        around = [id_]
        while parent := self.nodes[around[-1]].parent:
            around.append(parent)
        return around[::-1]

    def reached(self, node: str, steps: Iterable[str]) -> frozenset[str]:
        """Ids of a node and of what it stands in; without one, of these steps."""
        ids = [node] if node in self.nodes else [step for step in steps if step in self.nodes]
        return frozenset(name for id_ in ids for name in self.holders(id_))

    def way_back_of(self, id_: str) -> str:
        """The procedure by which a person takes back a step that has no undo, or the section that
        keeps commands for it; else empty."""
        around = self.holders(id_)
        for procedure in self._ways_back:
            if not procedure.applies_to or set(procedure.applies_to) & set(around):
                return procedure.title
        return next((c.section or c.label or c.id for c in self._said_back), "")

    def _whens(self, id_: str) -> tuple[str, ...]:
        items = (self.nodes[holder].item for holder in self.holders(id_))
        return tuple(i.when for i in items if isinstance(i, Phase | Step) and i.when)

    def optional(self, id_: str) -> bool:
        """Whether the step, or a step around it, may be left out."""
        return any(self.steps[n].optional for n in self.holders(id_) if n in self.steps)

    def on_one_of_several(self, id_: str) -> bool:
        """Whether the step is one machine's part of a step on several."""
        node = self.nodes.get(id_)
        around = self.steps.get(node.parent) if node is not None else None
        return around is not None and is_spread(around)

    def is_group(self, id_: str) -> bool:
        """Whether the step only holds other steps."""
        return id_ in self._groups

    def _add(
        self,
        item: Phase | Change | Step | Check,
        kind: Kind,
        parent: str,
        phase: str,
        change: str,
        depth: int,
    ) -> None:
        self.nodes[item.id] = Node(
            id=item.id,
            kind=kind,
            title=item.title,
            index=len(self.nodes),
            depth=depth,
            parent=parent,
            phase=phase,
            change=change,
            needs=self._needs.get(item.id, ()),
            item=item,
        )

    def _add_phase(self, phase: Phase) -> None:
        self._add(phase, Kind.PHASE, "", phase.id, "", 0)
        for part in phase.parts():
            if isinstance(part, Step):
                self._add_step(part, phase.id, phase.id, "", 1)
                continue
            self._add(part, Kind.CHANGE, phase.id, phase.id, part.id, 1)
            for step in part.steps:
                self._add_step(step, part.id, phase.id, part.id, 2)
            self._add_checks(part.criteria, part.id, phase.id, part.id, 2)
        self._add_checks(phase.criteria, phase.id, phase.id, "", 1)

    def _add_checks(
        self, checks: tuple[Check, ...], parent: str, phase: str, change: str, depth: int
    ) -> None:
        for check in checks:
            self._add(check, Kind.CRITERION, parent, phase, change, depth)

    def _add_step(self, step: Step, parent: str, phase: str, change: str, depth: int) -> None:
        self._add(step, Kind.STEP, parent, phase, change, depth)
        for check in step.checks:
            self._add(check, Kind.CHECK, step.id, phase, change, depth + 1)
        for inner in step.steps:
            self._add_step(inner, step.id, phase, change, depth + 1)


def _limits_time(node: Node) -> bool:
    return any(
        asked is not None and asked.within is not None for asked in (node.gate, node.signoff)
    )


def _ends(nodes: tuple[Node, ...]) -> dict[str, int]:
    """The index behind the last node inside each."""
    ends: dict[str, int] = {}
    around: list[Node] = []
    for node in nodes:
        while around and around[-1].depth >= node.depth:
            ends[around.pop().id] = node.index
        around.append(node)
    ends.update((node.id, len(nodes)) for node in around)
    return ends
