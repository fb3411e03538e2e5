"""The fold: a run's state is its events, applied one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from runbook_tui.book.model import Check, Runbook
from runbook_tui.run import deadlines, replanning
from runbook_tui.run import events as e
from runbook_tui.run import fold_commands as commands
from runbook_tui.run import fold_rollback as rollback
from runbook_tui.run import fold_watches as watches
from runbook_tui.run.deadlines import GATE, SIGN_OFF, key
from runbook_tui.run.draft import Draft
from runbook_tui.run.events import Actor, Event, Payload
from runbook_tui.run.fold_announced import announced
from runbook_tui.run.outline import Outline
from runbook_tui.run.people import claimed
from runbook_tui.run.state import (
    Hand,
    Note,
    Reads,
    RunState,
    Status,
    StepState,
    Tick,
    unreadable,
)
from runbook_tui.run.verdicts import Signoff


def begin(run: str, runbook: Runbook, reads: Reads = unreadable) -> RunState:
    """The state before the first event; ``reads`` is asked where another plan is taken over."""
    return RunState(run=run, runbook=runbook, outline=Outline(runbook), first=runbook, reads=reads)


def anew(state: RunState) -> RunState:
    """The same run before its first event."""
    return begin(state.run, state.first or state.runbook, state.reads)


def fold(state: RunState, events: Iterable[Event]) -> RunState:
    """Apply events in order; those already applied are passed over."""
    draft = Draft(state)
    seq, last = state.seq, None
    for event in events:
        if event.seq <= seq:
            continue
        seq, last = event.seq, event
        draft.clocked(event)
        if not isinstance(
            event.payload, e.OutputPruned | e.RunSealed | e.WatchSampled | e.Announced
        ):
            # Months later room is made, or a seal is set; the run itself was over long before.
            # Nor has anybody touched it because it is measured, or announced elsewhere.
            draft.fields["last_at"] = draft.at
        _apply(draft, event)
        draft.last = draft.at
    if last is not None:
        draft.fields.update(seq=last.seq, head=last.hash)
    return draft.freeze()


def apply(state: RunState, event: Event) -> RunState:
    """Apply one event."""
    return fold(state, (event,))


def _apply(draft: Draft, event: Event) -> None:
    handler = _HANDLERS.get(type(event.payload))
    if handler is not None:
        handler(draft, event, event.payload)


def _run_started(draft: Draft, event: Event, payload: e.RunStarted) -> None:
    draft.fields.update(begun=payload, plan=payload, started=draft.at)
    draft.rehearsal = payload.rehearse
    draft.led_by(event.actor)
    draft.fields["led_since"] = event.seq
    draft.values.update(payload.parameters)
    draft.sources.update(payload.sources)
    draft.secrets.update(payload.secrets)


def _run_paused(draft: Draft, event: Event, payload: e.RunPaused) -> None:
    draft.paused = True


def _run_resumed(draft: Draft, event: Event, payload: e.RunResumed) -> None:
    draft.paused = False
    draft.fields["led_since"] = event.seq


def _run_finished(draft: Draft, event: Event, payload: e.RunFinished) -> None:
    draft.fields.update(finished=draft.at, result=payload.result, stopped=payload.stopped)


def _run_sealed(draft: Draft, event: Event, payload: e.RunSealed) -> None:
    draft.fields["sealed"] = event.seq


def _run_shared(draft: Draft, event: Event, payload: e.RunShared) -> None:
    draft.fields["shared"] = payload


def _vote_refused(draft: Draft, event: Event, payload: e.VoteRefused) -> None:
    draft.refused_votes.append(payload)


def _lead(draft: Draft, event: Event, payload: e.LeadHandedOver) -> None:
    draft.led_by(e.Actor(name=payload.name, email=payload.email))
    draft.fields.update(led_since=event.seq, handed=payload.reason, lead_taken=bool(payload.taken))


def _hand_raised(draft: Draft, event: Event, payload: e.HandRaised) -> None:
    hand = Hand(by=event.actor, at=draft.at, seq=event.seq, text=payload.text, node=payload.node)
    draft.hands_up = (*draft.hands_up, hand)


def _hand_lowered(draft: Draft, event: Event, payload: e.HandLowered) -> None:
    draft.hands_up = tuple(hand for hand in draft.hands_up if hand.seq != payload.raised)


def _step_started(draft: Draft, event: Event, payload: e.StepStarted) -> None:
    step = draft.step(event.step or "")
    # What an attempt has changed is still there: its undo is kept, and the old state it found.
    again = step.acted and step.undo is not None and step.undo.kind == "command"
    kept = (step.undo,) if again and step.undo is not None and not step.undo.missing else ()
    draft.change(
        event.step or "",
        earlier=(*kept, *step.earlier) if again else (),
        status=Status.RUNNING,
        attempt=payload.attempt,
        started_seq=event.seq,
        started=draft.at,
        finished=None,
        ran_by=event.actor,
        hands=_workers(draft, step.hands, event.actor, payload.by),
        by=payload.by or "",
        settled=None,
        reason="",
        undo_result="",
        amended=(),
        out_of_order=payload.out_of_order,
        outputs=dict(step.prepared) if again else {},
        refused={},
        rehearsed=False,
        # In a rehearsal nobody does anything by hand.
        acted=step.acted or (_by_hand(draft, event.step or "") and not draft.rehearsal),
    )


def _workers(
    draft: Draft, hands: tuple[Actor, ...], actor: Actor, named: str | None
) -> tuple[Actor, ...]:
    """Whoever starts a step, and who is named as carrying it out, have both had a hand in it."""
    hands = draft.worked(hands, actor)
    return draft.worked(hands, claimed(named)) if named else hands


def _by_hand(draft: Draft, id_: str) -> bool:
    step = draft.outline.steps.get(id_)
    return step is not None and step.manual


def _step_waiting(draft: Draft, event: Event, payload: e.StepWaiting) -> None:
    id_ = event.step or ""
    ended = draft.ended_at(event, payload.ended)
    hands = _hands(draft, id_, event)
    draft.change(id_, status=Status.WAITING, finished=ended, settled=draft.at, hands=hands)


def _hands(draft: Draft, id_: str, event: Event) -> tuple[Actor, ...]:
    """Who says that work of hands is done has done it as much as whoever started it."""
    step = draft.step(id_)
    by_hand = _by_hand(draft, id_) and step.status is Status.RUNNING
    return draft.worked(step.hands, event.actor) if by_hand else step.hands


def _step_finished(draft: Draft, event: Event, payload: e.StepFinished) -> None:
    id_ = event.step or ""
    status = Status.DONE if payload.result == "done" else _broken(draft.step(id_))
    hands = _hands(draft, id_, event)
    ended = draft.ended_at(event, payload.ended)
    waited = draft.step(id_)
    if waited.status is Status.WAITING and waited.finished is not None:
        # What waited had ended: the time that a sign-off takes is not the step's.
        ended = waited.finished
    settled = waited.settled if waited.status is Status.WAITING else draft.at
    draft.change(id_, status=status, finished=ended, settled=settled, reason=payload.reason,
                 hands=hands)  # fmt: skip


def _broken(step: StepState) -> Status:
    """What kind of failure it was, as its last command tells."""
    last = step.commands[-1] if step.commands else None
    if last is not None and last.lost:
        return Status.LOST
    if last is not None and last.stopped:
        return Status.STOPPED
    return Status.FAILED


def _step_skipped(draft: Draft, event: Event, payload: e.StepSkipped) -> None:
    id_ = event.step or ""
    hands = draft.step(id_).hands
    draft.change(
        id_,
        hands=hands if payload.not_applicable else draft.worked(hands, event.actor),
        status=Status.NOT_APPLICABLE if payload.not_applicable else Status.SKIPPED,
        finished=draft.at,
        settled=draft.at,
        reason=payload.reason,
        overridden=payload.override,
    )


def _rehearsed(draft: Draft, event: Event, payload: e.StepRehearsed) -> None:
    draft.change(event.step or "", status=Status.REHEARSED, finished=draft.at, rehearsed=True)


def _ticked(draft: Draft, event: Event, payload: e.CheckTicked) -> None:
    draft.ticks[payload.node] = Tick(by=event.actor, at=draft.at, probe=bool(payload.probe),
                                     override=payload.override or "")  # fmt: skip


def _unticked(draft: Draft, event: Event, payload: e.CheckUnticked) -> None:
    draft.ticks.pop(payload.node, None)
    node = draft.outline.nodes.get(payload.node)
    item = node.item if node is not None else None
    if (payload.probe and not payload.reopens) or not isinstance(item, Check) or not item.required:
        return
    # Required means required: its work stays done, but it is over with another tick only.
    for id_ in draft.outline.holders(payload.node):
        if id_ in draft.outline.steps and draft.step(id_).status is Status.DONE:
            draft.change(id_, status=Status.WAITING)


def _note(draft: Draft, event: Event, payload: e.NoteAdded) -> None:
    draft.notes.append(Note(node=payload.node, text=payload.text, by=event.actor, at=draft.at))


def _told(draft: Draft, event: Event, payload: e.Told) -> None:
    draft.told |= {(payload.alarm, payload.rung, payload.channel)}


def _acknowledged(draft: Draft, event: Event, payload: e.AlarmAcknowledged) -> None:
    draft.acknowledged |= {payload.alarm}


def _signoff(draft: Draft, event: Event, payload: e.SignoffGiven) -> None:
    for_gate = _for_gate(draft, payload)
    kind = GATE if for_gate else SIGN_OFF
    late = bool(draft.outline.timed) and deadlines.late(
        draft.so_far(), payload.node, kind, draft.at
    )
    draft.signoffs.append(
        Signoff(
            node=payload.node,
            role=payload.role,
            decision=payload.decision,
            comment=payload.comment,
            by=event.actor,
            at=draft.at,
            seq=event.seq,
            for_gate=for_gate,
            signed_digest=payload.signed_digest,
            signature=payload.signature or "",
            late=late,
            instead=payload.instead or 0,
            heads=payload.heads or {},
        )
    )


def _pull_seen(draft: Draft, event: Event, payload: e.PullSeen) -> None:
    draft.pulls[payload.number] = payload


def _for_gate(draft: Draft, payload: e.SignoffGiven) -> bool:
    """What was decided on; an event that does not say so was about the gate while it was shut."""
    if payload.kind:
        return payload.kind == "gate"
    node = draft.outline.nodes.get(payload.node)
    passed = payload.node in draft.opened_gates or payload.node in draft.overridden_gates
    return node is not None and node.gate is not None and not passed


def _gate_opened(draft: Draft, event: Event, payload: e.GateOpened) -> None:
    draft.opened_gates[payload.node] = event.seq
    draft.gates_at[payload.node] = draft.at


def _gate_overridden(draft: Draft, event: Event, payload: e.GateOverridden) -> None:
    draft.overridden_gates[payload.node] = payload.reason
    draft.gates_at[payload.node] = draft.at


def _asked_anew(draft: Draft, event: Event, payload: e.ApprovalAsked) -> None:
    draft.asked[key(payload.node, payload.kind)] = draft.at


def _armed(draft: Draft, event: Event, payload: e.UndoArmed) -> None:
    draft.change(event.step or "", undo=payload)


_HANDLERS: dict[type[Payload], Callable[[Draft, Event, Any], None]] = {
    e.RunStarted: _run_started,
    e.RunPaused: _run_paused,
    e.RunResumed: _run_resumed,
    e.RunFinished: _run_finished,
    e.RunSealed: _run_sealed,
    e.RunShared: _run_shared,
    e.VoteRefused: _vote_refused,
    e.PlanChanged: replanning.plan_changed,
    e.LeadHandedOver: _lead,
    e.StepStarted: _step_started,
    e.StepWaiting: _step_waiting,
    e.StepFinished: _step_finished,
    e.StepSkipped: _step_skipped,
    e.StepRehearsed: _rehearsed,
    e.CheckTicked: _ticked,
    e.CheckUnticked: _unticked,
    e.NoteAdded: _note,
    e.HandRaised: _hand_raised,
    e.HandLowered: _hand_lowered,
    e.Told: _told,
    e.AlarmAcknowledged: _acknowledged,
    e.Announced: announced,
    e.CommandStarted: commands.started,
    e.CommandFinished: commands.finished,
    e.EvidenceKept: commands.evidence,
    e.ParameterCaptured: commands.captured,
    e.SignoffGiven: _signoff,
    e.ApprovalAsked: _asked_anew,
    e.PullSeen: _pull_seen,
    e.GateOpened: _gate_opened,
    e.GateOverridden: _gate_overridden,
    e.UndoArmed: _armed,
    e.RollbackOpened: rollback.rollback_opened,
    e.RollbackClosed: rollback.rollback_closed,
    e.RollbackStarted: rollback.rollback_started,
    e.UndoStarted: rollback.undo_started,
    e.UndoAmended: rollback.undo_amended,
    e.UndoFinished: rollback.undo_finished,
    e.RollbackFinished: rollback.rollback_finished,
    e.WatchBreached: watches.breached,
    e.WatchCleared: watches.cleared,
    e.WatchUnknown: watches.unknown,
    e.WatchOverridden: watches.overridden,
    e.WatchSampled: watches.sampled,
    e.CheckProbed: watches.probed,
    e.SeveritySet: rollback.severity_set,
}
