"""What was read from a plan: as JSON values for programs, as an outline for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from runbook_tui.book.files import stamped
from runbook_tui.book.findings import Finding
from runbook_tui.book.model import Check, Gate, Phase, Placed, Runbook, Step

Row = dict[str, Any]


def shown(runbook: Runbook) -> Row:
    """The values of ``runbook show --json``, as the contract names them.

    ``source`` beside a line is the file that the line is in.
    """
    runbook = stamped(runbook, runbook.source)
    return {**_carried_out(runbook), **_around_it(runbook)}


def _carried_out(runbook: Runbook) -> Row:
    """What is done, and with which values."""
    return {
        "title": runbook.title,
        "phases": [
            {"id": p.id, "title": p.title, **_at(p), "risk": p.risk, "gate": _gate(p.gate)}
            for p in runbook.phases
        ],
        "changes": [
            {
                "id": c.id, "title": c.title, **_at(c), "phase": p.id,
                "pull_request": c.pull_request, "risk": c.risk, "status": c.status,
                "priority": c.priority, "days": c.days,
                "estimate": c.estimate.maximum / 60 if c.estimate else None,
            }
            for p in runbook.phases
            for c in p.changes
        ],
        "ticks": _in_order(_ticks(runbook)),
        "commands": [
            {
                "id": c.id, **_at(c), "language": c.language, "text": c.text,
                "runnable": c.runnable, "rollback": c.rollback, "step": c.step,
            }
            for c in runbook.commands
        ],
        "parameters": [
            {"name": p.name, "required": p.required, "secret": p.secret is not None,
             "lines": list(p.lines)}
            for p in runbook.parameters
        ],
        "environments": [
            {"name": e.name, **_at(e), "values": dict(e.values), "colour": e.colour,
             "production": e.production}
            for e in runbook.environments
        ],
    }  # fmt: skip


def _around_it(runbook: Runbook) -> Row:
    """What is said about it: how it is taken back, how long it takes, who is asked and called."""
    return {
        "rollback_sections": [
            {"title": s.title, **_at(s)} for s in runbook.rollback_sections
        ],
        "procedures": [_procedure(p) for p in runbook.procedures],
        "estimates": [
            {**_at(e), "text": e.text, "minutes_min": e.minimum / 60,
             "minutes_max": e.maximum / 60}
            for e in runbook.estimates
        ],
        "thresholds": [
            {"name": t.name, **_at(t), "op": t.op, "value": t.value, "unit": t.unit,
             "current": t.current}
            for t in runbook.thresholds
        ],
        "alerts": [
            {"severity": a.severity, "condition": a.condition, **_at(a),
             "respond_within_minutes": _minutes(a.respond_within)}
            for a in runbook.alerts
        ],
        "contacts": [{"role": c.role, "who": c.who, **_at(c)} for c in runbook.contacts],
        "escalations": [
            {"topic": e.topic, "ladder": list(e.ladder), "within_minutes": _minutes(e.within),
             **_at(e)}
            for e in runbook.escalations
        ],
        "gates": [
            {**_at(g), "approver": g.approver, "before": g.before} for g in runbook.gates
        ],
        "findings": [
            {"code": f.code, "severity": f.severity, **_at(f), "column": f.column,
             "related_line": f.related_line, "message": f.message}
            for f in runbook.findings
        ],
    }  # fmt: skip


def _in_order(ticks: Iterable[Row]) -> list[Row]:
    """By line, where all stand in one file: what closes a phase may stand before its steps."""
    found = list(ticks)
    if len({tick["source"] for tick in found}) > 1:
        return found
    return sorted(found, key=lambda tick: tick["line"])


def _at(item: Placed | Finding) -> Row:
    return {"line": item.line, "source": item.source}


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def _gate(gate: Gate | None) -> Row | None:
    if gate is None:
        return None
    return {"roles": list(gate.roles), "count": gate.count, "four_eyes": gate.four_eyes,
            "signed": gate.signed, "within_minutes": _minutes(gate.within),
            "github": gate.github}  # fmt: skip


def _procedure(p: Any) -> Row:
    return {
        "title": p.title, **_at(p), "kind": p.kind, "applies_to": list(p.applies_to),
        "stages": [
            {"title": s.title, **_at(s), "from_minute": s.from_minute,
             "to_minute": s.to_minute,
             "steps": [{"title": x.title, **_at(x)} for x in s.steps]}
            for s in p.stages
        ],
    }  # fmt: skip


def _ticks(runbook: Runbook) -> Iterator[Row]:
    for phase in runbook.phases:
        for part in phase.parts():
            if isinstance(part, Step):
                yield from _step_ticks(part, phase, phase.id)
                continue
            for step in part.steps:
                yield from _step_ticks(step, phase, part.id)
            yield from (_tick(c, "criterion", phase.id, part.id) for c in part.criteria)
        yield from (_tick(c, "criterion", phase.id, phase.id) for c in phase.criteria)
    yield from (_tick(c, "criterion", None, None) for c in runbook.criteria)
    for procedure in runbook.procedures:
        if procedure.kind == "rollback":
            for stage in procedure.stages:
                yield {"id": stage.id, "kind": "step", "title": stage.title, **_at(stage),
                       "phase": None, "parent": procedure.id}  # fmt: skip


def _step_ticks(step: Step, phase: Phase, parent: str) -> Iterator[Row]:
    yield {"id": step.id, "kind": "step", "title": step.title, **_at(step),
           "phase": phase.id, "parent": parent}  # fmt: skip
    yield from (_tick(c, "check", phase.id, step.id) for c in step.checks)
    for inner in step.steps:
        yield from _step_ticks(inner, phase, step.id)


def _tick(check: Check, kind: str, phase: str | None, parent: str | None) -> Row:
    return {"id": check.id, "kind": kind, "title": check.title, **_at(check),
            "phase": phase, "parent": parent}  # fmt: skip
