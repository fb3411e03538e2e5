"""Which undos may run beside one another: those of steps that did not wait for each other.

What the plan says, and its order where it is silent, decides here: a step that waited for another
may have built on it, and is taken back before it. That undos may run at once at all, the plan has
to say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from runbook_tui.run.once import of_parts
from runbook_tui.run.outline import Kind
from runbook_tui.run.state import RunState

Moment = tuple[str, bool]
"""A node, and whether it is over: it begins before that."""


def independent(state: RunState) -> Callable[[str, Collection[str]], bool]:
    """A function that tells whether a step waited for by none of some others."""
    after = _after(state)

    def free(id_: str, others: Collection[str]) -> bool:
        if not others:
            return True
        inside = [(step.id, False) for step in state.outline.steps_inside(id_) if step.id != id_]
        seen: set[Moment] = {(id_, True), *inside}
        left = list(seen)
        while left:
            for moment in after.get(left.pop(), ()):
                if moment not in seen:
                    seen.add(moment)
                    left.append(moment)
        return not any((other, False) in seen for other in others)

    return free


@of_parts("outline")
def _after(state: RunState) -> Mapping[Moment, Collection[Moment]]:
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
