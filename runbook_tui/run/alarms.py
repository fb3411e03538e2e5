"""What takes too long, and who has to hear of it by when: worked out from events and the plan.

An alarm begins at a moment that follows from events: a step is over its estimate, a gate or
sign-off was not approved in time, a stage's window has closed, a watch is breached. It ends with
its cause, and nobody further up its ladder is told once somebody has acknowledged it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Escalation
from runbook_tui.frozen import frozen
from runbook_tui.run import requests as r
from runbook_tui.run.deadlines import all_pending
from runbook_tui.run.follow_up import follow_up
from runbook_tui.run.payload import Actor, Payload
from runbook_tui.run.people_events import AlarmAcknowledged
from runbook_tui.run.procedures import Duty, duties
from runbook_tui.run.remaining import estimated
from runbook_tui.run.requests import Refusal
from runbook_tui.run.rollback import procedures_of
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.watching import number

Pairs = list[tuple[Payload, str | None]]
OVERRUN, GATE, STAGE, BREACH = "overrun", "gate", "stage", "breach"
KINDS = (OVERRUN, GATE, STAGE, BREACH)
"""What a ladder can be for, by the word for it in a plan."""


@frozen
class Rung:
    """One rung of an alarm's ladder: who is told, and when (epoch seconds)."""

    number: int
    who: str
    due: float


@frozen
class Alarm:
    """Something takes too long ``since`` then; ``acknowledged``: somebody sees to it."""

    id: str
    kind: str
    node: str
    words: str
    since: float
    rungs: tuple[Rung, ...] = ()
    acknowledged: bool = False

    def due(self, now: float) -> tuple[Rung, ...]:
        """The rungs that have to be told by now."""
        return () if self.acknowledged else tuple(r for r in self.rungs if r.due <= now)

    def next(self, now: float) -> Rung | None:
        """Who is told next, unless somebody acknowledges it before."""
        return None if self.acknowledged else next((r for r in self.rungs if r.due > now), None)


def alarms(state: RunState, now: float) -> tuple[Alarm, ...]:
    """Everything that takes too long now, what began first first; nothing in a rehearsal."""
    if state.rehearsal or state.begun is None:
        return ()
    found = [*_stages(state, now)]
    if state.finished is None:
        found += _breaches(state)
        found += () if state.rolling_back else (*_overruns(state, now), *_gates(state, now))
    return tuple(sorted(found, key=lambda alarm: alarm.since))


def _overruns(state: RunState, now: float) -> Iterator[Alarm]:
    for id_ in sorted(state.busy & state.outline.steps.keys()):
        step, wanted = state.step(id_), estimated(state, id_)
        if step.status is not Status.RUNNING or step.started is None or not wanted:
            continue
        since = step.started + wanted
        if now > since:
            title = state.outline[id_].title
            yield _alarm(state, OVERRUN, id_, f"{OVERRUN} {id_} {step.attempt}", since,
                         f"“{title}” takes longer than {spoken(wanted)}")  # fmt: skip


def _gates(state: RunState, now: float) -> Iterator[Alarm]:
    for found in all_pending(state):
        if found.denied(now):
            # From the start of the run: that stays the same when the clock is set.
            name = f"{found.kind} {found.node} {round(found.since - state.started)}"
            title = state.outline[found.node].title
            words = f"the {found.kind} of “{title}” was not approved within {spoken(found.within)}"
            yield _alarm(state, GATE, found.node, name, found.until, words)


def _breaches(state: RunState) -> Iterator[Alarm]:
    """Of what was red before the start nobody is told, nor once the lead has overridden it."""
    for watch in state.runbook.watches if state.breached else ():
        found = state.watches.get(watch.id)
        if found is None or not found.breached or not watch.notify or found.since is None:
            continue
        if found.before_start or found.overridden:
            continue
        value = f" ({number(found.value, watch.unit)})" if found.value is not None else ""
        limit = found.breach.limit if found.breach is not None else ""
        words = f"{watch.severity}: “{watch.title}” is breached{value}, {limit or 'see w'}"
        yield _alarm(state, BREACH, watch.id, f"{BREACH} {watch.id} {found.seq}", found.since,
                     words)  # fmt: skip


def _stages(state: RunState, now: float) -> Iterator[Alarm]:
    for duty in _open_duties(state, now):
        if duty.is_stage and duty.overdue(now) and duty.due is not None:
            rollback = state.rollback if state.rolling_back else state.ended
            number = rollback.seq if rollback is not None else 0
            words = f"the time for “{duty.title}” of “{duty.procedure}” is over"
            yield _alarm(state, STAGE, duty.id, f"{STAGE} {duty.id} {number}", duty.due, words)


def _open_duties(state: RunState, now: float) -> tuple[Duty, ...]:
    rollback = state.rollback
    if rollback is not None and rollback.active:
        return duties(state, procedures_of(state, rollback), rollback.started, now)
    after = follow_up(state, now)
    return after.duties if after is not None else ()


def _alarm(
    state: RunState, kind: str, node: str, id_: str, since: float, words: str
) -> Alarm:  # fmt: skip
    ladder = ladder_for(state.runbook.escalations, kind)
    return Alarm(id=id_, kind=kind, node=node, words=words, since=since,
                 rungs=_rungs(ladder, since), acknowledged=id_ in state.acknowledged)  # fmt: skip


def ladder_for(ladders: tuple[Escalation, ...], kind: str) -> Escalation | None:
    """The ladder that is for a kind of alarm; where no ladder says what it is for, the first."""
    said = [ladder for ladder in ladders if ladder.on]
    if said:
        return next((ladder for ladder in said if kind in ladder.on), None)
    return ladders[0] if ladders else None


def _rungs(ladder: Escalation | None, since: float) -> tuple[Rung, ...]:
    """Without a ladder somebody has to hear of it all the same, once."""
    if ladder is None:
        return (Rung(number=1, who="", due=since),)
    names = ladder.ladder if ladder.within is not None else ladder.ladder[:1]
    within = ladder.within or 0.0
    return tuple(
        Rung(number=number, who=who, due=since + (number - 1) * within)
        for number, who in enumerate(names, 1)
    )


def find(state: RunState, named: str, now: float) -> Alarm | None:
    """The alarm that is meant: by its id, or of this node; with “” the oldest that is open."""
    open_ = [alarm for alarm in alarms(state, now) if not alarm.acknowledged]
    return next((a for a in open_ if named in {"", a.id, a.node}), None)


def acknowledge(state: RunState, q: r.Acknowledge, actor: Actor) -> Pairs | Refusal:
    """Somebody sees to it: who looked for the alarm knows that it is there."""
    if q.alarm in state.acknowledged:
        return Refusal(reason="somebody sees to that already", exit_code=0)
    return [(AlarmAcknowledged(alarm=q.alarm), None)]


def tell(state: RunState, q: r.RecordTold, actor: Actor) -> Pairs | Refusal:
    """Who was told what; once for each channel and rung."""
    if (q.told.alarm, q.told.rung, q.told.channel) in state.told:
        return Refusal(reason="that is recorded already", exit_code=0)
    return [(q.told, None)]
