"""Rollback and recovery procedures: labelled lists whose items are stages."""

from __future__ import annotations

import re

from runbook_tui.book.ids import Ids
from runbook_tui.book.markdown import words
from runbook_tui.book.markdown.blocks import Item
from runbook_tui.book.markdown.estimates import window
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.model import Phase, Procedure, Stage, StageStep

APPLIES = re.compile(
    r"\b(?:phases?|fases?|phasen?)\s+(\d+)(?:\s*(?:-|–|to|and|&)\s*(\d+))?", re.IGNORECASE
)


PERIOD = re.compile(
    r"\b(?:first|erste[rn]?|primer[ao]?|première?)\s+(?:(?P<many>\d{1,3})\s+)?"
    r"(?P<unit>hours?|days?|weeks?|stunden?|tage?n?|wochen?|horas?|d[ií]as?|semanas?"
    r"|heures?|jours?|semaines?)\b",
    re.IGNORECASE,
)
MINUTES = {"h": 60.0, "d": 1440.0, "t": 1440.0, "j": 1440.0, "w": 10080.0}
"""Minutes of a unit, by its first letter; hours, days and weeks in four languages."""


def procedures(root: Section, phases: tuple[Phase, ...], ids: Ids) -> tuple[Procedure, ...]:
    """Every procedure of the document, in order."""
    found = []
    for section in root.walk():
        kind = section.role
        if kind not in {"rollback", "recovery"}:
            continue
        found += [
            _procedure(section, items, kind, phases, ids)
            for items in section.lists()
            if items and all(i.ordered for i in items) and _staged(items, kind)
        ]
    return tuple(found)


def _staged(items: list[Item], kind: str) -> bool:
    if kind == "rollback":
        return any(window(i.text) for i in items)
    return all(any(b.kind == "list" for b in i.blocks) for i in items)


def _procedure(
    section: Section, items: list[Item], kind: str, phases: tuple[Phase, ...], ids: Ids
) -> Procedure:
    name = re.sub(r"\s*\([^)]*\)", "", section.title).rstrip(" :")
    return Procedure(
        id=ids.make(name),
        title=name,
        line=section.line,
        kind=kind,
        applies_to=_applies(section.text, phases),
        stages=tuple(_stage(item, ids, _period(section.text)) for item in items),
    )


def _applies(text: str, phases: tuple[Phase, ...]) -> tuple[str, ...]:
    match = APPLIES.search(text)
    if match is None:
        return ()
    first, last = int(match.group(1)), int(match.group(2) or match.group(1))
    return tuple(p.id for number, p in enumerate(phases, 1) if first <= number <= last)


def _period(text: str) -> tuple[float, float] | None:
    """“First Hour”, “First 3 Days”: the window of all that stands below it, in minutes."""
    match = PERIOD.search(text)
    if match is None:
        return None
    unit = match.group("unit").lower()
    size = 10080.0 if unit.startswith("sema") else 60.0 if unit.startswith("st") else None
    size = MINUTES[unit[0]] if size is None else size
    return 0.0, float(match.group("many") or 1) * size


def _stage(item: Item, ids: Ids, period: tuple[float, float] | None) -> Stage:
    title = words.without_notes(item.text.splitlines()[0])
    span = window(item.text) or period
    steps = tuple(
        StageStep(
            id=ids.make(words.title(inner.text)), title=words.title(inner.text), line=inner.line
        )
        for block in item.blocks
        if block.kind == "list"
        for inner in block.items
        if inner.text.strip()
    )
    return Stage(
        id=ids.make(title),
        title=title,
        line=item.line,
        from_minute=span[0] if span else None,
        to_minute=span[1] if span else None,
        steps=steps,
    )
