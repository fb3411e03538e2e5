"""The part of the fold that a rollback, and what it is for, changes in a run."""

from __future__ import annotations

import dataclasses
from typing import Any

from runbook_tui.run import events as e
from runbook_tui.run.draft import Draft
from runbook_tui.run.events import Event
from runbook_tui.run.rollback_state import RollbackState, Severity
from runbook_tui.run.state import Amendment, Status, goes_on_since
from runbook_tui.run.voiding import (
    UNTOUCHED,
    inside_of,
    look_again,
    shut_gates,
    void,
    void_calls,
    void_stages,
)


def rollback_opened(draft: Draft, event: Event, payload: e.RollbackOpened) -> None:
    """Somebody looks at it."""
    if draft.rollback is None or not draft.rollback.active:
        draft.rollback = RollbackState(scope=payload.scope, opened=draft.at, by=event.actor)


def rollback_closed(draft: Draft, event: Event, payload: e.RollbackClosed) -> None:
    """It was left without a start, or is stopped after the undo that runs."""
    if draft.rollback is None:
        return
    if payload.stopped:
        draft.rollback = dataclasses.replace(draft.rollback, stopped=True)
    elif not draft.rollback.active:
        draft.rollback = None if draft.rollback.finished is None else draft.rollback


def rollback_started(draft: Draft, event: Event, payload: e.RollbackStarted) -> None:
    """What is ticked, called and said of how bad it is counts from where this rollback began."""
    now = draft.at
    opened = draft.rollback.opened if draft.rollback and not draft.rollback.finished else None
    opened = opened if opened is not None else now
    void_stages(draft, opened)
    since = goes_on_since(draft.ended, draft.steps)
    if since is None:
        since = draft.alarm if draft.alarm is not None else now
        void_calls(draft, min(since, opened))
        if draft.severity is not None and draft.severity.at < min(since, opened):
            draft.severity = None
    draft.rollback = RollbackState(
        seq=event.seq,
        scope=payload.scope,
        node=payload.node,
        opened=opened,
        started=now,
        since=since,
        steps=payload.steps,
        reached=draft.outline.reached(payload.node, payload.steps),
        past_floor=payload.past_floor,
        budget=payload.budget,
        by=event.actor,
        watch=payload.watch or "",
    )


def severity_set(draft: Draft, event: Event, payload: e.SeveritySet) -> None:
    """How bad it is, until somebody says otherwise."""
    said = Severity(level=payload.level, by=event.actor, at=draft.at)
    draft.severity = said if payload.level else None


def undo_started(draft: Draft, event: Event, payload: e.UndoStarted) -> None:
    """One undo begins, or is tried again."""
    id_ = event.step or ""
    step = draft.step(id_)
    if step.status is Status.UNDOING:
        return
    draft.change(id_, status=Status.UNDOING, before_undo=step.status, undo_seq=event.seq)
    if draft.rollback is not None and id_ in draft.rollback.results:
        # Another attempt: what became of the one before it is open again.
        draft.result(id_, None)


def undo_amended(draft: Draft, event: Event, payload: e.UndoAmended) -> None:
    """Another text is in place of an undo."""
    id_ = event.step or ""
    amendment = Amendment(
        text=payload.text,
        was=payload.was,
        reason=payload.reason,
        from_line=payload.from_line,
        by=event.actor,
        seq=event.seq,
    )
    draft.change(id_, amended=(*draft.step(id_).amended, amendment))


def undo_finished(draft: Draft, event: Event, payload: e.UndoFinished) -> None:
    """One undo is over: what it took back is pending again."""
    id_ = event.step or ""
    good = payload.result in {"done", "taken back"}
    fields: dict[str, Any] = {"undo_result": payload.result, "undo_reason": payload.reason}
    if payload.result == "failed":
        fields["status"] = Status.UNDO_FAILED
    elif not good and draft.step(id_).status is Status.UNDOING:
        fields["status"] = draft.step(id_).before_undo
    if good:
        for inner in inside_of(draft, id_):
            draft.change(inner, **UNTOUCHED)
            void(draft, inner)
        fields.update(UNTOUCHED)
        void(draft, id_)
    draft.change(id_, **fields)
    draft.result(id_, payload.result)


def rollback_finished(draft: Draft, event: Event, payload: e.RollbackFinished) -> None:
    """It is over, and the gates in its scope are shut."""
    if draft.rollback is None:
        return
    draft.rollback = dataclasses.replace(
        draft.rollback,
        finished=draft.at,
        result=payload.result,
        remaining=payload.remaining,
        seconds=payload.seconds,
    )
    draft.end_rollback()
    look_again(draft, draft.rollback.node)
    shut_gates(draft, draft.rollback.node)
    draft.fields.update(finished=None, result="")
