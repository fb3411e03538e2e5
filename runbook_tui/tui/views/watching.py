"""What a person keeps an eye on: watches as they are measured, targets, alerts, whom to call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from runbook_tui.book.durations import clock, spoken
from runbook_tui.book.model import Runbook, Watch
from runbook_tui.book.plain_text import printable
from runbook_tui.book.targets import NO_PROBE, how, unmeasured
from runbook_tui.frozen import frozen
from runbook_tui.run.announced import WORDS
from runbook_tui.run.prepare import substitute_plain
from runbook_tui.run.state import RunState
from runbook_tui.run.watch_deciding import BY_ITSELF, may_start_by_itself
from runbook_tui.run.watching import Standing, ago, limit_words, number
from runbook_tui.tui.views.gauges import GLYPHS, Gauge
from runbook_tui.tui.views.sparkline import BREACH, STEP, Mark, marks, sparkline
from runbook_tui.tui.views.tone import Line, length, spread

LONGEST = 300
NOTHING = "the plan names no watches, targets, alerts, contacts or escalations"
EFFECTS = {"alert": "a breach only alerts", "block": "a breach holds gates and criteria shut",
           "propose-rollback": "a breach proposes a rollback"}  # fmt: skip
LOGIN = re.compile(r"(?<=//)[^/@\s]*@")


@frozen(kw_only=False)
class Row:
    """A row of the screen, and the watch that it is about."""

    line: Line
    watch: str = ""


def rows(state: RunState, found: Sequence[Gauge], now: float, width: int) -> list[Row]:
    """A few rows for each watch, then what else the plan says about it."""
    book = state.runbook
    made: list[Row] = []
    if found:
        made.append(Row([(" Watches", "strong")]))
    for gauge in found:
        made += [Row(line, gauge.watch.id) for line in _gauge(state, gauge, now, width)]
    made += [Row(line) for line in announced(state, now)]
    made += [Row(line) for line in _beside(book)]
    return made or [Row([(f" {NOTHING}", "dim")])]


def _gauge(state: RunState, gauge: Gauge, now: float, width: int) -> Iterator[Line]:
    glyph, tone = GLYPHS[gauge.standing]
    lasts = f" {clock(max(0.0, now - gauge.since))}" if gauge.since is not None else ""
    left: Line = [(f"   {glyph} ", tone), (f"{gauge.title}  ", "strong"), (gauge.number, tone),
                  (f"  {gauge.word}{lasts}", tone)]  # fmt: skip
    limit = f"breached {limit_words(gauge.watch)}"
    age = "no sample yet" if gauge.age is None else f"{ago(gauge.age)} "
    fits = length([*left, ("  ", "plain"), (limit, "dim"), (f" {age}", "dim")]) <= width
    yield spread([*left, (f"  {limit}", "dim")] if fits else left, [(age, "dim")], width)
    if not fits:
        yield [(f"     {limit}", "dim")]
    if gauge.trouble and gauge.standing is not Standing.GOOD:
        yield [(f"     {printable(gauge.trouble, LONGEST)}", tone)]
    if gauge.recorded.overridden:
        by = gauge.recorded.overridden_by
        who = printable(by.name, 40) if by is not None else "the lead"
        words = f"     overridden by {who}: {printable(gauge.recorded.overridden, LONGEST)}"
        yield [(words, "cyan")]
    yield from _drawn(state, gauge, now, width)
    watch = gauge.watch
    parts = [printable(watch.severity, 40), _effect(state, watch)]
    if watch.respond_within is not None:
        parts.append(f"respond within {spoken(watch.respond_within)}")
    often = gauge.every or watch.every
    if often is not None:
        parts.append(f"every {spoken(often) if often >= 1 else f'{often:g} s'}")
    yield [(f"     {' · '.join(parts)}", "dim")]
    yield [("     ", "plain"), ("$ " if watch.probe.run else "", "accent"), (probe(watch), "dim")]
    if link := dashboard(state, watch):
        yield [("     o", "key"), (f" opens {printable(link, LONGEST)}", "dim")]


def _effect(state: RunState, watch: Watch) -> str:
    if watch.on_breach != BY_ITSELF:
        return EFFECTS.get(watch.on_breach, watch.on_breach)
    if may_start_by_itself(state):
        return "a breach rolls back by itself"
    return "a breach proposes a rollback (none by itself: not started so)"


def _drawn(state: RunState, gauge: Gauge, now: float, width: int) -> Iterator[Line]:
    """The samples since the run began, and below them when steps began and it was breached."""
    room = width - 26
    if not gauge.points or room < 10:
        return
    start = min(state.started, gauge.points[0].at) if state.started else gauge.points[0].at
    often = gauge.every or gauge.watch.every or 0.0
    values = [p.value for p in gauge.points if p.value is not None]
    span = f"{number(min(values))}–{number(max(values))}" if values else ""
    yield spread([("     ", "plain"), *sparkline(gauge.points, start, now, room, often)],
                 [(f"{span} ", "dim")], width)  # fmt: skip
    found = [Mark(step.started, STEP, "busy") for step in state.steps.values()
             if step.started is not None]  # fmt: skip
    for before, point in zip((None, *gauge.points), gauge.points, strict=False):
        if point.standing is Standing.BREACHED and (
            before is None or before.standing is not Standing.BREACHED
        ):
            found.append(Mark(point.at, BREACH, "bad"))
    if found:
        yield spread([("     ", "plain"), *marks(found, start, now, room)],
                     [("^ step  ! breach ", "dim")], width)  # fmt: skip


def dashboard(state: RunState, watch: Watch) -> str:
    """The address that the plan names for it, with its values; empty where none is good."""
    link, missing = substitute_plain(watch.dashboard, state.values)
    try:
        good = urlsplit(link).scheme in {"http", "https"} and bool(urlsplit(link).hostname)
    except ValueError:
        good = False
    return link if good and not missing else ""


def probe(watch: Watch) -> str:
    """What is asked, as the plan has it; a login in an address is nobody's business."""
    if watch.probe.run is not None:
        return printable(watch.probe.run, LONGEST)
    values = watch.probe.prometheus or watch.probe.http or {}
    return printable("  ".join(LOGIN.sub("***@", str(v)) for v in values.values()), LONGEST)


ANNOUNCED = {"opening": ("◇", "warn"), "open": ("●", "good"), "closed": ("○", "dim"),
             "left": ("○", "warn")}  # fmt: skip
SAID = {"opening": "being opened", "left": "taken away there; not opened again"}


def announced(state: RunState, now: float) -> Iterator[Line]:
    """What is opened elsewhere with the run, and how that stands."""
    book, rehearsal = state.runbook, state.rehearsal
    ids = dict.fromkeys([*(one.id for one in book.announcements), *state.announced])
    if ids:
        yield [(" Announced elsewhere", "strong")]
    plan = {one.id: one for one in book.announcements}
    for id_ in ids:
        found = state.announced.get(id_)
        if found is None:
            one = plan[id_]
            what = f"{WORDS.get(one.form, one.form)}, "
            later = (
                "not opened yet" if not one.applies_to else f"during {', '.join(one.applies_to)}"
            )
            said = "nothing is announced in a rehearsal" if rehearsal else later
            yield [("   ○ ", "dim"), (_said(id_), "strong"), (f"  {what}{_said(said)}", "dim")]
            continue
        glyph, tone = ANNOUNCED.get(found.word, ("○", "dim"))
        lasts = f" for {clock(max(0.0, now - found.since))}" if found.word == "open" else ""
        yield [(f"   {glyph} ", tone), (_said(id_), "strong"), (f"  {_said(found.what)}  ", "dim"),
               (f"{SAID.get(found.word, found.word)}{lasts}", tone)]  # fmt: skip
        if found.trouble:
            yield [(f"     {_said(found.trouble)}; it is tried again", "warn")]


def _beside(book: Runbook) -> Iterator[Line]:
    for heading, found in (
        ("Targets", _targets(book)),
        ("Alerts", _alerts(book)),
        (
            "Who answers",
            ([(f"   {_said(c.role)}: {_said(c.who)}", "plain")] for c in book.contacts),
        ),
        ("Escalation", _escalations(book)),
    ):
        lines: list[Line] = list(found)
        if lines:
            yield [(f" {heading}", "strong")]
            yield from lines


def _targets(book: Runbook) -> Iterator[Line]:
    bare = list(unmeasured(book))
    for target in book.thresholds:
        unit = f" {_said(target.unit)}" if target.unit else ""
        value = f"{target.op} {target.value:g}{unit}" if target.value is not None else ""
        line: Line = [(f"   {_said(target.name)}  ", "plain"), (value, "accent")]
        if target.current is not None:
            line.append((f"  {target.current:g}{unit} when the plan was written", "dim"))
        if target in bare:
            line.append((f"  {NO_PROBE}", "warn"))
        yield line
    if bare:
        first = _said(how(bare[0]))
        yield [("   measured by an overlay (runbook annotate writes one) with: ", "dim"),
               (first, "accent")]  # fmt: skip
        if book.format == "markdown":
            yield [("   or behind the target in the plan: ", "dim"),
                   ('<!-- runbook: probe="…" every="30s" -->', "accent")]  # fmt: skip


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
