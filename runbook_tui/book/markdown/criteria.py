"""Criteria: boxes and marked bullets of sections that say so."""

from __future__ import annotations

import dataclasses
import re

from runbook_tui.book.markdown import headings, words
from runbook_tui.book.markdown.numbers import phase_numbered
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.markdown.steps import Gathered
from runbook_tui.book.model import Check, Phase

NAMED = re.compile(r"criteri|critères|critérios|критерии|kriterien|标准|基準|条件", re.IGNORECASE)
"""In a title: what stands below are criteria, marked or not."""


def criteria_of(section: Section, gathered: Gathered) -> list[Check]:
    """The boxes and marked bullets right in a section of criteria."""
    own = bool(headings.CRITERIA.search(section.text)) and bool(NAMED.search(section.text))
    found = []
    for items in section.lists():
        for item in items:
            marked = item.box is not None or words.MARK.match(item.text)
            if item.text.strip() and (marked or own):
                title = words.title(item.text.splitlines()[0])
                found.append(Check(id=gathered.ids.make(title), title=title, line=item.line))
    return found


def with_criteria(
    root: Section, phases: tuple[Phase, ...], gathered: Gathered
) -> tuple[tuple[Phase, ...], tuple[Check, ...]]:
    """Criteria outside changes: of the phase that their heading numbers, else of the whole."""
    taken = ticked(phases)
    of_phase: dict[str, list[Check]] = {}
    overall: list[Check] = []
    for section in root.walk():
        if section.role != "criteria":
            continue
        lines = {i.line for items in section.lists() for i in items}
        if not lines or lines & taken:
            continue
        named = (phase_numbered(s.text, phases) for s in section.path())
        phase = next((p for p in named if p is not None), None)
        checks = criteria_of(section, gathered)
        if phase is not None:
            of_phase.setdefault(phase.id, []).extend(checks)
        else:
            overall += checks
    numbered = tuple(
        dataclasses.replace(p, criteria=(*p.criteria, *of_phase.get(p.id, ()))) for p in phases
    )
    return numbered, tuple(overall)


def ticked(phases: tuple[Phase, ...], overall: tuple[Check, ...] = ()) -> set[int]:
    """The lines of all boxes: criteria, and the checks of steps."""
    lines = {c.line for c in overall}
    lines |= {c.line for p in phases for c in p.criteria}
    lines |= {c.line for p in phases for x in p.changes for c in x.criteria}
    return lines | {c.line for p in phases for step in p.walk() for c in step.checks}
