"""Watches, targets and alerts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from runbook_tui.book.toml.schema.values import (
    Cadence,
    Duration,
    Number,
    Strings,
    Table,
    watch_title,
)


class HttpTable(Table):
    """What a watch asks over HTTP, and the field of the answer that it looks at."""

    url: str
    json_: Annotated[str | None, Field(alias="json")] = None
    measure: Literal["status", "seconds"] | None = None
    headers: dict[str, str] = {}


class PrometheusTable(Table):
    """What a watch asks a Prometheus server."""

    url: str
    query: str
    headers: dict[str, str] = {}


class WatchTable(Table):
    """A probe and its threshold."""

    id: str | None = None
    titled: str | None = None
    target: str | None = None
    title: Annotated[str, BeforeValidator(watch_title), Field(default=None, validate_default=True)]
    run: str | None = None
    http: HttpTable | None = None
    prometheus: PrometheusTable | None = None
    every: Cadence | None = None
    timeout: Cadence | None = None
    below: Number | None = None
    above: Number | None = None
    equal: Number | None = None
    for_: Annotated[int, Field(alias="for", ge=1)] = 1
    clears_above: Number | None = None
    clears_below: Number | None = None
    clears_for: Annotated[int, Field(ge=1)] | None = None
    failure_limit: Annotated[int, Field(ge=1)] | None = None
    error_limit: Annotated[int, Field(ge=1)] = 3
    unreadable: Literal["unknown", "breach"] = "unknown"
    applies_to: Strings = []
    dashboard: str | None = None
    unit: str | None = None
    severity: str = "high"
    respond_within: Duration | None = None
    on_breach: Literal["alert", "block", "propose-rollback", "rollback"] = "alert"
    notify: bool = True


class ThresholdTable(Table):
    """A target without a probe."""

    name: str
    above: Number | None = None
    at_least: Number | None = None
    below: Number | None = None
    at_most: Number | None = None
    exactly: Number | None = None
    unit: str = ""
    current: Number | None = None
    group: str = ""


class AlertTable(Table):
    """A condition to react to."""

    severity: str
    condition: str
    respond_within: Duration | None = None
