"""Days that disagree: what a change says, what the plan's calendar says, and the week it is in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from runbook_tui.book.findings import Finding
from runbook_tui.book.model import Change, Phase, Placed, Runbook
from runbook_tui.book.sense.said import Said
from runbook_tui.frozen import frozen

_DAY = r"(?:day|tag|d[ií]a|jour)s?"
DAYS = re.compile(
    rf"\b{_DAY}\s{{0,2}}(?P<first>\d{{1,3}})(?:\s?(?:-|–|to|bis|a|à|und|and)\s?(?P<last>\d{{1,3}}))?",
    re.IGNORECASE,
)
ENTRY = re.compile(rf"^\W*(?=[^\W\d]*{DAYS.pattern})", re.IGNORECASE)
WEEK = re.compile(r"\b(?:week|woche|semana|semaine)\s{1,2}(?P<week>\d{1,3})\b", re.IGNORECASE)
COUNTED = re.compile(
    r"[(（\[]\s?(?P<count>\d{1,3})\s(?:days?|tage?|días?|jours?)\s?[)）\]]", re.IGNORECASE
)
KEY = re.compile(r"^\W*(?P<key>[A-Z][A-Z0-9]{0,9}-[A-Z0-9]{1,8})\b|#(?P<number>\d{1,7})\b")
WEEKDAYS = (
    "monday|montag|lunes|lundi", "tuesday|dienstag|martes|mardi",
    "wednesday|mittwoch|miércoles|mercredi", "thursday|donnerstag|jueves|jeudi",
    "friday|freitag|viernes|vendredi", "saturday|samstag|sábado|samedi",
    "sunday|sonntag|domingo|dimanche",
)  # fmt: skip
DATED = re.compile(
    rf"\b(?P<name>{'|'.join(WEEKDAYS)})\b[\s,(]{{1,3}}(?:den |el |le )?"
    r"(?:(?P<iso>\d{4}-\d\d-\d\d)|(?P<german>\d{1,2}\.\d{1,2}\.\d{4}))\b",
    re.IGNORECASE,
)


@frozen(kw_only=False)
class _Days:
    """The days of something: ``week`` is the one that it is said to be in."""

    line: int
    source: str
    first: int
    last: int
    week: int | None
    title: str = ""

    @property
    def words(self) -> str:
        """As a person would write it."""
        return f"day {self.first}" + (f"–{self.last}" if self.last > self.first else "")


def days(runbook: Runbook, said: Iterable[Said]) -> Iterator[Finding]:
    """Every finding on days."""
    entries: list[tuple[_Days, str]] = []
    for line in said:
        yield from _weekday(line)
        found = DAYS.match(line.text, _start(line.text)) if ENTRY.match(line.text) else None
        if found is not None:
            entries.append((_days(found, line, _week(line.titles)), line.text[found.end() :]))
    named = _by_key(entries)
    calendar: dict[int, list[_Days]] = {}
    for entry, _ in entries:
        if entry.week is not None:
            calendar.setdefault(entry.week, []).append(entry)
    for phase in runbook.phases:
        week = _week((phase.title,))
        told = False
        for change, stated in _changes(phase, week):
            finding = _against(change, stated, named)
            told = told or finding is not None
            if finding is not None:
                yield finding
        if week in calendar and not told:
            yield from _in_week(phase, week or 0, calendar[week or 0])
        yield from _counts(phase)


def _start(text: str) -> int:
    match = re.match(r"\W*", text)
    return match.end() if match else 0


def _days(found: re.Match[str], at: Said | Placed, week: int | None, title: str = "") -> _Days:
    first = int(found.group("first"))
    last = int(found.group("last") or first)
    return _Days(at.line, at.source, first, max(first, last), week, title)


def _week(titles: Iterable[str]) -> int | None:
    found = next((m for t in titles if (m := WEEK.search(t))), None)
    return int(found.group("week")) if found else None


def _keys(text: str) -> Iterator[str]:
    for match in re.finditer(r"\b[A-Z][A-Z0-9]{0,9}-[A-Z0-9]{1,8}\b|#\d{1,7}\b", text):
        yield match.group(0)


def _by_key(entries: list[tuple[_Days, str]]) -> dict[str, list[_Days]]:
    """The entries of the calendar that name each change."""
    found: dict[str, list[_Days]] = {}
    for entry, text in entries:
        for key in dict.fromkeys(_keys(text)):
            found.setdefault(key, []).append(entry)
    return found


def _changes(phase: Phase, week: int | None) -> Iterator[tuple[Change, _Days]]:
    for change in phase.changes:
        found = DAYS.search(change.days or "")
        if found is not None:
            line = change.estimate.line if change.estimate and change.estimate.line else change.line
            at = Placed(line=line, source=change.source)
            yield change, _days(found, at, week, change.title)


def _against(change: Change, stated: _Days, named: dict[str, list[_Days]]) -> Finding | None:
    """The first day that the calendar has for a change and the change has not."""
    key = KEY.search(change.title)
    names = [key.group("key") or f"#{key.group('number')}"] if key else []
    names += [f"#{change.pull_request}"] if change.pull_request else []
    for entry in (e for name in names for e in named.get(name, ())):
        if entry.line == stated.line or (stated.week and entry.week and stated.week != entry.week):
            continue
        if not stated.first <= entry.first <= stated.last:
            return Finding(
                code="days-differ", severity="medium", line=stated.line, source=stated.source,
                related_line=entry.line,
                message=f"“{change.title}” is on {stated.words} here and on {entry.words} in line"
                f" {entry.line}; set one of the two right",
            )  # fmt: skip
    return None


def _in_week(phase: Phase, week: int, entries: list[_Days]) -> Iterator[Finding]:
    """Days of a phase that the calendar gives to another week."""
    first, last = min(e.first for e in entries), max(e.last for e in entries)
    stated = [s for _, s in _changes(phase, week)]
    stated += [
        _days(found, step, week, step.title)
        for step in phase.walk() if (found := DAYS.search(step.title))
    ]  # fmt: skip
    for one in stated:
        if not first <= one.first <= one.last <= last:
            yield Finding(
                code="days-differ", severity="medium", line=one.line, source=one.source,
                related_line=entries[0].line,
                message=f"“{one.title}” is on {one.words}, and week {week} has the days {first} to"
                f" {last} (line {entries[0].line}); set one of the two right",
            )  # fmt: skip
            return


def _counts(phase: Phase) -> Iterator[Finding]:
    """``(5 days)`` in a title, and steps that span more or fewer."""
    items: list[Phase | Change] = [phase, *phase.changes]
    for item in items:
        count = COUNTED.search(item.title)
        steps = phase.walk() if isinstance(item, Phase) else item.steps
        found = [m for s in steps if (m := DAYS.search(s.title))] if count else []
        if count is None or len(found) < 2:
            continue
        spans = [(int(m.group("first")), int(m.group("last") or m.group("first"))) for m in found]
        total = max(s[1] for s in spans) - min(s[0] for s in spans) + 1
        if total != int(count.group("count")):
            yield Finding(
                code="days-differ", severity="medium", line=item.line, source=item.source,
                message=f"“{item.title}” is said to take {count.group('count')} days, and its steps"
                f" span {total}; set one of the two right",
            )  # fmt: skip


def _weekday(line: Said) -> Iterator[Finding]:
    """``Tuesday, 2025-09-11`` was a Thursday."""
    for match in DATED.finditer(line.text[:400]):
        try:
            date = _date(match)
        except ValueError:
            continue
        given = next(n for n, x in enumerate(WEEKDAYS) if match.group("name").lower() in x)
        if given != date.weekday():
            real = WEEKDAYS[date.weekday()].split("|", 1)[0].capitalize()
            yield Finding(
                code="days-differ",
                severity="medium",
                line=line.line,
                source=line.source,
                message=f"“{match.group(0)}” is a {real}; set the day or the date right",
            )


def _date(match: re.Match[str]) -> dt.date:
    if match.group("iso"):
        return dt.date.fromisoformat(match.group("iso"))
    day, month, year = map(int, match.group("german").split("."))
    return dt.date(year, month, day)
