"""What a breached watch keeps shut: gates and criteria, until it is clear or the lead overrides."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.model import Watch
from runbook_tui.run.state import RunState
from runbook_tui.run.watched import NEVER
from runbook_tui.run.watching import Standing, number

RED = frozenset({Standing.BREACHED, Standing.UNKNOWN})
BLOCKS = "block"


def red(state: RunState, watch: Watch) -> bool:
    """Whether a watch is recorded as breached or unknown, and nobody has overridden that."""
    found = state.watches.get(watch.id, NEVER)
    return found.standing in RED and not found.overridden


def holding(state: RunState, node: str) -> Iterator[Watch]:
    """Watches that keep the gate or the criteria of a node shut now; ``""`` is the run."""
    if not state.watches:
        return
    for watch in state.runbook.watches:
        if watch.on_breach == BLOCKS and red(state, watch) and _about(state, watch, node):
            yield watch


def _about(state: RunState, watch: Watch, node: str) -> bool:
    """Whether what a watch looks at is the node, is around it or in it, or comes before it."""
    if not watch.applies_to or not node:
        return True
    outline = state.outline
    near = {*outline.holders(node), *(inner.id for inner in outline.inside(node))}
    left = [outline[node].phase]
    while left:
        needs = [n for n in outline[left.pop()].needs if n in outline and n not in near]
        near.update(needs)
        left += [n for n in needs if outline[n].phase == n]
    earlier = {outline[name].phase for name in watch.applies_to if name in outline}
    return bool(near & set(watch.applies_to)) or bool(near & earlier - {outline[node].phase})


def held(state: RunState, node: str) -> str:
    """What keeps a node's gate or criteria shut, in words; empty where nothing does."""
    return "; ".join(why(state, watch) for watch in holding(state, node))


def why(state: RunState, watch: Watch) -> str:
    """“the watch “health” is breached (71 %)”."""
    found = state.watches.get(watch.id, NEVER)
    if found.standing is Standing.BREACHED:
        value = f" ({number(found.value, watch.unit)})" if found.value is not None else ""
        return f"the watch “{watch.title}” is breached{value}"
    return f"the watch “{watch.title}” cannot be read ({found.reason})"
