"""Decisions: what a request means for a run now. Pure: a state and a request in, events out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from runbook_tui.book.model import Step
from runbook_tui.book.parameters import IN_A_FILE, too_long
from runbook_tui.book.spreading import is_spread
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.alarms import acknowledge, tell
from runbook_tui.run.announcing import announce
from runbook_tui.run.applying import does_not_apply, unknown, wanted
from runbook_tui.run.assigning import carried_out_by
from runbook_tui.run.astray import astray
from runbook_tui.run.counting import opened_by
from runbook_tui.run.deadlines import ask_anew
from runbook_tui.run.events import Actor
from runbook_tui.run.finishing import Pairs, conclude, failed_probes, holders, waits_for
from runbook_tui.run.handing_over import hand_over
from runbook_tui.run.hands_up import lower_hand, raise_hand
from runbook_tui.run.late_values import lacking
from runbook_tui.run.leading import not_lead
from runbook_tui.run.mending import amend_undo, continue_undo, leave_undo, retry_undo
from runbook_tui.run.order import blockers, closed, gate_open, passed
from runbook_tui.run.people import joined, says_something
from runbook_tui.run.prepare import missing_values, refused_values
from runbook_tui.run.proving import seal
from runbook_tui.run.rehearsal import as_if, gone_through
from runbook_tui.run.requests import Decision, Refusal
from runbook_tui.run.rollback import only_stopped
from runbook_tui.run.rollback import plan as rollback_plan
from runbook_tui.run.rollback_state import SEVERITIES
from runbook_tui.run.several import standing, to_begin
from runbook_tui.run.signing import sign
from runbook_tui.run.skipping import skip
from runbook_tui.run.state import BROKEN, GONE, OVER, RunState, Status
from runbook_tui.run.taking_over import take_plan
from runbook_tui.run.ticking import tick_box
from runbook_tui.run.upcoming import open_before
from runbook_tui.run.watch_deciding import override
from runbook_tui.run.watch_holds import holding


def decide(state: RunState, request: r.Request, actor: Actor) -> Decision | Refusal:
    """The events that the request makes, or why it cannot be done now."""
    handler = _DECIDERS.get(type(request))
    if handler is None:
        return Refusal(reason="nothing is known to do for this", exit_code=70)
    answer = handler(state, request, actor)
    return answer if isinstance(answer, Refusal) else Decision(events=tuple(answer))


def _start(state: RunState, q: r.StartStep, actor: Actor) -> Pairs | Refusal:
    step = state.outline.steps.get(q.step)
    if step is None:
        return Refusal(reason=f"there is no step “{q.step}”", exit_code=2)
    refusal = not_lead(state, actor, "start a step") or _not_startable(state, step)
    if refusal is not None:
        return refusal
    if wanted(state, step.id) is False:
        return [(does_not_apply(state, step.id), step.id), *holders(state, step.id)]
    by = carried_out_by(state, step, q.by, actor)
    if isinstance(by, Refusal):
        return by
    if is_spread(step):
        return _start_on_several(state, step, q, actor)
    if (through := gone_through(state, step, walk=q.walk)) is not None:
        return through
    question = step.confirm or (
        f"“{step.title}” cannot be taken back: {step.irreversible}" if step.irreversible else None
    )
    if question and not q.confirmed:
        return r.ConfirmationNeeded(reason=question, hint="say yes to run it")
    names = tuple(dict.fromkeys((*unknown(state, step.id), *missing_values(state, step))))
    if names:
        refused = refused_values(state, step)
        return r.ValuesMissing(
            reason=r.needing(step.title, names, refused),
            refused=refused,
            hint="give it with -p NAME=VALUE, or type it when asked",
            names=names,
        )
    if (refusal := astray(state, step)) is not None:
        return refusal
    attempt = state.step(step.id).attempt + 1
    ahead = _out_of_order(state, step.id)
    return [(e.StepStarted(attempt=attempt, out_of_order=ahead, by=by or None), step.id)]


def _start_on_several(state: RunState, step: Step, q: r.StartStep, actor: Actor) -> Pairs | Refusal:
    """The start on all machines, or on as many as the plan wants at once."""
    found = standing(state, step)
    if found.under_way:
        return Refusal(reason=f"“{step.title}” runs already: {found.words}")
    question = step.confirm or next(
        (f"“{s.title}” cannot be taken back: {s.irreversible}" for s in step.steps
         if s.irreversible), "",
    )  # fmt: skip
    if question and not q.confirmed:
        return r.ConfirmationNeeded(reason=question, hint="say yes to run it")
    if not to_begin(state, step):
        return Refusal(
            reason=f"“{step.title}” has run and waits: {waits_for(state, step.id)}",
        )
    events: Pairs = []
    for id_ in to_begin(state, step):
        started = _start(state, r.StartStep(step=id_, confirmed=True, by=q.by), actor)
        if isinstance(started, Refusal):
            return started
        events += started
    return events


def _not_startable(state: RunState, step: Step) -> Refusal | None:
    status = state.step(step.id).status
    if state.rolling_back:
        return Refusal(reason="a rollback runs", hint="wait until it has ended")
    if state.finished is not None:
        return Refusal(reason="the run is over", hint="resume it first")
    if step.id in state.gone:
        return Refusal(reason=f"“{step.title}” is {GONE}", hint="a rollback takes it back")
    if state.outline.is_group(step.id) and not is_spread(step):
        return Refusal(reason=f"“{step.title}” holds other steps", hint="start one of those")
    if status in {Status.RUNNING, Status.UNDOING}:
        return Refusal(reason=f"“{step.title}” runs already")
    if status in {Status.DONE, Status.NOT_APPLICABLE, Status.REHEARSED}:
        return Refusal(reason=f"“{step.title}” is {status.value} already")
    if status is Status.WAITING:
        return Refusal(
            reason=f"“{step.title}” has run and waits: {waits_for(state, step.id)}",
        )
    if reasons := blockers(state, step.id):
        around = [h for h in state.outline.holders(step.id) if state.outline[h].gate is not None]
        around.append(state.outline[step.id].phase)
        held = next((watch for holder in around for watch in holding(state, holder)), None)
        how = f"the lead may go on, with a reason: w and a, or runbook override {state.run}"
        return Refusal(reason="; ".join(reasons), hint=f"{how} {held.id}" if held else "")
    return None


def _out_of_order(state: RunState, step: str) -> bool:
    return state.outline.advised and open_before(state, step) is not None


def _probe_again(state: RunState, q: r.ProbeAgain, actor: Actor) -> Pairs | Refusal:
    """Nothing is recorded for this: each probe is recorded when it starts."""
    step = state.outline.steps.get(q.step)
    if step is None:
        return Refusal(reason=f"there is no step “{q.step}”", exit_code=2)
    if state.step(step.id).status is not Status.WAITING or not failed_probes(state, step.id):
        return Refusal(reason=f"no probe of “{step.title}” has failed")
    if state.rolling_back:
        return Refusal(reason="a rollback runs", hint="wait until it has ended")
    return not_lead(state, actor, "probe again") or []


def _finish(state: RunState, q: r.FinishStep, actor: Actor) -> Pairs | Refusal:
    step = state.outline.steps.get(q.step)
    if step is None:
        return Refusal(reason=f"there is no step “{q.step}”", exit_code=2)
    status = state.step(step.id).status
    if state.rehearsal:
        return _start(state, r.StartStep(step=step.id), actor)
    if not step.manual and status is Status.WAITING:
        return Refusal(reason=f"“{step.title}” has run and waits: {waits_for(state, step.id)}")
    if not step.manual or is_spread(step):
        return Refusal(reason=f"“{step.title}” is finished by its command", hint="Enter runs it")
    events: Pairs = []
    if status in {Status.PENDING, *BROKEN}:
        started = _start(state, r.StartStep(step=step.id, confirmed=True, by=q.by), actor)
        if isinstance(started, Refusal):
            return started
        events = started
    elif status is not Status.RUNNING:
        return Refusal(reason=f"“{step.title}” is {status.value}" + _waiting(state, step.id))
    if q.failed:
        return [*events, (e.StepFinished(result="failed", reason=q.failed), step.id)]
    if gate := opened_by(state, step.id, actor):
        return Refusal(
            reason=f"four eyes: {actor.name} approved the gate of “{gate}”, so what it holds"
            " is not theirs to do",
            hint="somebody else must say that it is done",
        )
    return [*events, *conclude(_done_by(state, step.id, actor, again=bool(events)), step.id)]


def _done_by(state: RunState, id_: str, actor: Actor, *, again: bool) -> RunState:
    """The state once this person has done a step by hand: what was signed may count no more."""
    step = state.step(id_)
    begun = state.seq + 1 if again else step.started_seq
    done = dataclasses.replace(step, hands=joined(step.hands, actor), started_seq=begun)
    workers = joined(state.workers, actor)
    return dataclasses.replace(state, steps={**state.steps, id_: done}, workers=workers)


def _waiting(state: RunState, step: str) -> str:
    what = waits_for(state, step)
    return f": {what}" if what else ""


def _tick(state: RunState, q: r.TickNode, actor: Actor) -> Pairs | Refusal:
    if q.node not in state.outline.steps or state.outline.beside.box(q.node) is not None:
        return tick_box(state, q)
    if q.off:
        return Refusal(reason="a finished step is taken back by a rollback, not by a tick")
    return _finish(state, r.FinishStep(step=q.node, by=q.by), actor)


def _note(state: RunState, q: r.AddNote, actor: Actor) -> Pairs | Refusal:
    if q.node and q.node not in state.outline:
        return Refusal(reason=f"there is nothing called “{q.node}”", exit_code=2)
    if not q.text.strip():
        return Refusal(reason="an empty note says nothing", exit_code=2)
    owner = q.node if q.node in state.outline.steps else None
    return [(e.NoteAdded(text=q.text, node=q.node), owner)]


def _override(state: RunState, q: r.OverrideGate, actor: Actor) -> Pairs | Refusal:
    if any(watch.id == q.node for watch in state.runbook.watches):
        return override(state, r.OverrideWatch(watch=q.node, reason=q.reason), actor)
    if q.node not in state.outline:
        reason = f"there is nothing called “{q.node}”, neither a watch nor what has a gate"
        return Refusal(reason=reason, exit_code=2)
    if state.outline[q.node].gate is None:
        return Refusal(reason=f"“{q.node}” has no gate", exit_code=2)
    if gate_open(state, q.node):
        return Refusal(reason="the gate is open already")
    if not says_something(q.reason):
        return Refusal(reason="an override needs a reason", exit_code=2)
    refusal = not_lead(state, actor, "override a gate")
    return refusal or [(e.GateOverridden(node=q.node, reason=q.reason.strip()), None)]


def _give(state: RunState, q: r.GiveValue, actor: Actor) -> Pairs | Refusal:
    known = next((p for p in state.runbook.parameters if p.name == q.name), None)
    if known is not None and known.choices and q.value not in known.choices:
        return Refusal(reason=f"{q.name} is one of {', '.join(known.choices)}", exit_code=2)
    if wrong := too_long(q.name, q.value):
        return Refusal(reason=wrong, hint=IN_A_FILE, exit_code=2)
    captured = e.ParameterCaptured(name=q.name, value=q.value, source=q.source)
    return [(captured, lacking(state, q.name, q.step) or None)]


def _open_rollback(state: RunState, q: r.OpenRollback, actor: Actor) -> Pairs | Refusal:
    return [(e.RollbackOpened(scope=q.scope), None)]


def _close_rollback(state: RunState, q: r.CloseRollback, actor: Actor) -> Pairs | Refusal:
    return [(e.RollbackClosed(), None)]


def _start_rollback(state: RunState, q: r.StartRollback, actor: Actor) -> Pairs | Refusal:
    if state.rolling_back:
        return Refusal(reason="a rollback runs already")
    plan = rollback_plan(as_if(state), q.scope, q.node, q.past_floor)
    if not plan.items and not only_stopped(state, q.node):
        return Refusal(reason="there is nothing to roll back", exit_code=0)
    started = e.RollbackStarted(
        scope=q.scope,
        node=q.node,
        steps=tuple(item.step for item in plan.items),
        past_floor=q.past_floor,
        budget=plan.budget,
        watch=q.watch or None,
    )
    return [(started, None)]


def _stop_rollback(state: RunState, q: r.StopRollback, actor: Actor) -> Pairs | Refusal:
    if not state.rolling_back:
        return Refusal(reason="no rollback runs")
    return [(e.RollbackClosed(stopped=True), None)]


def _set_severity(state: RunState, q: r.SetSeverity, actor: Actor) -> Pairs | Refusal:
    if q.level not in {0, *SEVERITIES}:
        return Refusal(reason="a severity is 1 (the worst), 2 or 3", exit_code=2)
    known = state.severity.level if state.severity is not None else 0
    if q.level == known:
        word = f"it is SEV {known} already" if known else "no severity was said yet"
        return Refusal(reason=word, exit_code=0)
    return [(e.SeveritySet(level=q.level), None)]


def _by_hand(state: RunState, q: r.AnswerByHand, actor: Actor) -> Pairs | Refusal:
    rollback = state.rollback
    if rollback is None or not rollback.active or q.step not in rollback.steps:
        return Refusal(reason="no rollback asks for this")
    if q.step in rollback.results:
        return Refusal(reason="that was answered already")
    if not q.taken_back and not q.reason.strip():
        return Refusal(reason="what stays needs a reason", exit_code=2)
    result = "taken back" if q.taken_back else "stays"
    return [
        (e.UndoStarted(), q.step),
        (e.UndoFinished(result=result, reason=q.reason.strip()), q.step),
    ]


def _finish_run(state: RunState, q: r.FinishRun, actor: Actor) -> Pairs | Refusal:
    if state.finished is not None:
        return Refusal(reason="the run is over already")
    if (refusal := not_lead(state, actor, "end the run")) is not None:
        return refusal
    if q.result == "done" and (left := left_open(state)):
        return Refusal(reason=f"still open: {', '.join(left[:3])}")
    if q.result == "done" and (optional := left_out(state)):
        # The session ends the run once nothing is open, and what runs in the background with it.
        return [(e.StepSkipped(reason="optional, left out"), step) for step in optional]
    return [(e.RunFinished(result=q.result), None)]


def left_open(state: RunState) -> list[str]:
    """Titles of what keeps the run from being done."""
    steps = [
        s.title for s in state.outline.steps.values()
        if not passed(state, s.id) and not state.outline.is_group(s.id)
    ]  # fmt: skip
    phases = [p.title for p in state.runbook.phases if not closed(state, p.id)]
    criteria = [c.title for c in state.runbook.criteria if c.id not in state.ticks]
    return steps or phases or criteria


def left_out(state: RunState) -> list[str]:
    """Ids of optional steps that nobody has begun."""
    return [id_ for id_ in state.outline.order
            if state.step(id_).status not in OVER and passed(state, id_)]  # fmt: skip


_DECIDERS: dict[type[r.Request], Callable[[RunState, Any, Actor], Pairs | Refusal]] = {
    r.StartStep: _start,
    r.ProbeAgain: _probe_again,
    r.FinishStep: _finish,
    r.TickNode: _tick,
    r.SkipStep: skip,
    r.AddNote: _note,
    r.SignNode: sign,
    r.AskAnew: ask_anew,
    r.RaiseHand: raise_hand,
    r.LowerHand: lower_hand,
    r.HandOver: hand_over,
    r.Acknowledge: acknowledge,
    r.RecordTold: tell,
    r.RecordAnnounced: announce,
    r.SealRun: seal,
    r.TakePlan: take_plan,
    r.OverrideGate: _override,
    r.OverrideWatch: override,
    r.GiveValue: _give,
    r.OpenRollback: _open_rollback,
    r.CloseRollback: _close_rollback,
    r.StartRollback: _start_rollback,
    r.StopRollback: _stop_rollback,
    r.AnswerByHand: _by_hand,
    r.SetSeverity: _set_severity,
    r.RetryUndo: retry_undo,
    r.AmendUndo: amend_undo,
    r.ContinueUndo: continue_undo,
    r.LeaveUndo: leave_undo,
    r.FinishRun: _finish_run,
}
