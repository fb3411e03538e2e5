"""The nodes of a runbook by id: who contains whom, and what must come before what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runbook_tui.book.model import Check, Phase, Runbook, Stage, StageStep, Step
from runbook_tui.book.spreading import is_spread
from runbook_tui.run.beside import Beside
from runbook_tui.run.callees import Callee
from runbook_tui.run.nodes import Kind, Node, nodes_of


class Outline:
    """All nodes of a runbook in document order, with look-ups by id."""

    def __init__(self, runbook: Runbook) -> None:
        self.nodes = nodes_of(runbook)
        self.beside = Beside(runbook, self.nodes)
        self.advised = runbook.advised
        """Whether the order of the plan is advice; else it has to be kept."""
        self._flat = tuple(self.nodes.values())
        self._ends = _ends(self._flat)
        self._children = _by_parent(self._flat)
        self._criteria = _by_parent(n for n in self._flat if n.kind is Kind.CRITERION)
        self.steps = {n.id: n.item for n in self._flat if isinstance(n.item, Step)}
        self.order = tuple(self.steps)
        self._groups = frozenset(s.id for s in self.steps.values() if s.steps and s.manual)
        self.makers = _makers(self.steps.values())
        """Ids of the steps that put out a value, by its name."""
        self.probed = any(isinstance(n.item, Check) and n.item.probe for n in self._flat)
        """Whether any box has a probe."""
        self.needy = any(step.needs for step in self.steps.values())
        """Whether the plan says of any step, in so many words, what it needs."""
        self.conditions = {id_: texts for id_ in self.order if (texts := self._whens(id_))}
        """What ``when`` says of a step and of all that holds it; only where it says something."""
        self.gated = tuple(node for node in self._flat if node.gate is not None)
        self.timed = tuple(node for node in self._flat if _limits_time(node))
        """What has to be decided within a time."""

    def named(self, id_: str) -> Node | Stage | StageStep | Callee | None:
        """What goes by an id: a node, or a box beside them."""
        return self.nodes.get(id_) or self.beside.box(id_)

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


def _limits_time(node: Node) -> bool:
    return any(
        asked is not None and asked.within is not None for asked in (node.gate, node.signoff)
    )


def _by_parent(nodes: Iterable[Node]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for node in nodes:
        found.setdefault(node.parent, []).append(node.id)
    return {parent: tuple(ids) for parent, ids in found.items()}


def _makers(steps: Iterable[Step]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for step in steps:
        for name in step.outputs:
            found.setdefault(name, []).append(step.id)
    return {name: tuple(ids) for name, ids in found.items()}


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
