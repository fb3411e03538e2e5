"""Whether another plan may be taken over now, and what follows from that at once."""

from __future__ import annotations

import dataclasses

from runbook_tui.book.model import Gate, Runbook
from runbook_tui.run import requests as r
from runbook_tui.run.carrying import to_take_back
from runbook_tui.run.events import Actor, Event
from runbook_tui.run.finishing import Pairs, after
from runbook_tui.run.fold import fold
from runbook_tui.run.leading import not_lead
from runbook_tui.run.outline import Outline
from runbook_tui.run.people import says_something
from runbook_tui.run.requests import ReasonNeeded, Refusal
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.times import utc
from runbook_tui.run.weakening import loosened, more_hold, weakened
from runbook_tui.run.wire import wire_name


def take_plan(state: RunState, q: r.TakePlan, actor: Actor) -> Pairs | Refusal:
    """The event that takes the plan over, and the ends of steps that waited for what it drops."""
    refusal = not_lead(state, actor, "take another plan over") or _not_now(state)
    if refusal is not None:
        return refusal
    held = state.plan.digest if state.plan is not None else ""
    if q.plan.digest == held:
        return Refusal(reason="the run has this plan already", exit_code=0)
    if q.instead != held:
        return Refusal(
            reason="another plan was taken over meanwhile",
            hint="look at the difference to that first",
        )
    new = state.reads(q.plan)
    if (refusal := _unfit(state, new)) is not None:
        return refusal
    lost = loosened(state, Outline(new), more_hold(state.runbook.roles, new.roles))
    if lost and not says_something(q.reason):
        return ReasonNeeded(
            reason=f"the new plan asks less than the run waits for: {', '.join(lost)}",
            hint="say why (--reason TEXT): it is recorded as an override and shown red in the"
            " report",
        )
    said = dataclasses.replace(q.plan, loosens=lost, reason=q.reason.strip()) if lost else q.plan
    events: Pairs = [(said, None)]
    then = _after(state, events, actor)
    for id_ in then.outline.order:
        if then.step(id_).status is Status.WAITING:
            # What it waited for may be what the new plan does not ask for.
            ended = after(then, id_)
            then = _after(then, ended, actor)
            events += ended
    return events


def _not_now(state: RunState) -> Refusal | None:
    if state.rehearsal:
        return Refusal(
            reason="a rehearsal goes through the plan that it was started with",
            hint="start another one: runbook run FILE --rehearse",
        )
    if state.rolling_back:
        return Refusal(reason="a rollback runs", hint="wait until it has ended")
    if state.finished is not None:
        return Refusal(reason="the run is over", hint="start a run of the new plan")
    busy = [
        id_ for id_ in state.outline.order
        if state.step(id_).running_command() is not None
        or (state.step(id_).status is Status.RUNNING and not state.outline.steps[id_].manual)
    ]  # fmt: skip
    if busy:
        return Refusal(
            reason=f"“{state.outline[busy[0]].title}” runs",
            hint="take the plan over when its command has ended, or stop it first",
        )
    return None


def _unfit(state: RunState, new: Runbook) -> Refusal | None:
    """Why a run that has come so far cannot go on with this plan."""
    plan = Outline(new)
    for id_, node in plan.nodes.items():
        step = state.step(id_)
        if id_ not in plan.steps and id_ in state.outline.steps and to_take_back(step):
            return Refusal(
                reason=f"“{id_}” is a step that has run, and a {node.kind.value} in the new plan",
                hint=f"give that {node.kind.value} another id",
            )
    if lost := weakened(state.outline, plan, more_hold(state.runbook.roles, new.roles)):
        return Refusal(
            reason=f"the new plan does not ask for the signatures of “{lost[0]}” any more",
            hint="a gate is opened without them by runbook override, on record; or start a run of"
            " the new plan",
        )
    signers = state.begun.allowed_signers if state.begun is not None else None
    if not signers and any(_signed(g) for n in plan.nodes.values() for g in (n.gate, n.signoff)):
        return Refusal(
            reason="the new plan wants signatures, and this run was started without a list of"
            " allowed signers",
            hint="who may sign does not change in a run; start one of the new plan",
        )
    return None


def _signed(gate: Gate | None) -> bool:
    return gate is not None and gate.signed


def _after(state: RunState, pairs: Pairs, actor: Actor) -> RunState:
    """The state once these are recorded; their places and times do not matter here."""
    at = utc(state.last_at)
    return fold(state, [
        Event(seq=state.seq + number, id="", run=state.run, type=wire_name(payload), at=at,
              actor=actor, step=step, payload=payload, hash=state.head)
        for number, (payload, step) in enumerate(pairs, 1)
    ])  # fmt: skip
