"""Counts that disagree with what the plan has: “all 8 pull requests”, “the following 3 hosts:”."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from runbook_tui.book.findings import Finding
from runbook_tui.book.model import Change, Phase, Runbook, Step
from runbook_tui.book.sense.said import Said

NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "two|both|zwei|beide|dos|ambos|deux|两", "three|drei|tres|trois|三",
            "four|vier|cuatro|quatre|四", "five|fünf|cinco|cinq|五", "six|sechs|seis|六",
            "seven|sieben|siete|sept|七", "eight|acht|ocho|huit|八", "nine|neun|nueve|neuf|九",
            "ten|zehn|diez|dix|十",
        ),
        2,
    )
    for word in words.split("|")
}  # fmt: skip
_NUMBER = rf"(?P<number>\d{{1,3}}|{'|'.join(NUMBERS)})"
_ADJECTIVES = r"(?:[^\W\d_][\w-]*\s){0,2}"
_REQUESTS = r"(?:PRs|MRs|pull[- ]requests|merge[- ]requests)"
REQUESTS = re.compile(rf"\b{_NUMBER}\s{_ADJECTIVES}{_REQUESTS}\b", re.IGNORECASE)
PHASES = re.compile(rf"\b{_NUMBER}\s{_ADJECTIVES}(?:phases|phasen|fases|étapes|阶段)\b",
                    re.IGNORECASE)  # fmt: skip
ALL = re.compile(
    r"\b(?:all|total|both|insgesamt|gesamt\w{0,10}|alle|todos|todas|total(?:es)?|tous|toutes"
    r"|overall|altogether|consists? of|comprises?|contains?|umfasst|besteht aus|consta de"
    r"|comprend)\b|共|总共|全部",
    re.IGNORECASE,
)
FOLLOWING = re.compile(
    rf"(?:^|\b(?:the|these|following|folgenden?|los|las|siguientes|les)\s){_NUMBER}\s"
    rf"(?:following\s|folgenden\s|siguientes\s)?{_ADJECTIVES}(?P<noun>[^\W\d_]{{3,30}})"
    r"(?:\s(?:siguientes|suivante?s))?\s?[:：]\W*$",
    re.IGNORECASE,
)
UNITS = re.compile(
    r"^(?:seconds?|sekunden?|segundos?|secondes?|min\w*|hours?|stunden?|horas?|heures?|days?|tagen?"
    r"|días?|jours?|weeks?|wochen?|semanas?|semaines?|months?|monaten?|meses|mois|years?|times?|mal"
    r"|veces|fois|options?|ways?|percent|prozent)$",
    re.IGNORECASE,
)
"""What is counted here is no list: a time, or ways of which one is taken."""

OF = re.compile(
    r"\b(?:step|schritt|paso|étape|part|teil|phase|fase)\s(?P<at>\d{1,3})\s?(?:of|von|de|sur|/)\s?"
    r"(?P<total>\d{1,3})\b",
    re.IGNORECASE,
)
PHASE = re.compile(r"\b(?:phase|fase)\s{1,3}(\d{1,4})\b", re.IGNORECASE)
REQUEST = re.compile(r"^\W*(?P<key>[A-Z]{1,6}-[A-Z0-9]{1,6})\b")


def counts(runbook: Runbook, said: Iterable[Said]) -> Iterator[Finding]:
    """Every finding on counts."""
    named = _Named(runbook)
    for line in said:
        yield from _of_requests(line, named)
        yield from _of_phases(line, named)
        yield from _of_list(line)
    yield from _of_titles(runbook)


class _Named:
    """What a plan names: its numbered phases, and its pull requests, of each phase too."""

    def __init__(self, runbook: Runbook) -> None:
        found = [(PHASE.search(p.title), p) for p in runbook.phases]
        self.numbered = [p for match, p in found if match is not None]
        of_phases = {p.id: _requests(p.changes) for p in runbook.phases}
        self.of_number = {
            match.group(1): of_phases[p.id] for match, p in reversed(found) if match is not None
        }
        self.requests: set[str] = set().union(*of_phases.values())
        changes = (c.line for p in runbook.phases for c in p.changes)
        self.first_change = next(changes, None)


def _requests(changes: Iterable[Change]) -> set[str]:
    """The pull requests that changes are about: what they are called, else their number."""
    found = set()
    for change in changes:
        key = REQUEST.match(change.title)
        if key and (change.pull_request or re.match(r"[PM]R-", key.group("key"))):
            found.add(key.group("key"))
        elif change.pull_request:
            found.add(f"#{change.pull_request}")
    return found


def _of_requests(line: Said, named: _Named) -> Iterator[Finding]:
    text = line.text[:300]
    found = REQUESTS.search(text) if len(named.requests) > 1 else None
    if found is None or not ALL.search(text):
        return
    phase = next((m for t in line.titles if (m := PHASE.search(t))), None)
    known = named.requests if phase is None else named.of_number.get(phase.group(1), set())
    if known and _count(found) != len(known):
        yield _finding(
            line, named.first_change,
            f"“{found.group(0)}”: the plan has {len(known)}, {', '.join(sorted(known)[:9])}; what"
            " is not named here is carried out by nobody: add it, or set the number right",
        )  # fmt: skip


def _of_phases(line: Said, named: _Named) -> Iterator[Finding]:
    numbered, text = named.numbered, line.text[:300]
    found = PHASES.search(text) if len(numbered) > 1 and line.line < numbered[0].line else None
    if found is None or not (len(line.titles) < 2 or ALL.search(text)):
        return
    if _count(found) != len(numbered):
        yield _finding(
            line, numbered[-1].line,
            f"“{found.group(0)}”: the plan has {len(numbered)}; add what is missing, or set the"
            " number right",
        )  # fmt: skip


def _of_list(line: Said) -> Iterator[Finding]:
    """``The following 3 hosts:`` and a list of four."""
    found = FOLLOWING.search(line.text[-200:]) if line.items > 1 else None
    if found is None or UNITS.match(found.group("noun")):
        return
    if _count(found) != line.items:
        yield _finding(
            line, None,
            f"“{found.group(0).rstrip(' *_')}” and {line.items} in the list below; add what is"
            " missing, or set the number right",
        )  # fmt: skip


def _of_titles(runbook: Runbook) -> Iterator[Finding]:
    """``Step 2 of 5`` where there are four, or another title says six."""
    rows: dict[str, list[tuple[int, int, Said]]] = {}
    for phase in runbook.phases:
        items: list[Phase | Step] = [phase, *phase.walk()]
        for item in items:
            found = OF.search(item.title)
            if found is not None:
                row = rows.setdefault(phase.id if item is not phase else "", [])
                at = Said(line=item.line, text=item.title, source=item.source)
                row.append((int(found.group("at")), int(found.group("total")), at))
    for row in rows.values():
        total = row[0][1]
        odd = next((r for r in row if r[1] != total), None)
        last = max(row, key=lambda r: r[0])
        if odd is not None:
            yield _finding(odd[2], row[0][2].line, f"“{odd[2].text}”, and “{row[0][2].text}” says"
                           f" {total}; set one of the two right")  # fmt: skip
        elif last[0] != total and len(row) > 1:
            yield _finding(last[2], row[0][2].line, f"“{last[2].text}” is the last of them; add"
                           " what is missing, or set the number right")  # fmt: skip


def _count(found: re.Match[str]) -> int:
    text = found.group("number").lower()
    return int(text) if text.isdecimal() else NUMBERS[text]


def _finding(line: Said, related: int | None, message: str) -> Finding:
    return Finding(code="count-differs", severity="medium", line=line.line, source=line.source,
                   related_line=related, message=message)  # fmt: skip
