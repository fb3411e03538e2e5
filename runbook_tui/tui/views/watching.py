"""What a person should keep an eye on: watches, targets, alerts, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Runbook, Watch
from runbook_tui.book.plain_text import printable
from runbook_tui.tui.views.tone import Line

LONGEST = 300
NOTHING = "the plan names no watches, targets, alerts, contacts or escalations"
UNREAD = "of a Markdown plan, watches, targets and alerts are not read by this version"
BY_HAND = " Not measured by this version: look for yourself, F9 brings it back"


def facts(book: Runbook) -> list[Line]:
    """A row for each thing the plan says about it; a heading before each kind."""
    rows: list[Line] = []
    for heading, found in (
        ("Watches", _watches(book)),
        ("Targets", _targets(book)),
        ("Alerts", _alerts(book)),
        (
            "Who answers",
            ([(f"   {_said(c.role)}: {_said(c.who)}", "plain")] for c in book.contacts),
        ),
        ("Escalation", _escalations(book)),
    ):
        lines = list(found)
        if lines:
            rows += [[(f" {heading}", "strong")], *lines]
    return rows or [[(f" {UNREAD if book.format == 'markdown' else NOTHING}", "dim")]]


def _watches(book: Runbook) -> Iterator[Line]:
    for watch in book.watches:
        yield [(f"   {_said(watch.title)}", "plain"), (f"  {limit(watch)}", "accent")]
        every = f" · every {spoken(watch.every)}" if watch.every is not None else ""
        often = f"{_said(watch.severity)}{every} · "
        yield [(f"     {often}", "dim"), ("$ " if watch.probe.run else "", "accent"),
               (_probe(watch), "dim")]  # fmt: skip


def limit(watch: Watch) -> str:
    """When it counts as breached, in words."""
    bounds = [
        f"{word} {value:g}"
        for word, value in (("below", watch.below), ("above", watch.above))
        if value is not None
    ]
    often = f", {watch.samples} times in a row" if watch.samples > 1 else ""
    return f"breached {' or '.join(bounds)}{often}" if bounds else "no limit"


def _probe(watch: Watch) -> str:
    if watch.probe.run is not None:
        return _said(watch.probe.run)
    values = watch.probe.prometheus or watch.probe.http or {}
    return _said("  ".join(str(value) for value in values.values()))


def _targets(book: Runbook) -> Iterator[Line]:
    for target in book.thresholds:
        unit = f" {_said(target.unit)}" if target.unit else ""
        value = f"{target.op} {target.value:g}{unit}" if target.value is not None else ""
        line: Line = [(f"   {_said(target.name)}  ", "plain"), (value, "accent")]
        if target.current is not None:
            line.append((f"  {target.current:g}{unit} when the plan was written", "dim"))
        yield line


def _alerts(book: Runbook) -> Iterator[Line]:
    for alert in book.alerts:
        line: Line = [(f"   {_said(alert.severity)}: ", "warn"), (_said(alert.condition), "plain")]
        if alert.respond_within is not None:
            within = f"within {spoken(alert.respond_within)}" if alert.respond_within else "at once"
            line.append((f"  respond {within}", "dim"))
        yield line


def _escalations(book: Runbook) -> Iterator[Line]:
    for step in book.escalations:
        line: Line = [
            (f"   {_said(step.topic)}: {' → '.join(_said(w) for w in step.ladder)}", "plain")
        ]
        if step.within is not None:
            line.append((f"  within {spoken(step.within)}", "dim"))
        yield line


def _said(text: str) -> str:
    return printable(text, LONGEST)
