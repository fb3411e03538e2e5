"""What was read from a plan: as JSON values for programs, as an outline for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runbook_tui.book.model import Check, Gate, Phase, Runbook, Step

Row = dict[str, Any]


def shown(runbook: Runbook) -> Row:
    """The values of ``runbook show --json``, as the contract names them."""
    return {
        "title": runbook.title,
        "phases": [
            {"id": p.id, "title": p.title, "line": p.line, "risk": p.risk, "gate": _gate(p.gate)}
            for p in runbook.phases
        ],
        "changes": [
            {
                "id": c.id, "title": c.title, "line": c.line, "phase": p.id,
                "pull_request": c.pull_request, "risk": c.risk, "status": c.status,
                "priority": c.priority, "days": c.days,
                "estimate": c.estimate.maximum / 60 if c.estimate else None,
            }
            for p in runbook.phases
            for c in p.changes
        ],
        "ticks": sorted(_ticks(runbook), key=lambda t: t["line"]),
        "commands": [
            {
                "id": c.id, "line": c.line, "language": c.language, "text": c.text,
                "runnable": c.runnable, "rollback": c.rollback, "step": c.step,
            }
            for c in runbook.commands
        ],
        "parameters": [
            {"name": p.name, "required": p.required, "secret": p.secret is not None,
             "lines": list(p.lines)}
            for p in runbook.parameters
        ],
        "rollback_sections": [
            {"title": s.title, "line": s.line} for s in runbook.rollback_sections
        ],
        "procedures": [_procedure(p) for p in runbook.procedures],
        "estimates": [
            {"line": e.line, "text": e.text, "minutes_min": e.minimum / 60,
             "minutes_max": e.maximum / 60}
            for e in runbook.estimates
        ],
        "thresholds": [
            {"name": t.name, "line": t.line, "op": t.op, "value": t.value, "unit": t.unit,
             "current": t.current}
            for t in runbook.thresholds
        ],
        "alerts": [
            {"severity": a.severity, "condition": a.condition, "line": a.line,
             "respond_within_minutes": _minutes(a.respond_within)}
            for a in runbook.alerts
        ],
        "contacts": [{"role": c.role, "who": c.who, "line": c.line} for c in runbook.contacts],
        "escalations": [
            {"topic": e.topic, "ladder": list(e.ladder), "within_minutes": _minutes(e.within),
             "line": e.line}
            for e in runbook.escalations
        ],
        "gates": [
            {"line": g.line, "approver": g.approver, "before": g.before} for g in runbook.gates
        ],
        "findings": [
            {"code": f.code, "severity": f.severity, "line": f.line, "column": f.column,
             "related_line": f.related_line, "message": f.message}
            for f in runbook.findings
        ],
    }  # fmt: skip


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def _gate(gate: Gate | None) -> Row | None:
    if gate is None:
        return None
    return {"roles": list(gate.roles), "count": gate.count, "four_eyes": gate.four_eyes,
            "signed": gate.signed, "within_minutes": _minutes(gate.within)}  # fmt: skip


def _procedure(p: Any) -> Row:
    return {
        "title": p.title, "line": p.line, "kind": p.kind, "applies_to": list(p.applies_to),
        "stages": [
            {"title": s.title, "line": s.line, "from_minute": s.from_minute,
             "to_minute": s.to_minute,
             "steps": [{"title": x.title, "line": x.line} for x in s.steps]}
            for s in p.stages
        ],
    }  # fmt: skip


def _ticks(runbook: Runbook) -> Iterator[Row]:
    for phase in runbook.phases:
        for change in phase.changes:
            for step in change.steps:
                yield from _step_ticks(step, phase, change.id)
            yield from (_tick(c, "criterion", phase.id, change.id) for c in change.criteria)
        for step in phase.steps:
            yield from _step_ticks(step, phase, phase.id)
        yield from (_tick(c, "criterion", phase.id, phase.id) for c in phase.criteria)
    yield from (_tick(c, "criterion", None, None) for c in runbook.criteria)
    for procedure in runbook.procedures:
        if procedure.kind == "rollback":
            for stage in procedure.stages:
                yield {"id": stage.id, "kind": "step", "title": stage.title, "line": stage.line,
                       "phase": None, "parent": procedure.id}  # fmt: skip


def _step_ticks(step: Step, phase: Phase, parent: str) -> Iterator[Row]:
    yield {"id": step.id, "kind": "step", "title": step.title, "line": step.line,
           "phase": phase.id, "parent": parent}  # fmt: skip
    yield from (_tick(c, "check", phase.id, step.id) for c in step.checks)
    for inner in step.steps:
        yield from _step_ticks(inner, phase, step.id)


def _tick(check: Check, kind: str, phase: str | None, parent: str | None) -> Row:
    return {"id": check.id, "kind": kind, "title": check.title, "line": check.line,
            "phase": phase, "parent": parent}  # fmt: skip
