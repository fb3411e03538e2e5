"""What a run waits for, and the command line that gives each of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from runbook_tui.run.closed_loop import against
from runbook_tui.run.counting import counted, why_shut
from runbook_tui.run.deadlines import GATE, SIGN_OFF, pending, way_out, words
from runbook_tui.run.nodes import Kind, Node
from runbook_tui.run.order import blockers, closed, gate_open, open_checks, over
from runbook_tui.run.several import status_of
from runbook_tui.run.state import OVER, RunState, Status
from runbook_tui.run.upcoming import gates_waiting
from runbook_tui.run.verdicts import missing, rejected, rejections
from runbook_tui.run.watch_holds import holding, why


@dataclass(frozen=True, kw_only=True)
class Need:
    """What is needed from a person, and how it is given."""

    text: str
    how: str
    node: str = ""
    role: str = ""
    """The role to sign in; empty where the node is ticked."""
    kind: str = ""
    """What of the node has to be decided: its ``gate``, its ``sign-off``; empty: nothing."""


def needs(state: RunState, now: float | None = None) -> list[Need]:
    """Everything that a person can give now, in the order of the plan.

    ``now`` (epoch seconds): then with the time that is left for a decision.
    """
    found = _wanted(state)
    return found if now is None else [_in_time(state, need, now) for need in found]


def _in_time(state: RunState, need: Need, now: float) -> Need:
    """Until when a decision can be given; once it was denied, who can do what about that."""
    limit = pending(state, need.node, need.kind) if need.kind else None
    if limit is None:
        return need
    text = f"{need.text}, {words(state, limit, now)}"
    return replace(need, text=text, how=way_out(state, limit) if limit.denied(now) else need.how)


def _wanted(state: RunState) -> list[Need]:
    found: list[Need] = []
    for id_ in gates_waiting(state):
        node = state.outline[id_]
        if _reached(state, node):
            found += _signoffs(state, node, gate=True)
    found += _held(state)
    for id_ in state.outline.order:
        found += _of_step(state, id_)
        if found and state.outline.advised:
            break
    if not found:
        for phase in state.runbook.phases:
            found += _of_phase(state, phase.id)
    if not found:
        found = [_tick(state, c.id, c.title) for c in state.runbook.criteria
                 if c.id not in state.ticks]  # fmt: skip
    return found


def _held(state: RunState) -> list[Need]:
    """Watches that hold a gate shut that is next in the way, or what comes next without one."""
    shut = (n for n in state.outline.gated if gate_open(state, n.id) and not over(state, n.id))
    watches = {w.id: w for n in shut if _reached(state, n) for w in holding(state, n.id)}
    found = {id_: f"a gate is held shut: {why(state, watch)}" for id_, watch in watches.items()}
    for phase in state.runbook.phases if state.watches else ():
        if not over(state, phase.id) and _reached(state, state.outline[phase.id]):
            for watch in holding(state, phase.id):
                found.setdefault(watch.id, f"nothing starts in “{phase.title}” now:"
                                 f" {why(state, watch)}")  # fmt: skip
    how = f"runbook override {state.run}"
    return [Need(text=text, how=f"{how} {id_} --reason …") for id_, text in found.items()]


def _reached(state: RunState, node: Node) -> bool:
    """Whether what holds the node has begun, so that its gate is the next thing in the way."""
    if node.kind is Kind.PHASE:
        return True
    phase = state.outline[node.phase]
    if not gate_open(state, node.phase):
        return False
    return all(closed(state, need) for need in phase.needs if need in state.outline)


def _of_step(state: RunState, id_: str) -> list[Need]:
    step = state.outline.steps[id_]
    status = status_of(state, id_)
    if state.outline.is_group(id_):
        inner_over = all(state.step(s.id).status in OVER for s in step.steps)
        return to_conclude(state, id_) if status not in OVER and inner_over else []
    if status is Status.WAITING:
        return to_conclude(state, id_)
    by_hand = step.manual and (
        status is Status.RUNNING or (status is Status.READY and not blockers(state, id_))
    )
    if not by_hand:
        return []
    how = f"runbook tick {state.run} {id_}"
    return [Need(text=f"“{step.title}” is done by hand", how=how, node=id_)]


def to_conclude(state: RunState, id_: str) -> list[Need]:
    """The checks and sign-offs that a step which has run still needs."""
    step = state.outline.steps[id_]
    checks = {c.id: c.title for c in step.checks}
    found = [_tick(state, check, checks[check]) for check in open_checks(state, id_)]
    return [*found, *_signoffs(state, state.outline[id_], gate=False)]


def _of_phase(state: RunState, id_: str) -> list[Need]:
    if not over(state, id_) or closed(state, id_):
        return []
    node = state.outline[id_]
    found = [
        _tick(state, child, state.outline[child].title)
        for child in state.outline.children(id_)
        if state.outline[child].kind is Kind.CRITERION and child not in state.ticks
    ]
    return [*found, *_signoffs(state, node, gate=False)]


def _tick(state: RunState, id_: str, title: str) -> Need:
    how = f"runbook tick {state.run} {id_}"
    if says := against(state, id_):
        return Need(text=says, how=f"{how} --override --reason …", node=id_)
    return Need(text=f"“{title}” is to be checked", how=how, node=id_)


def _signoffs(state: RunState, node: Node, *, gate: bool) -> list[Need]:
    asked = node.gate if gate else node.signoff
    if asked is None:
        return []
    what = f"{'gate' if gate else 'sign-off'} of “{node.title}”"
    found = []
    given = counted(state, node.id, gate=gate)
    no = rejected(given, asked)
    key = " --key FILE" if asked.signed else ""
    for role in asked.roles:
        left = missing(given, asked, role)
        refused = any(s.role == role for s in rejections(given, asked))
        if left <= 0 and not refused:
            continue
        lapsed = why_shut(state, node.id) if gate and not no else ""
        more = f" ({no or lapsed})" if refused or lapsed else f" ({left} more)" if left > 1 else ""
        found.append(
            Need(
                text=f"{what} waits for {role}{more}",
                how=f"runbook sign {state.run} {node.id} --role {role}{key}",
                node=node.id,
                role=role,
                kind=GATE if gate else SIGN_OFF,
            )
        )
    return found
