"""What a plan says of its phases elsewhere: risk, effort, how often to look, when to be back."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from runbook_tui.book.markdown import words
from runbook_tui.book.markdown.estimates import any_duration
from runbook_tui.book.markdown.headings import ROLLBACK
from runbook_tui.book.markdown.numbers import phase_numbered
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.model import Phase

FIELD = re.compile(r"^(?P<name>[^:：\n]{1,40}?)\s?[:：]\s*(?P<value>\S.*)$")
RISK = re.compile(r"risk|risiko|riesgo|risque|风险", re.IGNORECASE)
OFTEN = re.compile(
    r"frequency|cadence|interval|häufigkeit|intervall|frecuencia|fréquence|频率", re.IGNORECASE
)
EVERY = re.compile(r"\b(?:every|alle|cada|toutes les)\s(?P<time>.{1,30})|(?P<per>\d+-second)",
                   re.IGNORECASE)  # fmt: skip
WITHIN = re.compile(
    r"\b(?:within|innerhalb(?: von)?|en menos de|en moins de)\s(?P<time>.{1,30})", re.IGNORECASE
)
EFFORT = re.compile(
    r"(?P<hours>\d{1,6}(?:\.\d)?)\s(?:person|man|staff)[- ]hours|(?P<personen>\d{1,6})\s"
    r"(?:Personenstunden|horas[- ]persona|heures[- ]personne)",
    re.IGNORECASE,
)


def with_facts(root: Section, phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """The phases with what sections that name them by number say; what they say themselves counts
    before that."""
    own = {p.line for p in phases}
    facts: dict[str, dict[str, object]] = {}
    for section in root.walk():
        if section.level == 0 or section.line in own:
            continue
        phase = phase_numbered(section.text[:80], phases)
        if phase is not None:
            for name, value in _facts(section):
                facts.setdefault(phase.id, {}).setdefault(name, value)
    return tuple(_added(p, facts.get(p.id, {})) for p in phases)


def _added(phase: Phase, facts: dict[str, object]) -> Phase:
    missing = {name: value for name, value in facts.items() if getattr(phase, name) is None}
    return dataclasses.replace(phase, **missing) if missing else phase  # type: ignore[arg-type]


def _facts(section: Section) -> Iterator[tuple[str, object]]:
    effort = EFFORT.search(words.plain(section.text))
    if effort is not None:
        yield "effort", f"{effort.group('hours') or effort.group('personen')}h"
    for item in (i for listed in section.lists() for i in listed):
        field = FIELD.match(words.plain(item.text.split("\n", 1)[0]))
        if field is None:
            continue
        name, value = field.group("name"), field.group("value")
        if RISK.search(name) and (risk := words.risk(value)) is not None:
            yield "risk", risk
        elif ROLLBACK.search(name) and (limit := WITHIN.search(value)) is not None:
            found = any_duration(limit.group("time"), item.line)
            if found is not None:
                yield "rollback_within", found.maximum
        elif OFTEN.search(name) and (every := EVERY.search(value)) is not None:
            text = (every.group("time") or every.group("per")).replace("-", " ")
            found = any_duration(text, item.line)
            if found is not None and found.maximum:
                yield "cadence", found.maximum
