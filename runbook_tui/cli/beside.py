"""What stands beside the undos of a rollback, as lines: its procedure, calls, the follow-up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runbook_tui import wiring
from runbook_tui.book.durations import spoken, window
from runbook_tui.book.model import Procedure
from runbook_tui.cli import say
from runbook_tui.run.calling import Call, calls, counted_from, overdue, pressing
from runbook_tui.run.follow_up import FollowUp, follow_up
from runbook_tui.run.offers import offers
from runbook_tui.run.procedures import Duty, duties
from runbook_tui.run.rollback import RollbackPlan, procedures_for, procedures_of
from runbook_tui.run.state import RunState

SHOWN = 3
"""Lines of a command that are shown unless all of it is asked for."""


def commands(text: str, *, whole: bool) -> Iterator[str]:
    """A command's lines under what they belong to."""
    lines = text.strip().splitlines()
    yield from (f"        {line}" for line in (lines if whole else lines[:SHOWN]))
    if len(lines) > SHOWN and not whole:
        yield f"        … {len(lines) - SHOWN} more lines, all with --plan"


def beside(state: RunState, planned: RollbackPlan, *, whole: bool) -> Iterator[str]:
    """All of it for a rollback that is looked at; ``whole``: everybody, and what comes after."""
    yield from procedures(state, planned.procedures, whole=whole)
    for offer in offers(state):
        yield f"  the plan keeps “{offer.title}”, which `runbook rollback` on a terminal offers"
        yield from commands(offer.text, whole=whole)
    if whole:
        yield from people(state)
        yield from recovery(state, procedures_for(state, planned, "recovery"))
        return
    first, then = pressing(calls(state), wiring.now(state))
    if first is not None:
        after = f", then {then.callee.title}" if then is not None else ""
        yield f"  call {first.callee.title}{after}  (all with --plan)"


def procedures(
    state: RunState, found: Iterable[Procedure], *, whole: bool = False
) -> Iterator[str]:
    """Stages and steps of procedures with their windows, ids, ticks and what they offer to run."""
    rollback, now = state.rollback, wiring.now(state)
    # What was ticked in an earlier rollback does not count for this one.
    counts = rollback is not None and rollback.finished is None
    since = rollback.started if counts and rollback is not None else None
    for procedure in found:
        yield f"  procedure: {procedure.title}"
        for duty in duties(state, (procedure,), since, now):
            yield f"    {_duty(duty, now, counts=counts)}"
            if duty.offer is not None:
                yield from commands(duty.offer.text, whole=whole)


def people(state: RunState) -> Iterator[str]:
    """Whom to call, with ids and when at the latest; nothing where the plan names nobody."""
    found, now = calls(state), wiring.now(state)
    if found:
        yield f"  call  (tick who was called: runbook tick {state.run} ID)"
    running = counted_from(state) is not None
    for call in found:
        yield f"    {_call(call, now, running=running)}"


def recovery(state: RunState, found: Iterable[Procedure]) -> Iterator[str]:
    """What will be followed up once the rollback is over."""
    for procedure in found:
        yield f"  afterwards: {procedure.title}"
        for duty in duties(state, (procedure,)):
            if duty.is_stage:
                yield f"    {_window(duty)}{duty.title}"


def followed_up(state: RunState) -> Iterator[str]:
    """What is left to do after the last rollback, with ids and when it is due."""
    found, now = follow_up(state), wiring.now(state)
    if found is None:
        return
    yield follow_up_words(found, now)
    above = ""
    for duty in found.duties:
        if duty.procedure != above:
            above = duty.procedure
            yield f"  {above}"
        yield f"    {_duty(duty, now, counts=True)}"
    if found.open:
        yield f"  tick them with: runbook tick {state.run} ID"


def follow_up_words(found: FollowUp, now: float) -> str:
    """``follow-up: 3 of 12 done, the next by 2026-01-02 03:04``."""
    words = f"follow-up: {found.of - len(found.open)} of {found.of} done"
    if found.due is None:
        return words
    if found.due < now:
        return f"{words}, overdue by {spoken(now - found.due)}"
    return f"{words}, the next by {say.moment(found.due)}"


def pressing_now(state: RunState, now: float) -> Iterator[tuple[str, str]]:
    """What a person should hear of while a rollback runs, each by an id: a stage whose window has
    closed while it is open, somebody whose turn has come to be called."""
    rollback = state.rollback
    if rollback is None or not rollback.active:
        return
    for duty in duties(state, procedures_of(state, rollback), rollback.started, now):
        if duty.is_stage and duty.overdue(now):
            yield duty.id, f"OVERDUE: “{duty.title}”, {duty.done} of {duty.of} done  ({duty.id})"
    for call in calls(state):
        left = call.left(now)
        if call.callee.after and left is not None and left <= 0 and not call.idle:
            yield call.callee.id, f"call now: {call.callee.title}  ({call.callee.id})"


def to_tick(state: RunState) -> list[str]:
    """All that can be ticked beside the plan's nodes now, a line each."""
    rollback = state.rollback
    lines: list[str] = []
    if rollback is not None and rollback.active:
        lines += procedures(state, procedures_of(state, rollback))
    return [*lines, *people(state), *followed_up(state)]


def _duty(duty: Duty, now: float, *, counts: bool) -> str:
    box = "☑" if duty.ticked and counts else "☐"
    indent = "" if duty.is_stage else "  "
    words = f"{indent}{box} {_window(duty) if duty.is_stage else ''}{duty.title}  ({duty.id})"
    if not counts:
        return words
    if duty.ticked is not None:
        late = f", {spoken(duty.late)} late" if duty.late else ""
        return f"{words}  {duty.ticked.by.name}, {say.clock(duty.ticked.at)}{late}"
    if duty.due is None or not duty.is_stage:
        return words
    if duty.overdue(now):
        return f"{words}  OVERDUE by {spoken(now - duty.due)}"
    return f"{words}  {'now, ' if duty.current else ''}by {say.moment(duty.due)}"


def _window(duty: Duty) -> str:
    return f"{window(duty.start, duty.end)}  " if duty.end is not None else ""


def _call(call: Call, now: float, *, running: bool) -> str:
    callee = call.callee
    answers = f" = {callee.answers}" if callee.answers else ""
    words = f"{'☑' if call.ticked else '☐'} {callee.who}{answers} ({callee.topic})  ({callee.id})"
    if call.ticked is not None:
        late = f", {spoken(call.late)} late" if call.late else ""
        return f"{words}  called by {call.ticked.by.name}, {say.clock(call.ticked.at)}{late}"
    if call.needless:
        return f"{words}  not needed any more"
    if not running:
        after = callee.after
        return f"{words}  after {spoken(after)}" if after else words
    if call.due is None or call.idle:
        return words
    if overdue(call, now):
        return f"{words}  OVERDUE by {spoken(now - call.due)}"
    return f"{words}  {'now' if call.due <= now else f'by {say.clock(call.due)}'}"
