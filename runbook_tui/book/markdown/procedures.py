"""Rollback and recovery procedures: lists below such titles, whose items are stages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook_tui.book.markdown import commands, headings, imperatives, words
from runbook_tui.book.markdown.blocks import Block, Item
from runbook_tui.book.markdown.body import Line
from runbook_tui.book.markdown.escalations import CONTACTS
from runbook_tui.book.markdown.estimates import window
from runbook_tui.book.markdown.labels import label, only_commands
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.markdown.steps import Gathered
from runbook_tui.book.model import Phase, Procedure, Stage, StageStep

APPLIES = re.compile(
    r"\b(?:phases?|fases?|phasen?)\s+(\d+)(?:\s*(?:-|–|to|and|&)\s*(\d+))?", re.IGNORECASE
)


FACT = re.compile(r"\*\*[^*\n]{1,40}\*\*\s*[:：]\s*\S[^\n]{0,120}$|\*\*[^*\n]{1,40}[:：]\*\*\s*\S")
PERIOD = re.compile(
    r"\b(?:first|erste[rn]?|primer[ao]?|première?)\s+(?:(?P<many>\d{1,3})\s+)?"
    r"(?P<unit>hours?|days?|weeks?|stunden?|tage?n?|wochen?|horas?|d[ií]as?|semanas?"
    r"|heures?|jours?|semaines?)\b",
    re.IGNORECASE,
)
MINUTES = {"h": 60.0, "d": 1440.0, "t": 1440.0, "j": 1440.0, "w": 10080.0}
"""Minutes of a unit, by its first letter; hours, days and weeks in four languages."""


def procedures(
    root: Section, phases: tuple[Phase, ...], gathered: Gathered
) -> tuple[Procedure, ...]:
    """Every procedure of the document, in order; lists that are steps already are none."""
    nodes = {p.line: p.id for p in phases} | {c.line: c.id for p in phases for c in p.changes}
    steps = {step.line for p in phases for step in p.walk()}
    found = []
    for section in root.walk():
        if not _is_way_back(section, gathered):
            continue
        for items in _lists(section):
            if staged(items, section.role) and not any(i.line in steps for i in items):
                made = _procedure(section, items, phases, nodes, gathered)
                found += [made] if made.stages else []
    return tuple(found)


def _is_way_back(section: Section, gathered: Gathered) -> bool:
    """Whether lists in a section are procedures: not when to begin, not the undo of a step."""
    if section.role not in {"rollback", "recovery"}:
        return False
    owner = gathered.owners.get(id(section))
    boxed = any(i.box is not None for items in section.lists() for i in items)
    when = headings.asks_when(section.text) and not boxed
    if CONTACTS.search(section.text):
        return False
    return not when and not (owner is not None and owner.undo)


def _lists(section: Section) -> Iterator[list[Item]]:
    """The lists right in a section, each with the commands that stand right below its items."""
    current: list[Item] = []
    for block in section.blocks:
        if block.kind == "list" and current and block.items[0].ordered == current[0].ordered:
            current += block.items
        elif block.kind == "list":
            if current:
                yield current
            current = list(block.items)
        elif block.kind == "fence" and current:
            last = current[-1]
            current[-1] = Item(last.line, last.text, last.ordered, last.box,
                               [*last.blocks, block], last.number)  # fmt: skip
        elif current:
            yield current
            current = []
    if current:
        yield current


def staged(items: list[Item], kind: str) -> bool:
    """Whether the items of a list are stages: of a recovery only numbers with lists below them."""
    if kind == "rollback":
        return not all(_is_field(i) or _is_fact(i) for i in items)
    return all(i.ordered and any(b.kind == "list" for b in i.blocks) for i in items)


def _is_fact(item: Item) -> bool:
    """``- **Error rate**: < 0.5%``: it tells something, nobody does it."""
    told = FACT.match(item.text) if item.box is None and not item.ordered else None
    return told is not None and not imperatives.are_asked([item.text])


def _is_field(item: Item) -> bool:
    found = label(item.text.split("\n", 1)[0])
    return item.box is None and found is not None and found.kind == "other"


def _procedure(
    section: Section,
    items: list[Item],
    phases: tuple[Phase, ...],
    nodes: dict[int, str],
    gathered: Gathered,
) -> Procedure:
    name = re.sub(r"\s*\([^)]*\)", "", section.title).rstrip(" :") or section.title
    stages = (_stage(item, section, gathered) for item in items if not _is_field(item))
    return Procedure(
        id=gathered.ids.make(name),
        title=name,
        line=section.line,
        kind=section.role,
        applies_to=_applies(section, phases, nodes, gathered),
        stages=tuple(stage for stage in stages if stage is not None),
    )


def _applies(
    section: Section, phases: tuple[Phase, ...], nodes: dict[int, str], gathered: Gathered
) -> tuple[str, ...]:
    """What it takes back: the step it is part of, the phases it names, else what it stands in."""
    owner = gathered.owners.get(id(section))
    if owner is not None:
        return (owner.id,)
    for around in section.path():
        match = APPLIES.search(around.text)
        if around.line in nodes and not around.names_all:
            return (nodes[around.line],)
        if match is not None:
            first, last = int(match.group(1)), int(match.group(2) or match.group(1))
            return tuple(p.id for number, p in enumerate(phases, 1) if first <= number <= last)
    return ()


def _period(text: str) -> tuple[float, float] | None:
    """“First Hour”, “First 3 Days”: the window of all that stands below it, in minutes."""
    match = PERIOD.search(text)
    if match is None:
        return None
    unit = match.group("unit").lower()
    size = 10080.0 if unit.startswith("sema") else 60.0 if unit.startswith("st") else None
    size = MINUTES[unit[0]] if size is None else size
    return 0.0, float(match.group("many") or 1) * size


def _stage(item: Item, section: Section, gathered: Gathered) -> Stage | None:
    """An item as a stage, its commands as its first step; None where it says nothing."""
    title = words.without_notes(item.text.split("\n", 1)[0]) or _first_command(item)
    if not title:
        return None
    id_ = gathered.ids.make(title)
    span = window(item.text) or _period(section.text)
    run = _commands(item, section, id_, gathered)
    own = []
    if run:
        own = [StageStep(id=gathered.ids.make(title), title=title, line=item.line, run=run)]
    return Stage(
        id=id_,
        title=title,
        line=item.line,
        from_minute=span[0] if span else None,
        to_minute=span[1] if span else None,
        steps=(*own, *_steps(item, section, id_, gathered)),
    )


def _steps(item: Item, section: Section, stage: str, gathered: Gathered) -> Iterator[StageStep]:
    """What stands in lists below an item, as steps of its stage."""
    for inner in (i for block in item.blocks for i in block.items):
        title = words.title(inner.text) or _first_command(inner)
        if title:
            id_ = gathered.ids.make(title)
            run = _commands(inner, section, stage, gathered)
            yield StageStep(id=id_, title=title, line=inner.line, run=run)
        yield from _steps(inner, section, stage, gathered)


def _first_command(item: Item) -> str:
    fences = [b for b in item.blocks if b.kind == "fence" and commands.runnable(b)]
    lines = [line for b in fences for line in commands.command_text(b).splitlines() if line.strip()]
    return lines[0].strip() if lines else ""


def _commands(item: Item, section: Section, stage: str, gathered: Gathered) -> str | None:
    """The commands right in an item, recorded as those of its stage; None without any.

    What stands behind a list in it is no longer right in it.
    """
    texts = []
    shown = False
    for block in [Block("paragraph", item.line, item.text), *item.blocks]:
        if block.kind == "list":
            break
        if block.kind == "paragraph":
            shown = False
            for line, text in enumerate(block.text.split("\n"), block.line):
                found = label(text)
                shown = found is not None and found.kind == "shown"
                code = only_commands(found.rest if found else text)
                if code and not shown and commands.LOOKS.match(code):
                    made = gathered.code(Line(line, code), section, stage, rollback=True)
                    texts.append(made.text)
        elif block.kind == "fence" and not shown and commands.runnable(block):
            texts.append(gathered.fence(block, section, stage, rollback=True, runnable=True).text)
    return "\n".join(texts) or None
