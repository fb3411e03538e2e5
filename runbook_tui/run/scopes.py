"""How far a rollback reaches: a step, a change, a phase, or the whole run."""

from __future__ import annotations

from runbook_tui.run.nodes import Kind
from runbook_tui.run.once import of_parts
from runbook_tui.run.order import closed
from runbook_tui.run.rollback import about_to_act, begun_rollback, ran, started
from runbook_tui.run.state import RunState

SCOPES = ("step", "change", "phase", "run")


def scope_node(state: RunState, scope: str, at: str = "") -> str:
    """The id of the node that a scope means: around step ``at``, else around the last that ran."""
    if scope == "run":
        return ""
    order = ran(state)
    anchor = at if at in state.outline else (order[0] if order else "")
    if not anchor:
        return ""
    node = state.outline[anchor]
    if scope == "step":
        return anchor
    if scope == "change":
        return node.change or node.phase
    return node.phase


@of_parts(
    "outline", "steps", "ticks", "signoffs", "opened_gates", "leads", "workers", begun_rollback
)
def default_scope(state: RunState) -> tuple[str, str]:
    """The narrowest scope that holds everything since the last gate or closed phase."""
    order = [*about_to_act(state), *ran(state)]
    if not order:
        return "run", ""
    mark = max(state.opened_gates.values(), default=0)
    recent = [s for s in order if started(state, s) > mark]
    done = {p.id for p in state.runbook.phases if closed(state, p.id)}
    last = [s for s in order if state.outline[s].phase == state.outline[order[0]].phase]
    since = [s for s in recent if state.outline[s].phase not in done] or last
    for scope in SCOPES[:-1]:
        if scope == "change" and not state.outline[since[0]].change:
            continue
        node = scope_node(state, scope, since[0])
        inside = {n.id for n in state.outline.inside(node) if n.kind == Kind.STEP}
        if all(s in inside for s in since):
            return scope, node
    return "run", ""
