"""What no step took: commands that are kept to be read and offered, and other estimates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook_tui.book.markdown import commands, estimates, words
from runbook_tui.book.markdown.blocks import Block
from runbook_tui.book.markdown.body import Line
from runbook_tui.book.markdown.labels import label, only_commands, spans
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.markdown.steps import Gathered

BETWEEN_FIELDS = re.compile(r"\s*[·•|]\s*|\s{2,}|　+|(?<=[.。;；])\s*")
"""Between fields that share a line: ``**Owner:** Ann · **Duration:** 2 h``."""
LONGEST = 400


def record_leftover(root: Section, gathered: Gathered) -> None:
    """Record every command block that is in no step, and every rollback in a line of its own."""
    taken = {c.line for c in gathered.commands}
    for section in root.walk():
        for block, before in _with_words_before(section.blocks):
            if block.kind == "paragraph":
                _record_lines(block, section, taken, gathered)
            elif block.kind == "fence" and id(block) not in gathered.taken:
                _record_fence(block, before, section, gathered)


def _record_fence(block: Block, before: str, section: Section, gathered: Gathered) -> None:
    lead = label(before.rsplit("\n", 1)[-1])
    kind = lead.kind if lead and not lead.rest else ""
    runs = kind != "shown" and commands.is_command(block, kind == "undo", before)
    back = section.role == "rollback" or kind == "undo" or commands.language(block) == "rollback"
    gathered.fence(block, section, None, rollback=back, runnable=runs,
                   for_failure=runs and not back and section.is_for_failures)  # fmt: skip


def record_estimates(root: Section, gathered: Gathered) -> None:
    """Record durations outside the steps: fields of phases or the whole, titles of their own."""
    taken = {e.line for e in gathered.estimates}
    for section in root.walk():
        if section.role not in {"steps", "rollback", "recovery"}:
            continue
        titled = estimates.HEADING.match(words.plain(section.text)) is not None
        for line, text in _lines(section.blocks):
            found = estimates.in_field(text, line) or estimates.of_waiting(text, line)
            if found is None and len(text) < LONGEST and estimates.DIGIT.search(text):
                parts = (estimates.in_field(x, line) for x in BETWEEN_FIELDS.split(text)[1:])
                found = next(filter(None, parts), None)
            found = found or (estimates.leading(text, line) if titled else None)
            if found is not None and line not in taken:
                taken.add(line)
                gathered.estimates.append(found)


def _lines(blocks: list[Block]) -> Iterator[tuple[int, str]]:
    """The lines of the paragraphs and bullets right in a section."""
    for block in blocks:
        if block.kind == "quote":
            yield from _lines(block.inner)
        texts = [(block.line, block.text)] if block.kind == "paragraph" else []
        texts += [(r.line, f"{r.cells[0]}: {r.cells[1]}") for r in block.rows if len(r.cells) == 2]
        texts += [(i.line, i.text) for i in block.items if not i.ordered and i.box is None]
        for line, text in texts:
            yield from enumerate(text.split("\n"), line)


def code(root: Section) -> Iterator[tuple[int, str]]:
    """Every text of code in a document with its line, to be run or not."""
    for section in root.walk():
        for block, _ in _with_words_before(section.blocks):
            if block.kind == "fence":
                yield block.line, block.text
            elif block.kind == "paragraph" and "`" in block.text:
                yield from ((block.line, span) for span in spans(block.text))


def _record_lines(block: Block, section: Section, taken: set[int], gathered: Gathered) -> None:
    for offset, said in enumerate(block.text.split("\n")):
        found = label(said)
        text = only_commands(found.rest) if found and found.kind == "undo" else ""
        if text and block.line + offset not in taken:
            gathered.code(Line(block.line + offset, text), section, None, rollback=True)


def _with_words_before(blocks: list[Block], before: str = "") -> Iterator[tuple[Block, str]]:
    """Every block, those in items and quotes too, with the paragraph right before it."""
    for block in blocks:
        yield block, before
        before = block.text if block.kind == "paragraph" else ""
        if block.inner:
            yield from _with_words_before(block.inner)
        for item in block.items:
            said = Block("paragraph", item.line, item.text)
            yield said, ""
            if item.blocks:
                yield from _with_words_before(item.blocks, item.text)
