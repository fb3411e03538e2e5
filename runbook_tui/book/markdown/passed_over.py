"""What looks like something to do and became nothing: said with its line, never in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from runbook_tui.book.findings import Finding
from runbook_tui.book.markdown import commands, headings
from runbook_tui.book.markdown.blocks import Block, Item
from runbook_tui.book.markdown.labels import FINAL, IMPOSSIBLE, LONGEST, NEEDLESS
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.markdown.steps import Gathered
from runbook_tui.book.markdown.unwrapping import OF_WORDS
from runbook_tui.book.model import Check, Phase, Procedure

LISTED = re.compile(r"^[ \t>]{0,12}(?:(?:[-*+]|\d{1,3}[.)])[ \t]+\[[ xX]?\]|\d{1,3}[.)])[ \t]+\S")
BOX = re.compile(r"^\W*(?:☐|\[ ?\])")
WHY = {
    "rollback": "nothing shows it in a rollback; put it right below its title, as a list",
    "escalation": "below a title on escalation stands whom to tell, not what to do",
    "failure": "it is for when something went wrong; below a title “Rollback” it would be offered",
    "criteria": "below a title on criteria only boxes and marked bullets count",
    "quote": "what is quoted is not carried out; take the “>” away",
    "table": "a box in a table is read as a choice; a column “Action” makes the rows steps",
    "block": "it stands in a code block, so it is text; take the fence around it away",
    "words": "a rollback in sentences is not on the rollback screen; make a list of it",
    "steps": "it stands in a part that is only read; give it boxes, or put it under another title",
}


def passed_over(
    root: Section,
    phases: tuple[Phase, ...],
    overall: tuple[Check, ...],
    procedures: tuple[Procedure, ...],
    gathered: Gathered,
) -> Iterator[Finding]:
    """One finding for each list, table or block of which a part became nothing."""
    taken = set(_lines(phases, procedures)) | {check.line for check in overall}
    taken |= {command.line for command in gathered.commands}
    for section in root.walk():
        for block, quoted in _all(section.blocks):
            kind, lines = _left(block, taken, quoted, section)
            if lines:
                yield _finding(lines[0], len(lines), kind)
        if _only_says(section, gathered):
            yield _finding(section.line, 0, "words")


def _lines(phases: tuple[Phase, ...], procedures: tuple[Procedure, ...]) -> Iterator[int]:
    for phase in phases:
        yield from (c.line for c in phase.criteria)
        yield from (c.line for change in phase.changes for c in change.criteria)
        for step in phase.walk():
            yield step.line
            yield from (c.line for c in step.checks)
    for stage in (stage for p in procedures for stage in p.stages):
        yield stage.line
        yield from (step.line for step in stage.steps)


def _all(blocks: list[Block], quoted: bool = False) -> Iterator[tuple[Block, bool]]:
    """Blocks and those in quotes and in items, but lists in lists: they are parts of those."""
    for block in blocks:
        yield block, quoted
        yield from _all(block.inner, quoted=True)
        for item in _items(block):
            yield from _all([b for b in item.blocks if b.kind != "list"], quoted)


def _items(block: Block) -> Iterator[Item]:
    for item in block.items:
        yield item
        for inner in item.blocks:
            if inner.kind == "list":
                yield from _items(inner)


def _left(
    block: Block, taken: Collection[int], quoted: bool, section: Section
) -> tuple[str, list[int]]:
    """Why parts of a block became nothing, and their lines."""
    kind = "quote" if quoted else section.role
    if block.kind == "list" and not (kind == "escalation" and not _boxed(block)):
        asks = (i for i in _items(block) if (i.ordered or i.box is not None) and i.text.strip())
        return kind, [i.line for i in asks if i.line not in taken]
    if block.kind == "table":
        return "table", [r.line for r in block.rows[1:] if any(BOX.match(c) for c in r.cells)]
    if block.kind == "fence" and commands.language(block) in OF_WORDS:
        lines = block.text.split("\n")
        listed = [n for n, line in enumerate(lines, block.line + 1) if LISTED.match(line)]
        boxed = any("[" in lines[n - block.line - 1] for n in listed[:1])
        return "block", listed if boxed or len(listed) > 1 else []
    return "", []


def _boxed(block: Block) -> bool:
    return any(item.box is not None for item in _items(block))


def _only_says(section: Section, gathered: Gathered) -> bool:
    """Whether a section says how to roll back, in sentences only."""
    if section.names_all or section.role != "rollback" or not headings.is_way_back(section.text):
        return False
    owner = gathered.owners.get(id(section))
    if headings.asks_when(section.text) or (owner is not None and owner.undo):
        return False
    said = section.said[:LONGEST]
    if not said or any(p.search(said) for p in (FINAL, IMPOSSIBLE, NEEDLESS)):
        return False
    return all(b.kind in {"paragraph", "other"} for s in section.walk() for b in s.blocks)


def _finding(line: int, count: int, kind: str) -> Finding:
    what = {0: "this", 1: "this item"}.get(count, f"this and {count - 1} more below it")
    return Finding(
        code="passed-over",
        severity="medium" if kind in {"rollback", "words"} else "info",
        line=line,
        message=f"{what} looks like something to do and is no step: {WHY.get(kind, WHY['steps'])}",
    )
