"""Who is told next: the lists below titles on escalation; and whom to call, below contacts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook_tui.book.markdown import words
from runbook_tui.book.markdown.blocks import Item
from runbook_tui.book.markdown.estimates import any_duration
from runbook_tui.book.markdown.hinted import Hinted
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.model import Contact, Escalation

CONTACTS = Hinted(
    r"\b(?:contacts|contact (?:list|info|information|details|persons?|points?)|kontakte|contactos"
    r"|ansprechpartner(?:innen)?|contatos|контакты|on-?call|who to call)\W*$"
    r"|\bcontacts? (?:and|&) |联系人|联系方式|連絡先|連絡体制",
    "contact|kontakt|ansprech|contatos|контакты|call|联系|連絡",
)
ROLE = re.compile(
    r"roles?|function|position|responsibility|team|area|rolle|funktion|bereich|rol|función|área"
    r"|rôle|fonction|função|роль|должность|角色|职责|岗位|役割|担当",
    re.IGNORECASE,
)
TOLD = re.compile(
    r"who|contact|role|name|escalate to|notify|person|team|wer|kontakt|rolle|quién|contacto|rol"
    r"|qui|rôle|quem|contato|кого|роль|联系人|角色|担当者?",
    re.IGNORECASE,
)
RANK = re.compile(
    r"order|level|tier|rank|priority|after|within|when|stufe|nach|orden|nivel|niveau|级别|順番",
    re.IGNORECASE,
)
LONGEST = 1000
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
        for line, name, rest in (*_named_lines(section), *_in_tables(section)):
            if not ARROW.search(rest):
                found.append(Contact(role=name, who=rest, line=line))
    return tuple(sorted(found, key=lambda contact: contact.line))


def _named_lines(section: Section) -> Iterator[tuple[int, str, str]]:
    """``Role: who``, in lists and in lines of their own."""
    yield from ((item.line, name, rest) for item, name, rest in _named(section))
    for block in (b for b in section.blocks if b.kind == "paragraph"):
        lines = [words.plain(line) for line in block.text.split("\n")]
        found = [NAMED.match(line.strip()) for line in lines]
        if len(block.text) <= LONGEST and all(found):
            yield from (
                (block.line + n, match.group("name").strip(), match.group("rest").strip())
                for n, match in enumerate(found) if match is not None
            )  # fmt: skip


def _in_tables(section: Section) -> Iterator[tuple[int, str, str]]:
    """Rows of tables that have a column for the role, with what the others say of who has it."""
    for table in (b for b in section.blocks if b.kind == "table" and b.rows):
        heads = [words.plain(cell).strip(" :") for cell in table.rows[0].cells]
        role = next((n for n, head in enumerate(heads) if ROLE.fullmatch(head)), None)
        if role is None or len(heads) < 2:
            continue
        for row in table.rows[1:]:
            cells = [words.plain(cell).strip() for cell in row.cells]
            rest = [c for n, c in enumerate(cells) if n != role and c.strip("-–— ")]
            if role < len(cells) and cells[role] and rest:
                yield row.line, cells[role], ", ".join(rest)


def escalations(root: Section) -> tuple[Escalation, ...]:
    """A ladder for each item that is one, ``Topic: A → B (within 30 minutes)``; else one for each
    section on escalation that has a list, by the section's title."""
    found: list[Escalation] = []
    for section in root.walk():
        if section.role != "escalation":
            ladder = _rungs(section, ranked=True) if _about_contacts(section) else ()
            found += [Escalation(topic=section.title, ladder=ladder, line=section.line)] * bool(
                ladder
            )
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
        ladder = ladder or _rungs(section)
        if ladder:
            found.append(Escalation(topic=section.title, ladder=ladder, line=section.line))
    return tuple(found)


def _rungs(section: Section, *, ranked: bool = False) -> tuple[str, ...]:
    """Who is told, row by row, in a table with a column for that; ``ranked``: and one for when."""
    for table in (b for b in section.blocks if b.kind == "table" and b.rows):
        heads = [words.plain(cell).strip(" :") for cell in table.rows[0].cells]
        who = next((n for n, head in enumerate(heads) if TOLD.fullmatch(head)), None)
        if who is not None and (not ranked or any(RANK.fullmatch(head) for head in heads)):
            cells = (row.cells[who] for row in table.rows[1:] if who < len(row.cells))
            return tuple(name for cell in cells if (name := words.title(cell)))
    return ()


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
