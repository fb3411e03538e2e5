"""The critical path: what is left that nothing can be done beside, and how long the rest may wait.

It goes by what steps need, not by the order in which one person takes them: two branches that wait
for nothing of one another may be done at once, and only the longer one decides when the run is
over. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import field
from graphlib import TopologicalSorter

from runbook_tui.frozen import frozen
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.once import of_parts
from runbook_tui.run.remaining import take
from runbook_tui.run.state import OVER, RunState, Status

ALL = "*"
"""Before an id: all that lies in that node is over. No id begins so."""


@frozen
class Critical:
    """``left`` are the seconds that the longest chain takes, ``path`` the open steps on it;
    ``slack`` how many seconds another open step may be late without moving the end."""

    left: float = 0.0
    path: frozenset[str] = frozenset()
    slack: Mapping[str, float] = field(default_factory=dict)


def critical(state: RunState, now: float, past: Past = NO_PAST) -> Critical:
    """Of the open steps of which anything is known; empty where nothing is left or known."""
    graph = _graph(state, past)
    order, before = graph.order, graph.before
    lasts = {**graph.lasts}
    for id_ in state.busy & lasts.keys():
        lasts[id_] = max(0.0, lasts[id_] - _ran(state, id_, now))
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
    slack = {id_: max(0.0, whole - ends[id_] - behind[id_]) for id_ in graph.open}
    path = frozenset(id_ for id_ in graph.open if slack[id_] < 1.0 and lasts[id_] > 0)
    return Critical(left=whole, path=path, slack=slack)


@frozen(kw_only=False)
class _Graph:
    """What waits for what, whatever the clock says: the open steps, what each takes, and before
    which others it may not begin; ``order`` is one in which all of it can be done."""

    open: tuple[str, ...]
    lasts: Mapping[str, float]
    before: Mapping[str, Set[str]]
    order: tuple[str, ...]


@of_parts("outline", "steps")
def _graph(state: RunState, past: Past) -> _Graph:
    open_ = tuple(id_ for id_ in state.outline.order if _is_open(state, id_))
    before = _before(state, open_)
    lasts = dict.fromkeys(before, 0.0)
    for id_ in open_:
        known = take(state.outline, id_, past)
        # How long people take to tick and to sign is not foretold.
        waits = state.step(id_).status is Status.WAITING
        lasts[id_] = known.likely if known is not None and not waits else 0.0
    return _Graph(open_, lasts, before, tuple(TopologicalSorter(before).static_order()))


def _is_open(state: RunState, id_: str) -> bool:
    return state.step(id_).status not in OVER and not state.outline.is_group(id_)


def _ran(state: RunState, id_: str, now: float) -> float:
    step = state.step(id_)
    return now - step.started if step.status is Status.RUNNING and step.started is not None else 0.0


def _before(state: RunState, open_: Iterable[str]) -> dict[str, Set[str]]:
    """By open step the open steps that it waits for: those it needs, what it lies in needs, and
    the last ones of the phases before its own.

    Where it needs all that lies in something, it waits for the `ALL` of that, which waits for each:
    a thousand steps behind a thousand would be a million pairs.
    """
    outline, known = state.outline, frozenset(open_)
    before: dict[str, Set[str]] = {}
    inside: dict[str, frozenset[str]] = {}
    for id_ in open_:
        found: set[str] = set()
        around = outline.holders(id_)
        for need in (need for holder in around for need in outline[holder].needs):
            if need not in outline.nodes:
                continue
            if need not in inside:
                inside[need] = known.intersection(_ends_of(state, need))
            if len(inside[need]) < 2 or need in around:
                found |= inside[need]
            else:
                found.add(ALL + need)
                before[ALL + need] = inside[need]
        before[id_] = found - {id_}
    return before


def _ends_of(state: RunState, id_: str) -> list[str]:
    if id_ in state.outline.steps and not state.outline.is_group(id_):
        return [id_]
    return [step.id for step in state.outline.steps_inside(id_)]
