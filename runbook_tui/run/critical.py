"""The critical path: what is left that nothing can be done beside, and how long the rest may wait.

It goes by what steps need, not by the order in which one person takes them: two branches that wait
for nothing of one another may be done at once, and only the longer one decides when the run is
over. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from graphlib import TopologicalSorter

from runbook_tui.frozen import frozen
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.remaining import take
from runbook_tui.run.state import OVER, RunState, Status


@frozen
class Critical:
    """``left`` are the seconds that the longest chain takes, ``path`` the open steps on it;
    ``slack`` how many seconds another open step may be late without moving the end."""

    left: float = 0.0
    path: frozenset[str] = frozenset()
    slack: Mapping[str, float] = field(default_factory=dict)


def critical(state: RunState, now: float, past: Past = NO_PAST) -> Critical:
    """Of the open steps of which anything is known; empty where nothing is left or known."""
    open_ = [id_ for id_ in state.outline.order if _is_open(state, id_)]
    lasts = {id_: _left(state, id_, now, past) for id_ in open_}
    before = {id_: _before(state, id_, lasts) for id_ in open_}
    order = [id_ for id_ in TopologicalSorter(before).static_order() if id_ in lasts]
    ends: dict[str, float] = {}
    for id_ in order:
        ends[id_] = max((ends[b] for b in before[id_]), default=0.0) + lasts[id_]
    whole = max(ends.values(), default=0.0)
    if whole <= 0:
        return Critical()
    behind = dict.fromkeys(order, 0.0)
    for id_ in reversed(order):
        for earlier in before[id_]:
            behind[earlier] = max(behind[earlier], behind[id_] + lasts[id_])
    slack = {id_: max(0.0, whole - ends[id_] - behind[id_]) for id_ in order}
    path = frozenset(id_ for id_ in order if slack[id_] < 1.0 and lasts[id_] > 0)
    return Critical(left=whole, path=path, slack=slack)


def _is_open(state: RunState, id_: str) -> bool:
    return state.step(id_).status not in OVER and not state.outline.is_group(id_)


def _left(state: RunState, id_: str, now: float, past: Past) -> float:
    step = state.step(id_)
    known = take(state.outline, id_, past)
    if known is None or step.status is Status.WAITING:
        # How long people take to tick and to sign is not foretold.
        return 0.0
    ran = now - step.started if step.status is Status.RUNNING and step.started is not None else 0.0
    return max(0.0, known.likely - ran)


def _before(state: RunState, id_: str, open_: Mapping[str, float]) -> set[str]:
    """The open steps that a step waits for: those it needs, what it lies in needs, and the last
    ones of the phases before its own."""
    outline = state.outline
    found: set[str] = set()
    for holder in (*outline.holders(id_), id_):
        for need in outline[holder].needs:
            if need in outline.nodes:
                found.update(_ends_of(state, need))
    return {f for f in found if f in open_ and f != id_}


def _ends_of(state: RunState, id_: str) -> list[str]:
    if id_ in state.outline.steps and not state.outline.is_group(id_):
        return [id_]
    return [step.id for step in state.outline.steps_inside(id_)]
