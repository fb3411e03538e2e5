"""Every node of a runbook in document order: phases, changes, steps, checks and criteria."""

from __future__ import annotations

from enum import StrEnum

from runbook_tui.book.model import Change, Check, Gate, Phase, Runbook, Step
from runbook_tui.book.order import needs
from runbook_tui.frozen import frozen


class Kind(StrEnum):
    """What a node is."""

    RUN = "run"
    PHASE = "phase"
    CHANGE = "change"
    STEP = "step"
    CHECK = "check"
    CRITERION = "criterion"


@frozen
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


def nodes_of(runbook: Runbook) -> dict[str, Node]:
    """Every node by its id, in document order."""
    growing = _Growing(runbook)
    for phase in runbook.phases:
        growing.add_phase(phase)
    growing.add_criteria(runbook.criteria, "", "", "", 0)
    return growing.nodes


class _Growing:
    def __init__(self, runbook: Runbook) -> None:
        self.nodes: dict[str, Node] = {}
        self._needs = needs(runbook)

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

    def add_phase(self, phase: Phase) -> None:
        self._add(phase, Kind.PHASE, "", phase.id, "", 0)
        for part in phase.parts():
            if isinstance(part, Step):
                self._add_step(part, phase.id, phase.id, "", 1)
                continue
            self._add(part, Kind.CHANGE, phase.id, phase.id, part.id, 1)
            for step in part.steps:
                self._add_step(step, part.id, phase.id, part.id, 2)
            self.add_criteria(part.criteria, part.id, phase.id, part.id, 2)
        self.add_criteria(phase.criteria, phase.id, phase.id, "", 1)

    def add_criteria(
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
