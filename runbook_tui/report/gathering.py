"""What happened in a run, gathered from its events: attempts, commands, boxes, decisions.

A state says how things stand now, and a rollback makes much of it as if it had never been. A
report says all that was, so it is gathered from the events themselves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Watch
from runbook_tui.report import measured, telling
from runbook_tui.report.attempts import Attempt, Evidence, Ran
from runbook_tui.report.gathered import Gathered, titles
from runbook_tui.report.incidents import Override, Remark
from runbook_tui.run import events as e
from runbook_tui.run.events import Actor, Event
from runbook_tui.run.outline import Outline
from runbook_tui.run.people import claimed
from runbook_tui.run.times import ended_at, epoch


def gather(
    outline: Outline,
    events: Iterable[Event],
    earlier: Sequence[Outline] = (),
    watches: Iterable[Watch] = (),
) -> Gathered:
    """Go through a run's events once; ``earlier`` are the plans that it had before."""
    plans = (*earlier, outline)
    expected = {id_: step.expect.exits for plan in plans for id_, step in plan.steps.items()}
    found = Gathered(titles(outline, watches, earlier), expected)
    for event in events:
        handler = _HANDLERS.get(type(event.payload))
        if handler is not None:
            handler(found, event, event.payload)
    return found


def _run_started(found: Gathered, event: Event, payload: e.RunStarted) -> None:
    found.did(event.actor, "led")


def _paused(found: Gathered, event: Event, payload: e.RunPaused) -> None:
    found.paused = epoch(event.at)


def _resumed(found: Gathered, event: Event, payload: e.RunResumed) -> None:
    if found.paused is not None:
        found.pauses.append((found.paused, epoch(event.at)))
        found.paused = None


def _lead(found: Gathered, event: Event, payload: e.LeadHandedOver) -> None:
    same = event.actor.name == payload.name and event.actor.email == payload.email
    found.did(event.actor if same else Actor(name=payload.name, email=payload.email), "led")


def _step_started(found: Gathered, event: Event, payload: e.StepStarted) -> None:
    id_ = event.step or ""
    found.skipped.pop(id_, None)
    found.did(event.actor, "ran steps")
    if payload.by and claimed(payload.by).key != event.actor.key:
        found.did(claimed(payload.by), "carried steps out")
    found.attempts.setdefault(id_, []).append(
        Attempt(
            number=payload.attempt,
            seq=event.seq,
            started=epoch(event.at),
            by=event.actor,
            out_of_order=payload.out_of_order,
        )
    )
    if payload.out_of_order:
        what = f"“{found.title(id_)}” was started out of order"
        found.overrides.append(_override(event, what, "the order of the plan is advice here"))


def _evidence(found: Gathered, event: Event, payload: e.EvidenceKept) -> None:
    found.evidence.setdefault(event.step or "", []).append(
        Evidence(seq=event.seq, name=payload.name, attempt=payload.attempt, bytes=payload.bytes,
                 digest=payload.digest, reason=payload.reason)
    )  # fmt: skip


def _step_waiting(found: Gathered, event: Event, payload: e.StepWaiting) -> None:
    found.again(event.step or "", ended=ended_at(event.at, payload.ended), result="waiting")


def _step_finished(found: Gathered, event: Event, payload: e.StepFinished) -> None:
    id_ = event.step or ""
    found.skipped.pop(id_, None)
    result = payload.result if payload.result == "done" else _broken(found, id_)
    attempts = found.attempts.get(id_)
    values: dict[str, Any] = {"result": result, "reason": payload.reason}
    if attempts and attempts[-1].result != "waiting":
        # What waited had ended: the time that a sign-off takes is not the step's.
        values["ended"] = ended_at(event.at, payload.ended)
    found.again(id_, **values)


def _broken(found: Gathered, id_: str) -> str:
    """What kind of failure it was, as its last command tells."""
    last = next(iter(found.commands.get(id_, [])[-1:]), None)
    return found.broken.get(last.seq, "failed") if last else "failed"


def _step_skipped(found: Gathered, event: Event, payload: e.StepSkipped) -> None:
    id_ = event.step or ""
    found.skipped[id_] = payload
    if payload.not_applicable:
        return
    found.did(event.actor, "left steps out")
    if payload.override:
        what = f"“{found.title(id_)}” was left out though the plan requires it"
        found.overrides.append(_override(event, what, payload.reason))


def _override(event: Event, what: str, reason: str) -> Override:
    return Override(seq=event.seq, at=epoch(event.at), what=what, reason=reason, by=event.actor)


def _ticked(found: Gathered, event: Event, payload: e.CheckTicked) -> None:
    found.ticks[payload.node] = (event.actor, epoch(event.at), bool(payload.probe))
    if payload.probe:
        return
    found.did(event.actor, "ticked")
    if payload.override or found.probes.get(payload.node) is False:
        what = f"“{found.title(payload.node)}” was ticked though its probe says otherwise"
        why = payload.override or "no reason is recorded for a tick"
        found.overrides.append(_override(event, what, why))


def _unticked(found: Gathered, event: Event, payload: e.CheckUnticked) -> None:
    found.ticks.pop(payload.node, None)


def _note(found: Gathered, event: Event, payload: e.NoteAdded) -> None:
    found.did(event.actor, "wrote notes")
    title = found.title(payload.node) if payload.node else ""
    found.notes.append(Remark(at=epoch(event.at), by=event.actor, title=title, text=payload.text))


def _pull_moved(found: Gathered, event: Event, payload: e.PullMoved) -> None:
    void = f"; what {', '.join(payload.voids)} signed of it counts no more" if payload.voids else ""
    text = f"seen: its head has moved from {payload.was[:10]} to {payload.head[:10]}{void}"
    title = f"pull request #{payload.number}"
    found.notes.append(Remark(at=epoch(event.at), by=event.actor, title=title, text=text))


def _pull_seen(found: Gathered, event: Event, payload: e.PullSeen) -> None:
    if payload.state != "merged":
        return
    text = f"seen: merged at {payload.head[:10]} by {payload.merged_by or 'somebody'} at GitHub"
    title = f"pull request #{payload.number}"
    found.notes.append(Remark(at=epoch(event.at), by=event.actor, title=title, text=text))


def _command_started(found: Gathered, event: Event, payload: e.CommandStarted) -> None:
    id_ = event.step or ""
    found.commands.setdefault(id_, []).append(
        Ran(
            seq=event.seq,
            step=id_,
            kind=payload.kind,
            attempt=payload.attempt,
            text=payload.text,
            started=epoch(event.at),
            folder=payload.folder,
            node=payload.node,
        )
    )


def _command_finished(found: Gathered, event: Event, payload: e.CommandFinished) -> None:
    ran = found.commands.get(event.step or "", [])
    for at, command in enumerate(ran):
        if command.folder != payload.folder:
            continue
        wanted = found.expected.get(event.step or "", (0,)) if command.kind == "run" else (0,)
        good = payload.exit in wanted and not payload.lost
        ran[at] = dataclasses.replace(
            command,
            ended=ended_at(event.at, payload.ended),
            ok=good,
            outcome=outcome(payload),
            seconds=payload.seconds,
            bytes=payload.bytes,
            dropped=payload.dropped,
            digest=payload.digest,
        )
        if payload.lost or payload.stopped:
            found.broken[command.seq] = "lost" if payload.lost else "stopped"
        if command.kind == "probe":
            found.probes[command.node] = good


def outcome(payload: e.CommandFinished) -> str:
    """How a command ended."""
    why = f" ({payload.reason})" if payload.reason else ""
    if payload.lost:
        return f"lost: its exit status is unknown{why}"
    if payload.timed_out:
        return f"ran out of time after {spoken(payload.seconds)}{why}"
    if payload.stopped:
        return f"stopped{why}"
    if payload.signal is not None:
        return f"ended by signal {payload.signal}{why}"
    return f"exit status {payload.exit}{why}"


def _signed(found: Gathered, event: Event, payload: e.SignoffGiven) -> None:
    found.signoffs.append(event)
    found.did(event.actor, "signed off")


def _gate_overridden(found: Gathered, event: Event, payload: e.GateOverridden) -> None:
    what = f"the gate of “{found.title(payload.node)}” was opened without its sign-offs"
    found.overrides.append(_override(event, what, payload.reason))


def _asked_anew(found: Gathered, event: Event, payload: e.ApprovalAsked) -> None:
    what = f"more time was given for the {payload.kind} of “{found.title(payload.node)}”"
    found.overrides.append(_override(event, what, payload.reason))


def _plan_changed(found: Gathered, event: Event, payload: e.PlanChanged) -> None:
    if payload.loosens:
        lost = ", ".join(f"“{title}”" for title in payload.loosens)
        what = f"a plan was taken over that asks less of {lost}"
        found.overrides.append(_override(event, what, payload.reason or ""))


def _opened(found: Gathered, event: Event, payload: e.RollbackOpened) -> None:
    found.looked += 1


def _rollback_started(found: Gathered, event: Event, payload: e.RollbackStarted) -> None:
    if not payload.watch:
        found.did(event.actor, "rolled back")
    if payload.past_floor:
        what = "the rollback went past what cannot be undone"
        found.overrides.append(_override(event, what, "asked for with the rollback"))


def _amended(found: Gathered, event: Event, payload: e.UndoAmended) -> None:
    id_ = event.step or ""
    how = (
        f"went on from line {payload.from_line}" if payload.from_line else "was replaced by another"
    )
    what = f"the undo of “{found.title(id_)}” {how}"
    reason = payload.reason or "what stands before that line was taken as done"
    found.overrides.append(_override(event, what, reason))


def _undo_finished(found: Gathered, event: Event, payload: e.UndoFinished) -> None:
    if payload.result in {"done", "taken back"}:
        at = epoch(event.at)
        attempts = found.attempts.get(event.step or "", [])
        attempts[:] = [
            a if a.undone else dataclasses.replace(a, undone=at, ended=a.ended or at)
            for a in attempts
        ]


_HANDLERS: dict[type[e.Payload], Callable[[Gathered, Event, Any], None]] = {
    e.RunStarted: _run_started,
    e.RunPaused: _paused,
    e.RunResumed: _resumed,
    e.LeadHandedOver: _lead,
    e.StepStarted: _step_started,
    e.EvidenceKept: _evidence,
    e.StepWaiting: _step_waiting,
    e.StepFinished: _step_finished,
    e.StepSkipped: _step_skipped,
    e.CheckTicked: _ticked,
    e.CheckUnticked: _unticked,
    e.NoteAdded: _note,
    e.CommandStarted: _command_started,
    e.CommandFinished: _command_finished,
    e.PullMoved: _pull_moved,
    e.PullSeen: _pull_seen,
    e.SignoffGiven: _signed,
    e.GateOverridden: _gate_overridden,
    e.ApprovalAsked: _asked_anew,
    e.PlanChanged: _plan_changed,
    e.RollbackOpened: _opened,
    e.RollbackStarted: _rollback_started,
    e.UndoAmended: _amended,
    e.UndoFinished: _undo_finished,
    e.WatchBreached: measured.breached,
    e.WatchCleared: measured.cleared,
    e.WatchUnknown: measured.unknown,
    e.WatchOverridden: measured.overridden,
    e.Told: telling.told,
    e.AlarmAcknowledged: telling.acknowledged,
    e.CheckProbed: measured.probed,
}
