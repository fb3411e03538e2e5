"""Which undos may run beside one another: those of steps that did not wait for each other.

What the plan says, and its order where it is silent, decides here: a step that waited for another
may have built on it, and is taken back before it. That undos may run at once at all, the plan has
to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from runbook_tui.run.nodes import Kind
from runbook_tui.run.once import of_parts
from runbook_tui.run.state import RunState

Moment = tuple[str, bool]
"""A node, and whether it is over: it begins before that."""
Edges = Mapping[Moment, Collection[Moment]]


class Others:
    """Steps whose undos run, or wait: what must not run beside them. More can be added."""

    def __init__(self, state: RunState, ids: Iterable[str] = ()) -> None:
        self._outline = state.outline
        self._after, self._before = _after(state), _before(state)
        self._earlier: set[Moment] = set()
        self._later: set[Moment] = set()
        for id_ in ids:
            self.add(id_)

    def add(self, id_: str) -> None:
        """One more of them; all that are added walk the plan once together."""
        _walk(self._before, [(id_, False)], self._earlier)
        _walk(self._after, self._ends(id_), self._later)

    def waited_for(self, id_: str) -> bool:
        """Whether one of them waited for a step, or is inside it."""
        return not self._earlier.isdisjoint(self._ends(id_))

    def were_waited_for(self, id_: str) -> bool:
        """Whether a step waited for one of them, or is inside it."""
        return (id_, False) in self._later

    def _ends(self, id_: str) -> list[Moment]:
        inside = [(step.id, False) for step in self._outline.steps_inside(id_) if step.id != id_]
        return [(id_, True), *inside]


def _walk(edges: Edges, begin: Iterable[Moment], seen: set[Moment]) -> None:
    left = [moment for moment in begin if moment not in seen]
    seen.update(left)
    while left:
        for moment in edges.get(left.pop(), ()):
            if moment not in seen:
                seen.add(moment)
                left.append(moment)


@of_parts("outline")
def _before(state: RunState) -> Edges:
    """What comes right before each moment of the plan."""
    found: dict[Moment, set[Moment]] = {}
    for moment, others in _after(state).items():
        for other in others:
            found.setdefault(other, set()).add(moment)
    return found


@of_parts("outline")
def _after(state: RunState) -> Edges:
    """What comes next after each moment of the plan; a holder is over when all inside it is."""
    found: dict[Moment, set[Moment]] = {}
    outline = state.outline
    for id_, node in outline.nodes.items():
        if node.kind not in {Kind.PHASE, Kind.CHANGE, Kind.STEP}:
            continue
        found.setdefault((id_, False), set()).add((id_, True))
        holders = outline.holders(id_)[:-1]
        if holders:
            found.setdefault((holders[-1], False), set()).add((id_, False))
            found.setdefault((id_, True), set()).add((holders[-1], True))
        for need in node.needs:
            if need not in holders:
                found.setdefault((need, True), set()).add((id_, False))
    return found
