"""Thresholds that say two things, and such as are missed before anything has begun."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from runbook_tui.book.findings import Finding
from runbook_tui.book.measures import Measure, measure_in, misses, words_of
from runbook_tui.book.model import Alert, Check, Placed, Runbook, Threshold
from runbook_tui.frozen import frozen

MOST = 300
"""So many limits, and alerts, of a plan are held against one another: each against all others."""


@frozen(kw_only=False)
class _Stated:
    """A limit that holds for a part of the plan: () is the whole."""

    at: Placed
    measure: Measure
    scope: tuple[str, ...]
    group: frozenset[str]
    listed: bool

    def same(self, other: _Stated) -> bool:
        """Whether both are about one thing, in parts of the plan of which one holds the other."""
        mine, theirs = self.measure, other.measure
        shorter = min(len(self.scope), len(other.scope))
        return (
            self.scope[:shorter] == other.scope[:shorter]
            and mine.upward == theirs.upward
            and mine.size[0] == theirs.size[0]
            and bool(mine.about & theirs.about)
            and mine.about <= theirs.about | other.group
            and theirs.about <= mine.about | self.group
        )


def targets(runbook: Runbook) -> Iterator[Finding]:
    """Every finding on the thresholds of a plan."""
    stated = list(islice(_stated(runbook), MOST))
    measured = ((a, measure_in(a.condition)) for a in runbook.alerts[:MOST])
    alerts = [(a, m) for a, m in measured if m is not None]
    told: set[int] = set()
    for number, first in enumerate(stated):
        alike = [s for s in stated[number:] if s is first or first.same(s)]
        if number not in told and len({s.measure.size[1] for s in alike}) > 1:
            told |= {stated.index(s) for s in alike}
            yield from _differing(alike, alerts)
    yield from _missed(runbook.thresholds)
    yield from _always(stated, alerts)


RATING = re.compile(
    r"(?:good|poor|bad|ok|okay|fair|excellent|acceptable|needs improvement|slow|fast|warning"
    r"|critical|major|minor|high|medium|low|normal|target|goal|threshold|limit|minimum|maximum|min|max|green"
    r"|yellow|amber|red|gut|schlecht|ziel|bueno|malo|objetivo|bon|mauvais|良好|差|警告|严重)",
    re.IGNORECASE,
)
"""A name that only rates: of what, the title around it says, and it says it for each thing."""


def _stated(runbook: Runbook) -> Iterator[_Stated]:
    for item in runbook.thresholds:
        if item.value is not None and not RATING.fullmatch(item.name.strip()):
            about = words_of(item.name) | words_of(item.unit.partition(" ")[2])
            measure = Measure(item.name, about, item.op, item.value, item.unit)
            yield _Stated(item, measure, (), words_of(item.group), listed=True)
    yield from _criteria(runbook.criteria, ())
    for phase in runbook.phases:
        yield from _criteria(phase.criteria, (phase.id,))
        for change in phase.changes:
            yield from _criteria(change.criteria, (phase.id, change.id))


def _criteria(boxes: tuple[Check, ...], scope: tuple[str, ...]) -> Iterator[_Stated]:
    for box in boxes:
        measure = measure_in(box.title)
        if measure is not None:
            yield _Stated(box, measure, scope, frozenset(), listed=False)


def _differing(alike: list[_Stated], alerts: list[tuple[Alert, Measure]]) -> Iterator[Finding]:
    """One finding for each value but the one that is said most often."""
    count = Counter(s.measure.size[1] for s in alike)
    usual = max(
        count,
        key=lambda value: (
            count[value],
            any(s.listed for s in alike if s.measure.size[1] == value),
        ),
    )
    known = [s for s in alike if s.measure.size[1] == usual]
    main = next((s for s in known if s.listed), known[0])
    for value in count:
        if value == usual:
            continue
        odd = next(s for s in alike if s.measure.size[1] == value)
        about = f"“{main.measure.name}” must be {said(odd.measure)} here and {said(main.measure)}"
        alert = next((m for _, m in alerts if _is_of(m, main)), None)
        more = f", and its alert comes at {said(alert)}" if alert is not None else ""
        yield Finding(
            code="threshold-differs", severity="medium", line=odd.at.line, source=odd.at.source,
            related_line=main.at.line,
            message=f"{about} in line {main.at.line}{more}; say one value, else nobody knows"
            " whether it is met",
        )  # fmt: skip


def _missed(thresholds: tuple[Threshold, ...]) -> Iterator[Finding]:
    for item in thresholds:
        if item.value is None or item.current is None:
            continue
        if not misses(item.current, item.op, item.value):
            continue
        unit = item.unit.split(" ", 1)[0]
        yield Finding(
            code="threshold-missed", severity="medium", line=item.line, source=item.source,
            message=f"“{item.name}” must be {item.op} {item.value:g}{_unit(unit)} and is"
            f" {item.current:g}{_unit(unit)} already: it is red before the plan begins, so it"
            " cannot tell whether the plan went well; say what it has to reach and by when",
        )  # fmt: skip


def _always(stated: list[_Stated], alerts: list[tuple[Alert, Measure]]) -> Iterator[Finding]:
    """Alerts that come although the target is met."""
    for alert, measure in alerts:
        for target in stated:
            mine, theirs = measure, target.measure
            if mine.upward == theirs.upward or not _is_of(mine, target):
                continue
            met = mine.size[1] > theirs.size[1] if theirs.upward else mine.size[1] < theirs.size[1]
            if met:
                yield Finding(
                    code="alert-within-target", severity="medium", line=alert.line,
                    source=alert.source, related_line=target.at.line,
                    message=f"the alert “{alert.condition}” comes although “{theirs.name}” is"
                    f" {said(theirs)}, which is the target in line {target.at.line}; set one of"
                    " the two right",
                )  # fmt: skip
                break


def _is_of(alert: Measure, target: _Stated) -> bool:
    """Whether an alert is about what a target is about."""
    about = target.measure.about
    return (
        alert.size[0] == target.measure.size[0]
        and bool(about & alert.about)
        and about <= alert.about | target.group
        and alert.about <= about | target.group
    )


def said(measure: Measure) -> str:
    """A limit in short: ``> 99.5 %``."""
    return f"{measure.op} {measure.value:g}{_unit(measure.unit.split(' ', 1)[0])}"


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""
