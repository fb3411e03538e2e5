"""Ticking a box: a check, a criterion, or one beside the plan."""

from __future__ import annotations

from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.closed_loop import against, ends
from runbook_tui.run.events import Actor
from runbook_tui.run.finishing import Pairs, failed_probes
from runbook_tui.run.nodes import Kind
from runbook_tui.run.order import blockers
from runbook_tui.run.people import says_something
from runbook_tui.run.procedures import tick_of
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import RunState


def tick_box(state: RunState, q: r.TickNode) -> Pairs | Refusal:
    """The events that tick a box or take its tick back, or why that cannot be."""
    if (box := state.outline.beside.box(q.node)) is not None:
        return _tick_beside(state, q, box.title)
    if q.node not in state.outline:
        return Refusal(reason=f"there is nothing called “{q.node}”", exit_code=2)
    node = state.outline[q.node]
    if node.kind not in {Kind.CHECK, Kind.CRITERION}:
        return Refusal(reason=f"a {node.kind.value} has no box to tick", exit_code=2)
    owner = node.owner if node.owner in state.outline.steps else None
    if q.off == (q.node not in state.ticks):
        return Refusal(reason=f"“{node.title}” is {'not ticked' if q.off else 'ticked already'}")
    if q.off:
        return [(e.CheckUnticked(node=q.node), owner)]
    if owner and blockers(state, owner) and not state.step(owner).touched:
        return Refusal(reason="; ".join(blockers(state, owner)))
    ticked = _judged(state, q, owner)
    return ticked if isinstance(ticked, Refusal) else [*ticked, *ends(state, q.node, owner)]


def _judged(state: RunState, q: r.TickNode, owner: str | None) -> Pairs | Refusal:
    """The tick by itself; against a probe or a watch only as an override, with a reason."""
    why = against(state, q.node)
    if not why and owner and q.node in failed_probes(state, owner):
        why = f"the probe of “{state.outline[q.node].title}” says otherwise"
    if not why:
        return [(e.CheckTicked(node=q.node), owner)]
    if not q.override:
        return r.OverrideNeeded(
            reason=why,
            hint="mend it and probe again; an override ticks it by hand, with your reason",
        )
    reason = q.reason.strip()
    if not says_something(reason):
        return Refusal(reason="an override needs a reason", exit_code=2)
    note = e.NoteAdded(text=f"ticked against it ({why}): {reason}", node=q.node)
    return [(e.CheckTicked(node=q.node, override=reason), owner), (note, owner)]


def _tick_beside(state: RunState, q: r.TickNode, title: str) -> Pairs | Refusal:
    """A stage, a step in one, or somebody who was called: a box that keeps nothing shut."""
    if q.off == (tick_of(state, q.node) is None):
        return Refusal(reason=f"“{title}” is {'not ticked' if q.off else 'ticked already'}")
    return [(e.CheckUnticked(node=q.node) if q.off else e.CheckTicked(node=q.node), None)]


def last_own(state: RunState, who: Actor) -> str | None:
    """The box of the plan that somebody has ticked last and that is still ticked; None: there is
    none. What a probe has ticked is nobody's own, in whoever's session it ran."""
    own = [
        (tick.at, id_)
        for id_, tick in state.ticks.items()
        if tick.by == who and not tick.probe and id_ in state.outline
    ]
    return max(own)[1] if own else None
