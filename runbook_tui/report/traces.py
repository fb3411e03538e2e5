"""A run as OpenTelemetry spans: run, phases, changes, steps, commands, rollbacks and their undos.

They are made of a report, thus of the events: a run that is long over can be exported again and
gives the same spans with the same ids. What is written is the JSON of the OpenTelemetry protocol,
one request a line, as its file exporters write it and its collectors take it over HTTP. Commands'
texts, their output and values are not in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from runbook_tui.report.attempts import Attempt, Ran
from runbook_tui.report.incidents import Rollback
from runbook_tui.report.model import Part, Report

INTERNAL = 1
UNSET, OK, ERROR = 0, 1, 2
BACK = frozenset({"undo", "verify_undo"})
"""Commands of a rollback."""
SCOPE = "runbook_tui"
GOOD = frozenset({"done", "waiting", "running", "complete", "taken back", "stays", "none",
                  "rehearsed"})  # fmt: skip
Value = str | bool | int | float
Span = dict[str, Any]


def to_otlp(report: Report, version: str = "") -> str:
    """The whole run as one request in one line, ASCII only."""
    return json.dumps(to_request(report, version), ensure_ascii=True) + "\n"


def to_request(report: Report, version: str = "") -> dict[str, Any]:
    """The same as values: an ``ExportTraceServiceRequest``."""
    scope = {"name": SCOPE, **({"version": version} if version else {})}
    resource = {"attributes": _attributes({"service.name": "runbook", "runbook.run": report.run})}
    spans = list(_Spans(report).all())
    _reach_around(spans)
    return {
        "resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": spans}]}]
    }


class _Spans:
    """The spans of one report; ids hang on the run and on what a span is about, on nothing else."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._trace = _id(16, report.run)

    def all(self) -> Iterator[Span]:
        """Every span, each after the one it lies in."""
        report = self._report
        root = self._span(
            "run", "", report.title, report.started, report.until, UNSET if report.ended is None
            else OK if report.good else ERROR,
            {
                "runbook.title": report.title, "runbook.source": report.source,
                "runbook.digest": report.digest, "runbook.head": report.head,
                "runbook.result": report.result, "runbook.lead": report.lead.identity,
                "runbook.rehearsal": report.rehearsal, "runbook.active_seconds": report.active,
                "runbook.planned_seconds": report.planned, "runbook.open": report.ended is None,
            },
        )  # fmt: skip
        root["events"] = list(self._moments())
        yield root
        yield from self._parts(root["spanId"])
        for number, rollback in enumerate(report.rollbacks, 1):
            yield from self._rollback(rollback, number, root["spanId"])

    def _parts(self, root: str) -> Iterator[Span]:
        """Document order: a part lies in the one above it that is less deep."""
        around: list[tuple[int, str]] = []
        for part in self._report.parts:
            while around and around[-1][0] >= part.depth:
                around.pop()
            parent = around[-1][1] if around else root
            inside = parent
            for span in self._part(part, parent):
                yield span
                if span["name"] == part.title:
                    inside = span["spanId"]
            around.append((part.depth, inside))

    def _part(self, part: Part, parent: str) -> Iterator[Span]:
        facts: dict[str, Value] = {"runbook.id": part.id, "runbook.kind": part.kind}
        if part.planned:
            facts["runbook.planned_seconds"] = part.planned
        if part.span is not None and not part.attempts:
            state = OK if part.status in {"closed", "done"} else UNSET
            yield self._span(f"part {part.id}", parent, part.title, *part.span, state,
                             {**facts, "runbook.status": part.status})  # fmt: skip
        for attempt in part.attempts:
            yield from self._attempt(part, attempt, facts, parent)

    def _attempt(
        self, part: Part, attempt: Attempt, facts: Mapping[str, Value], parent: str
    ) -> Iterator[Span]:
        end = attempt.ended if attempt.ended is not None else self._report.until
        span = self._span(
            f"step {attempt.seq}", parent, part.title, attempt.started, end,
            _status(attempt.result),
            {
                **facts, "runbook.attempt": attempt.number, "runbook.result": attempt.result,
                "runbook.by": attempt.by.identity, "runbook.taken_back": attempt.undone is not None,
            },
            attempt.reason if attempt.result not in GOOD else "",
        )  # fmt: skip
        yield span
        for command in part.commands:
            if self._belongs(command, part, attempt):
                yield self._command(command, span["spanId"])

    @staticmethod
    def _belongs(command: Ran, part: Part, attempt: Attempt) -> bool:
        """Whether a command ran in this attempt: it began after it, and before the next."""
        if command.kind in BACK:
            return False
        later = [a.seq for a in part.attempts if a.seq > attempt.seq]
        return attempt.seq < command.seq < min(later, default=command.seq + 1)

    def _command(self, command: Ran, parent: str) -> Span:
        end = command.ended if command.ended is not None else self._report.until
        return self._span(
            f"command {command.seq}", parent, command.kind, command.started, end,
            UNSET if command.ended is None else OK if command.ok else ERROR,
            {
                "runbook.kind": "command", "runbook.command": command.kind,
                "runbook.outcome": command.outcome, "runbook.bytes": command.bytes,
            },
        )  # fmt: skip

    def _rollback(self, rollback: Rollback, number: int, root: str) -> Iterator[Span]:
        until = self._report.until
        end = rollback.ended if rollback.ended is not None else until
        facts: dict[str, Value] = {
            "runbook.kind": "rollback", "runbook.scope": rollback.scope,
            "runbook.result": rollback.result, "runbook.by": rollback.by.identity,
            "runbook.trigger": rollback.trigger.kind,
            "runbook.decision_seconds": rollback.decision,
            "runbook.remaining": len(rollback.remaining),
        }  # fmt: skip
        if rollback.budget is not None:
            facts["runbook.budget_seconds"] = rollback.budget
        span = self._span(
            f"rollback {number}", root, "rollback", rollback.started, end,
            _status(rollback.result), facts,
        )  # fmt: skip
        yield span
        for undo in rollback.undos:
            if undo.started is None:
                continue
            end = undo.ended if undo.ended is not None else until
            found = self._span(
                f"undo {number} {undo.step}", span["spanId"], f"undo {undo.title}",
                undo.started, end, _status(undo.result),
                {"runbook.kind": "undo", "runbook.id": undo.step, "runbook.result": undo.result,
                 "runbook.attempts": undo.attempts},
                undo.reason if undo.result not in GOOD else "",
            )  # fmt: skip
            yield found
            for command in undo.commands:
                yield self._command(command, found["spanId"])

    def _moments(self) -> Iterator[dict[str, Any]]:
        """What happened at one moment: sign-offs, what was done against the plan, alarms."""
        for given in self._report.decisions:
            yield _event(given.at, "signoff", {
                "runbook.id": given.node, "runbook.role": given.role,
                "runbook.approved": given.approved, "runbook.by": given.by.identity,
            })  # fmt: skip
        for one in self._report.overrides:
            yield _event(one.at, "override", {
                "runbook.what": one.what, "runbook.reason": one.reason,
                "runbook.by": one.by.identity,
            })  # fmt: skip
        for alarm in self._report.alarms:
            yield _event(alarm.began, "watch.breached", {"runbook.id": alarm.watch})

    def _span(
        self, key: str, parent: str, name: str, begin: float, end: float, status: int,
        facts: Mapping[str, Value], message: str = "",
    ) -> Span:  # fmt: skip
        return {
            "traceId": self._trace,
            "spanId": _id(8, f"{self._report.run} {key}"),
            **({"parentSpanId": parent} if parent else {}),
            "name": name,
            "kind": INTERNAL,
            "startTimeUnixNano": _nanoseconds(begin),
            "endTimeUnixNano": _nanoseconds(max(begin, end)),
            "attributes": _attributes(facts),
            "status": {"code": status, **({"message": message} if message else {})},
        }


def _reach_around(spans: list[Span]) -> None:
    """Let each span last as long as what lies in it: a command may outlive its step."""
    by_id = {span["spanId"]: span for span in spans}
    for span in reversed(spans):
        around = by_id.get(span.get("parentSpanId", ""))
        for name, widest in (("startTimeUnixNano", min), ("endTimeUnixNano", max)):
            if around is not None:
                around[name] = widest(around[name], span[name], key=int)


def _status(result: str) -> int:
    if result in {"running", "waiting"}:
        return UNSET
    return OK if result in GOOD else ERROR


def _event(at: float, name: str, facts: Mapping[str, Value]) -> dict[str, Any]:
    return {"timeUnixNano": _nanoseconds(at), "name": name, "attributes": _attributes(facts)}


def _attributes(facts: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in facts.items()]


def _value(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def _nanoseconds(seconds: float) -> str:
    # A float holds a time of today to some 200 ns: more digits would be made up.
    return f"{round(seconds * 1_000_000)}000"


def _id(size: int, text: str) -> str:
    """So many bytes in hex, never all zero; the same for the same text."""
    return hashlib.sha256(f"runbook {size} {text}".encode()).hexdigest()[: 2 * size]
