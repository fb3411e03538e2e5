"""A report from a run's events and its plan. Pure, but for the output that it is handed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Runbook, Watch
from runbook_tui.report.announced import elsewhere
from runbook_tui.report.attempts import Box, Ran
from runbook_tui.report.chart import nested, span_of
from runbook_tui.report.environments import environments
from runbook_tui.report.gathered import Gathered
from runbook_tui.report.gathering import gather
from runbook_tui.report.incidents import Alarm, Rollback
from runbook_tui.report.measured import plotted
from runbook_tui.report.model import Check, Decision, Due, Part, PlanTaken, Report, Seal, Value
from runbook_tui.report.people import effort, effort_elsewhere, people
from runbook_tui.report.replanned import plans_taken
from runbook_tui.report.rollbacks import rollbacks
from runbook_tui.run import events as e
from runbook_tui.run.active import active
from runbook_tui.run.counting import decided, lapsed
from runbook_tui.run.events import Actor, Event
from runbook_tui.run.fold import begin, fold
from runbook_tui.run.forecast import Slot, slots
from runbook_tui.run.frame import ClockSet, steadied
from runbook_tui.run.nodes import Kind, Node
from runbook_tui.run.order import closed
from runbook_tui.run.remaining import period
from runbook_tui.run.several import status_of
from runbook_tui.run.sources import told
from runbook_tui.run.state import Reads, RunState, unreadable
from runbook_tui.run.times import epoch
from runbook_tui.run.watching import limit_words

Lines = Callable[[str], tuple[str, ...] | None]
"""The last lines of a command's output by its folder; None where that is not kept any more."""

NOT_KEPT = "its output is not kept any more"


def nothing_kept(folder: str) -> tuple[str, ...] | None:
    """The lines of a command where nobody looks for them."""
    return None


def build(
    run: str,
    runbook: Runbook,
    events: Sequence[Event],
    *,
    now: float,
    reads: Reads = unreadable,
    verified: Check | None = None,
    lines: Lines = nothing_kept,
    proofs: Mapping[int, str] | None = None,
    remarks: Iterable[str] = (),
) -> Report:
    """Write down what the events say of a run of this plan.

    ``proofs`` say what proves a sign-off, by the number of its event; whose is not among them is
    only claimed. ``events`` begin with the start of the run.
    """
    events, jumps = steadied(events)
    state = fold(begin(run, runbook, reads), events)
    begun = state.begun
    assert begun is not None
    taken = list(plans_taken(begin(run, runbook, reads), events))
    runbook = state.runbook
    found = gather(state.outline, events, [outline for _, outline in taken], runbook.watches)
    found.commands = {id_: [_read(c, lines) for c in ran] for id_, ran in found.commands.items()}
    back = rollbacks(state.outline, events, found.commands, runbook)
    going = state.rolling_back or any(
        c.ended is None for ran in found.commands.values() for c in ran
    )
    last = state.last_at
    until = state.finished if state.finished is not None else (max(now, last) if going else last)
    taking_part = people(found, back, runbook.teams, until)
    planned = slots(state)
    parts = (
        *_spanned([_part(state, found, slot) for slot in planned], until),
        *_unplanned(state, found),
    )
    return Report(
        run=run,
        title=begun.title,
        source=begun.source,
        digest=begun.digest,
        folder=begun.folder,
        written=now,
        started=state.started,
        ended=_ended(state, back),
        until=until,
        result=_result(state, back),
        good=_good(state, back),
        lead=state.lead or events[0].actor,
        head=state.head,
        events=state.seq,
        rehearsal=begun.rehearse,
        commit=_commit(begun),
        seals=tuple(_seals(events, proofs or {})),
        planned=sum(slot.planned for slot in planned if slot.id in state.outline.steps
                    and not state.outline.is_group(slot.id)) or _whole(planned, state),
        active=active(state, until),
        windows=tuple(_windows(state, parts)),
        verified=verified,
        parts=parts,
        criteria=tuple(
            _box(state, found, state.outline[c.id]) for c in runbook.criteria
        ),
        rollbacks=back,
        looked=found.looked,
        decisions=tuple(_decisions(state, found, proofs or {}, [plan for plan, _ in taken])),
        overrides=tuple(found.overrides),
        plans=tuple(plan for plan, _ in taken),
        alarms=tuple(_alarm(a, runbook.watches) for a in found.alarms),
        announced=elsewhere(events),
        told=tuple(found.told),
        watched=len(runbook.watches),
        plotted=tuple(plotted(runbook.watches, events)),
        notes=tuple(found.notes),
        people=taking_part,
        effort=effort(runbook, taking_part),
        effort_elsewhere=effort_elsewhere(runbook),
        values=tuple(_values(state, events)),
        environments=environments(events),
        pauses=tuple(found.pauses),
        stopped=state.stopped,
        remarks=(*remarks, *map(_clock_set, jumps)),
    )  # fmt: skip


def _clock_set(jump: ClockSet) -> str:
    way = "forward" if jump.by > 0 else "back"
    return (
        f"the clock was set {way} by {spoken(abs(jump.by))} before event {jump.seq}: times before"
        " that are given as the clock has told them since, lengths are right"
    )


def _windows(state: RunState, parts: Iterable[Part]) -> Iterable[Due]:
    """The phases of which the plan says when they begin or are to be over."""
    spans = {part.id: part for part in parts}
    for phase in state.runbook.phases:
        if not (phase.starts or phase.ends):
            continue
        begins, due = period(state, phase)
        part = spans.get(phase.id)
        span = part.span if part is not None else None
        yield Due(
            phase=phase.id,
            title=phase.title,
            starts=phase.starts or "",
            ends=phase.ends or "",
            begins=begins,
            due=due,
            began=span[0] if span is not None else None,
            ended=span[1] if span is not None and closed(state, phase.id) else None,
        )


def _whole(planned: Iterable[Slot], state: RunState) -> float:
    """Planned seconds where only groups of steps say how long they take."""
    tops = [slot for slot in planned if not state.outline[slot.id].parent]
    return sum(slot.planned for slot in tops)


def _read(command: Ran, lines: Lines) -> Ran:
    found = lines(command.folder)
    return dataclasses.replace(
        command, lines=found, kept=NOT_KEPT if found is None and command.bytes else ""
    )


def _last(back: Sequence[Rollback], state: RunState) -> Rollback | None:
    """The rollback that the run ended with; None where anything was started after it."""
    if not back or any(step.started_seq > back[-1].seq for step in state.steps.values()):
        return None
    return back[-1]


def _ended(state: RunState, back: Sequence[Rollback]) -> float | None:
    if state.finished is not None:
        return state.finished
    last = _last(back, state)
    return last.ended if last is not None and last.result in {"complete", "incomplete"} else None


def _result(state: RunState, back: Sequence[Rollback]) -> str:
    if state.finished is not None:
        return state.result or "done"
    last = _last(back, state)
    words = {
        "complete": "rolled back",
        "incomplete": "rolled back, INCOMPLETE",
        "stopped": "rollback stopped",
        "running": "rollback not finished",
    }
    return words[last.result] if last is not None else "open"


def _good(state: RunState, back: Sequence[Rollback]) -> bool:
    last = _last(back, state)
    return state.result == "done" if last is None else last.result == "complete"


def _part(state: RunState, found: Gathered, slot: Slot) -> Part:
    node = state.outline[slot.id]
    skipped = found.skipped.get(slot.id)
    step = slot.id in state.outline.steps
    group = step and state.outline.is_group(slot.id)
    boxes = [n for n in map(state.outline.__getitem__, state.outline.children(slot.id))
             if n.kind in {Kind.CHECK, Kind.CRITERION}]  # fmt: skip
    return Part(
        id=slot.id,
        kind="group" if group else node.kind.value,
        title=node.title,
        depth=node.depth,
        status=_status(state, found, node),
        planned_from=slot.planned_from - state.started,
        planned=slot.planned,
        attempts=tuple(found.attempts.get(slot.id, ())),
        commands=tuple(found.commands.get(slot.id, ())),
        boxes=tuple(_box(state, found, n) for n in boxes),
        evidence=tuple(found.evidence.get(slot.id, ())),
        reason=skipped.reason if skipped is not None else state.step(slot.id).reason,
    )


def _spanned(parts: Sequence[Part], until: float) -> Iterable[Part]:
    """The parts, each that holds others with the time from the first to the last in it."""
    inside = nested(parts)
    for part in parts:
        spans = [span_of(a, until) for p in inside[part.id] for a in p.attempts]
        if part.attempts or not spans:
            yield part
        else:
            first, last = min(begin for begin, _ in spans), max(end for _, end in spans)
            yield dataclasses.replace(part, span=(first, last))


def _unplanned(state: RunState, found: Gathered) -> Iterable[Part]:
    """Steps that were carried out and that the plan, as far as it could be read, does not have."""
    ran = (id_ for id_, ran in found.commands.items() if any(c.kind != "stage" for c in ran))
    for id_ in dict.fromkeys((*found.attempts, *found.skipped, *ran)):
        if id_ in state.outline.steps:
            continue
        attempts = tuple(found.attempts.get(id_, ()))
        back = bool(attempts) and attempts[-1].undone is not None
        yield Part(id=id_, kind="step", title=found.title(id_), depth=0,
                   status="taken back" if back else state.step(id_).status.value,
                   attempts=attempts, commands=tuple(found.commands.get(id_, ())),
                   evidence=tuple(found.evidence.get(id_, ())))  # fmt: skip


def _status(state: RunState, found: Gathered, node: Node) -> str:
    if node.id not in state.outline.steps:
        return "closed" if closed(state, node.id) else "open"
    attempts = found.attempts.get(node.id, [])
    if attempts and attempts[-1].undone is not None:
        return "taken back"
    status = status_of(state, node.id)
    if status not in {"pending", "ready"}:
        return status.value
    return "open again" if attempts else "not begun"


def _box(state: RunState, found: Gathered, node: Node) -> Box:
    by, at, probe = found.ticks.get(node.id, (None, None, False))
    required = getattr(node.item, "required", True)
    return Box(
        node=node.id,
        title=node.title,
        by=by,
        at=at,
        required=bool(required),
        standing=node.id in state.ticks,
        probe=probe,
    )


def _commit(begun: e.RunStarted) -> str:
    if not begun.commit:
        return ""
    return f"{begun.commit}, which has the plan otherwise" if begun.uncommitted else begun.commit


def _seals(events: Iterable[Event], proofs: Mapping[int, str]) -> Iterable[Seal]:
    for event in events:
        if isinstance(event.payload, e.RunSealed):
            proof = proofs.get(event.seq, "")
            yield Seal(at=epoch(event.at), by=event.actor, events=event.payload.events,
                       head=event.payload.head, proof=proof)  # fmt: skip


def _decisions(
    state: RunState, found: Gathered, proofs: Mapping[int, str], plans: Iterable[PlanTaken]
) -> Iterable[Decision]:
    void = {seq for plan in plans for seq in plan.void}
    standing = {given.seq: given for given in state.signoffs}
    for event in found.signoffs:
        p = event.payload
        assert isinstance(p, e.SignoffGiven)
        given = standing.get(event.seq)
        why = f"void since the {'plan was changed' if event.seq in void else 'rollback'}"
        on = p.kind or "sign-off"
        if given is not None:
            on = "gate" if given.for_gate else "sign-off"
            latest = given.node not in state.outline or given in decided(
                state, given.node, gate=given.for_gate
            )
            why = "" if latest else "replaced by a later decision"
            if latest and given.approved and given.node in state.outline:
                why = lapsed(state, given)
        yield Decision(
            seq=event.seq,
            at=epoch(event.at),
            node=p.node,
            title=found.title(p.node),
            on=on,
            role=p.role,
            approved=p.decision == "approved",
            comment=p.comment,
            by=event.actor,
            proof=proofs.get(event.seq, ""),
            lapsed=why,
        )


def _alarm(alarm: Alarm, watches: Iterable[Watch]) -> Alarm:
    watch = next((w for w in watches if w.id == alarm.watch), None)
    if watch is None:
        return alarm
    unknown = alarm.remark.startswith("unknown")
    limit = "" if unknown else alarm.limit or limit_words(watch)
    return dataclasses.replace(alarm, title=watch.title, severity=watch.severity, limit=limit)


def _values(state: RunState, events: Iterable[Event]) -> Iterator[Value]:
    begun = state.begun
    assert begun is not None
    for name, source in begun.secrets.items():
        yield Value(name=name, value="", source=f"a secret, from {source}")
    for name, value in begun.parameters.items():
        source = told(begun.sources.get(name, "given at the start"))
        yield Value(name=name, value=value, source=source)
    for event in events:
        p = event.payload
        if isinstance(p, e.ParameterCaptured):
            of = f"put out by “{_title(state, event.step)}”" if event.step else told(p.source)
            unused = "" if p.usable else ", not used" + (f": {p.reason}" if p.reason else "")
            yield Value(name=p.name, value=p.value, source=of + unused)


def _title(state: RunState, id_: str) -> str:
    return state.outline[id_].title if id_ in state.outline else id_


def identity(who: Actor) -> str:
    """A person as they claim to be, with the operating system's account that acted."""
    account = f"{who.user}@{who.host}" if who.user or who.host else ""
    return f"{who.identity} (account {account})" if account else who.identity
