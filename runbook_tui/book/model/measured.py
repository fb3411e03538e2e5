"""What is measured, what it is held against, and what that means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from runbook_tui.book.model.nodes import Placed
from runbook_tui.frozen import frozen


@frozen
class Probe:
    """How a watch measures: exactly one of the three. ``headers`` go with what it asks a server."""

    run: str | None = None
    http: Mapping[str, str] | None = None
    prometheus: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@frozen
class Watch(Placed):
    """A probe sampled every ``every`` seconds and held against a threshold.

    ``every`` is None where the cadence of its phase counts. It is breached by ``samples`` in a row
    below, above or equal to a number, or by more than ``failure_limit`` that were not in a row;
    clear again by ``clears_for`` in a row, beyond ``clears_above`` or ``clears_below`` where these
    are given. So many as ``error_limit`` that cannot be read in a row are told as an event.
    ``applies_to`` are the phases, changes and steps during which it matters; none: the whole run.
    """

    id: str
    title: str
    probe: Probe
    every: float | None = None
    timeout: float | None = None
    below: float | None = None
    above: float | None = None
    equal: float | None = None
    samples: int = 1
    clears_above: float | None = None
    clears_below: float | None = None
    clears_for: int | None = None
    failure_limit: int | None = None
    error_limit: int = 3
    unreadable: str = "unknown"
    severity: str = "high"
    respond_within: float | None = None
    on_breach: str = "alert"
    notify: bool = True
    """Whether people are told of a breach as of any alarm: the ladders, `Tell`."""
    applies_to: tuple[str, ...] = ()
    dashboard: str = ""
    unit: str = ""
    target: str = ""
    """The name of the `Threshold` that it measures, which gives its limits and unit."""


@frozen
class Threshold(Placed):
    """A target without a probe. ``group`` is the title that it stands below, if any."""

    name: str
    op: str = ">"
    value: float | None = None
    unit: str = ""
    current: float | None = None
    group: str = ""


@frozen
class Alert(Placed):
    """A condition to react to, and how fast."""

    severity: str
    condition: str
    respond_within: float | None = None
