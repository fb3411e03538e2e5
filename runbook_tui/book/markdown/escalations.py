"""Who is told next: the lists below titles on escalation."""

from __future__ import annotations

from runbook_tui.book.markdown import words
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.model import Escalation


def escalations(root: Section) -> tuple[Escalation, ...]:
    """One ladder for each section on escalation that has a list, by the section's title."""
    found = []
    for section in root.walk():
        if section.role != "escalation":
            continue
        items = [item for listed in section.lists() for item in listed]
        ladder = tuple(name for item in items if (name := words.title(item.text.split("\n")[0])))
        if ladder:
            found.append(Escalation(topic=section.title, ladder=ladder, line=section.line))
    return tuple(found)
