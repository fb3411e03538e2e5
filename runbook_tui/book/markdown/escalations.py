"""Who is told next: the lists below titles on escalation; and whom to call, below contacts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook_tui.book.markdown import words
from runbook_tui.book.markdown.blocks import Item
from runbook_tui.book.markdown.estimates import any_duration
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.model import Contact, Escalation

CONTACTS = re.compile(
    r"\b(?:contacts|contact (?:list|info|information|details|persons?|points?)|kontakte|contactos"
    r"|ansprechpartner(?:innen)?|contatos|контакты|on-?call|who to call)\W*$"
    r"|\bcontacts? (?:and|&) |联系人|联系方式|連絡先|連絡体制",
    re.IGNORECASE,
)
ARROW = re.compile(r"\s*(?:→|⇒|->|=>|➜|➔)\s*")
NAMED = re.compile(r"^(?P<name>[^:：→\n]{1,80})[:：]\s+(?P<rest>\S[^\n]*)$")
LIMIT = re.compile(r"\s*[(（](?P<text>[^()（）]{0,60})[)）]\s*$")
AT_ONCE = re.compile(r"immediate|at once|sofort|inmediat", re.IGNORECASE)


def contacts(root: Section) -> tuple[Contact, ...]:
    """``Role: who``, in the lists of sections whose own title is about contacts."""
    found = []
    for section in root.walk():
        if not _about_contacts(section):
            continue
        for item, name, rest in _named(section):
            if not ARROW.search(rest):
                found.append(Contact(role=name, who=rest, line=item.line))
    return tuple(found)


def escalations(root: Section) -> tuple[Escalation, ...]:
    """A ladder for each item that is one, ``Topic: A → B (within 30 minutes)``; else one for each
    section on escalation that has a list, by the section's title."""
    found: list[Escalation] = []
    for section in root.walk():
        if section.role != "escalation":
            continue
        lines = {item.line: _ladder(name, rest, item) for item, name, rest in _named(section)
                 if ARROW.search(rest)}  # fmt: skip
        found += lines.values()
        people = _about_contacts(section)
        items = [item for listed in section.lists() for item in listed if item.line not in lines]
        if people:
            named = {item.line for item, _, _ in _named(section)}
            items = [item for item in items if item.line not in named]
        ladder = tuple(name for item in items if (name := words.title(item.text.split("\n")[0])))
        if ladder:
            found.append(Escalation(topic=section.title, ladder=ladder, line=section.line))
    return tuple(found)


def _about_contacts(section: Section) -> bool:
    return section.level > 1 and CONTACTS.search(section.title) is not None


def _named(section: Section) -> Iterator[tuple[Item, str, str]]:
    """Items of the section's lists that are a name, a colon, and what goes with it."""
    for item in (item for listed in section.lists() for item in listed):
        match = NAMED.match(words.plain(item.text.split("\n")[0]).strip())
        if match is not None:
            yield item, match.group("name").strip(), match.group("rest").strip()


def _ladder(topic: str, text: str, item: Item) -> Escalation:
    limit = LIMIT.search(text)
    rungs = ARROW.split(LIMIT.sub("", text))
    return Escalation(
        topic=topic,
        ladder=tuple(rung.strip() for rung in rungs if rung.strip()),
        within=_within(limit.group("text"), item.line) if limit is not None else None,
        line=item.line,
    )


def _within(text: str, line: int) -> float | None:
    """Seconds that are named behind a ladder; 0 for “immediately”."""
    if AT_ONCE.search(text):
        return 0.0
    found = any_duration(text, line)
    return found.maximum if found is not None else None
