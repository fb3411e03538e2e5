"""A report from a run's events and its plan. Pure, but for the output that it is handed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Runbook, Watch
from runbook_tui.report.announced import elsewhere
from runbook_tui.report.course import Lines, course_of
from runbook_tui.report.decisions import decisions, seals
from runbook_tui.report.environments import environments
from runbook_tui.report.incidents import Alarm
from runbook_tui.report.measured import plotted
from runbook_tui.report.model import Check, Due, Part, Report, Value
from runbook_tui.report.parts import box_of, parts_of
from runbook_tui.report.people import effort, effort_elsewhere, people
from runbook_tui.run import events as e
from runbook_tui.run.active import active
from runbook_tui.run.events import Actor, Event
from runbook_tui.run.forecast import Slot, slots
from runbook_tui.run.frame import ClockSet
from runbook_tui.run.order import closed
from runbook_tui.run.remaining import period
from runbook_tui.run.sources import told
from runbook_tui.run.state import Reads, RunState, unreadable
from runbook_tui.run.watching import limit_words


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
    course = course_of(run, runbook, events, reads, lines, now)
    state, begun, found, until = course.state, course.begun, course.found, course.until
    runbook = course.runbook
    taking_part = people(found, course.rollbacks, runbook.teams, until)
    planned = slots(state)
    parts = parts_of(course, planned)
    return Report(
        run=run,
        title=begun.title,
        source=begun.source,
        digest=begun.digest,
        folder=begun.folder,
        written=now,
        started=state.started,
        ended=course.ended,
        until=until,
        result=course.result,
        good=course.good,
        lead=state.lead or course.events[0].actor,
        head=state.head,
        events=state.seq,
        rehearsal=begun.rehearse,
        commit=_commit(begun),
        seals=tuple(seals(course, proofs or {})),
        planned=_planned(planned, state),
        active=active(state, until),
        windows=tuple(_windows(state, parts)),
        verified=verified,
        parts=parts,
        criteria=tuple(box_of(state, found, state.outline[c.id]) for c in runbook.criteria),
        rollbacks=course.rollbacks,
        looked=found.looked,
        decisions=tuple(decisions(course, proofs or {})),
        overrides=tuple(found.overrides),
        plans=course.plans,
        alarms=tuple(_alarm(a, runbook.watches) for a in found.alarms),
        announced=elsewhere(course.events),
        told=tuple(found.told),
        watched=len(runbook.watches),
        plotted=tuple(plotted(runbook.watches, course.events)),
        notes=tuple(found.notes),
        people=taking_part,
        effort=effort(runbook, taking_part),
        effort_elsewhere=effort_elsewhere(runbook),
        values=tuple(_values(state, course.events)),
        environments=environments(course.events),
        pauses=tuple(found.pauses),
        stopped=state.stopped,
        remarks=(*remarks, *map(_clock_set, course.jumps)),
    )


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


def _planned(planned: Sequence[Slot], state: RunState) -> float:
    """Planned seconds of all steps; where only groups of them say how long they take, of those."""
    outline = state.outline
    steps = (s for s in planned if s.id in outline.steps and not outline.is_group(s.id))
    tops = (slot for slot in planned if not outline[slot.id].parent)
    return sum(slot.planned for slot in steps) or sum(slot.planned for slot in tops)


def _commit(begun: e.RunStarted) -> str:
    if not begun.commit:
        return ""
    return f"{begun.commit}, which has the plan otherwise" if begun.uncommitted else begun.commit


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
