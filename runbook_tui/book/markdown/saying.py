"""The sentences of a Markdown document, with the titles around them and the lists below them."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.markdown.blocks import Block, Item
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.markdown.words import plain
from runbook_tui.book.sense.said import Said

LONGEST = 1000
DEEPEST = 6


def said(root: Section) -> Iterator[Said]:
    """Every line of words in order: titles, paragraphs, items, quotes, cells of tables."""
    for section in root.walk():
        titles = tuple(s.title for s in section.path())[:DEEPEST]
        if section.level > 0:
            first = section.blocks[0] if section.blocks else None
            yield Said(line=section.line, text=plain(section.text[:LONGEST]), titles=titles[1:],
                       items=_items(first))  # fmt: skip
        yield from _blocks(section.blocks, titles)


def _blocks(blocks: list[Block], titles: tuple[str, ...]) -> Iterator[Said]:
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        if block.kind in {"paragraph", "fold"}:
            yield from _lines(block.text, block.line, titles, following)
        elif block.kind == "quote":
            yield from _blocks(block.inner, titles)
        for row in block.rows:
            yield Said(line=row.line, text=plain(" | ".join(row.cells)[:LONGEST]), titles=titles)
        for item in block.items:
            yield from _item(item, titles)


def _item(item: Item, titles: tuple[str, ...]) -> Iterator[Said]:
    first = item.blocks[0] if item.blocks else None
    yield from _lines(item.text, item.line, titles, first)
    yield from _blocks(item.blocks, titles)


def _lines(
    text: str, line: int, titles: tuple[str, ...], following: Block | None
) -> Iterator[Said]:
    lines = text.split("\n")
    for offset, words in enumerate(lines):
        if words.strip():
            items = _items(following) if offset == len(lines) - 1 else 0
            yield Said(line=line + offset, text=plain(words[:LONGEST]), titles=titles, items=items)


def _items(block: Block | None) -> int:
    return len(block.items) if block is not None and block.kind == "list" else 0
