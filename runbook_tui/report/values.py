"""A report as JSON values, for scripts: times in UTC as in the journal, lengths in seconds."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from runbook_tui.report.model import Report

FORMAT = 1
TIMES = frozenset({"at", "started", "ended", "opened", "began", "cleared", "written", "undone",
                   "until", "span", "begins", "due"})  # fmt: skip
"""Fields that are moments."""


def to_json(report: Report) -> str:
    """The whole report as one JSON object, ASCII only."""
    return json.dumps(to_values(report), ensure_ascii=True, indent=1) + "\n"


def to_values(report: Report) -> dict[str, Any]:
    """The report as JSON values: its fields under their names, and what is worked out of them."""
    body = {"format": FORMAT, **_of(report)}
    for values, one in zip(body["rollbacks"], report.rollbacks, strict=True):
        values.update(decision=one.decision, restored=one.restored, away=one.away)
    for values, part in zip(body["parts"], report.parts, strict=True):
        values.update(took=part.took, over_by=part.over_by)
    for values, line in zip(body["effort"], report.effort, strict=True):
        values.update(planned_cost=line.planned_cost, cost=line.cost)
    for values, given in zip(body["decisions"], report.decisions, strict=True):
        values.update(proven=bool(given.proof))
    return body


def _of(value: Any, name: str = "") -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _of(getattr(value, f.name), f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _of(inside) for key, inside in value.items()}
    if isinstance(value, tuple):
        return [_of(inside, "at" if name == "pauses" else name) for inside in value]
    if isinstance(value, float) and name in TIMES:
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
    return value
