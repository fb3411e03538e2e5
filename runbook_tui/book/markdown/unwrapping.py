"""Steps that stand in a code block, to be copied from there: read as if it were not around them.

Only where a document has nothing else to do: otherwise such a block is an example. A block whose
every line is a drawn box is none: it is a checklist whose lines are to stay as they are.
"""

from __future__ import annotations

import re

from runbook_tui.book.markdown import commands
from runbook_tui.book.markdown.blocks import Block, parse

BOXED = re.compile(r"^[ \t]{0,12}(?:[-*+]|\d{1,3}[.)])[ \t]+\[[ xX]?\][ \t]+\S", re.MULTILINE)
OF_WORDS = frozenset({"", "text", "txt", "md", "markdown", "plain", "plaintext", "gfm"})
"""Labels of blocks that may hold a list of steps."""


def unwrapped(blocks: list[Block]) -> tuple[list[Block], list[int]]:
    """The blocks with what stands in code blocks of boxes, and the lines of those blocks."""
    wrapped = [b for b in blocks if _holds_boxes(b)]
    if any(_does(b) for b in blocks if b not in wrapped):
        wrapped = []
    wrapped += [b for b in blocks if _only_drawn(b)]
    if not wrapped:
        return blocks, []
    made: list[Block] = []
    for block in blocks:
        made += shifted(parse(block.text).blocks, block.line) if block in wrapped else [block]
    return made, [b.line for b in wrapped]


def _only_drawn(block: Block) -> bool:
    """Whether a block without a label is nothing but lines that begin with a drawn box."""
    if block.kind != "fence" or commands.language(block) not in OF_WORDS or "☐" not in block.text:
        return False
    lines = [line.strip() for line in block.text.split("\n") if line.strip()]
    return len(lines) > 1 and all(line.startswith("☐ ") for line in lines)


def _holds_boxes(block: Block) -> bool:
    if block.kind != "fence" or commands.language(block) not in OF_WORDS:
        return False
    return len(BOXED.findall(block.text)) > 1


def _does(block: Block) -> bool:
    """Whether a block has something to do, at whatever depth."""
    if block.kind == "fence":
        return commands.is_command(block)
    inner = (b for item in block.items for b in item.blocks)
    return any(i.ordered or i.box is not None for i in block.items) or any(map(_does, inner))


def shifted(blocks: list[Block], by: int) -> list[Block]:
    """The blocks, so many lines further down."""
    for block in blocks:
        block.line += by
        shifted(block.inner, by)
        for item in block.items:
            item.line += by
            shifted(item.blocks, by)
        for row in block.rows:
            row.line += by
    return blocks
