"""What stands between the items of one list belongs to the item before it.

People rarely indent a command below its number: for CommonMark the list ends there and another
begins. Here both are one list again, and what stood between is under its item.
"""

from __future__ import annotations

import re

from runbook_tui.book.markdown import commands
from runbook_tui.book.markdown.blocks import Block, Item
from runbook_tui.book.markdown.body import is_final
from runbook_tui.book.markdown.labels import label
from runbook_tui.book.markdown.tables import as_list

ANCHOR = re.compile(r"\s*\**\[[^\[\]]{1,200}\]\(#[^()\s]{0,200}\)\**\s*")
BOLD = re.compile(r"^\*\*[^*\n]+\*\*[^\n]{0,80}$")


def joined(blocks: list[Block]) -> list[Block]:
    """The blocks with tables of steps as lists, and lists that go on after a command as one."""
    blocks = [b for b in blocks if not _is_contents(b)]
    blocks = [as_list(b) or b if b.kind == "table" else b for b in blocks]
    blocks = [part for b in blocks for part in _without_remarks(b)]
    made: list[Block] = []
    for run in _between_headings(blocks):
        made += _joined(run)
    return made


def _is_contents(block: Block) -> bool:
    """Whether a list is a table of contents: nothing but links to places in the document."""
    return block.kind == "list" and all(
        ANCHOR.fullmatch(i.text) is not None and all(map(_is_contents, i.blocks))
        for i in block.items
    )


def _without_remarks(block: Block) -> list[Block]:
    """A list without the items that say no more than “this cannot be undone”: they are words."""
    if block.kind != "list" or not any(i.ordered and is_final(i) for i in block.items):
        return [block]
    made: list[Block] = []
    for item in block.items:
        if item.ordered and is_final(item):
            made.append(Block("paragraph", item.line, item.text))
        elif made and made[-1].kind == "list":
            made[-1].items.append(item)
        else:
            made.append(Block("list", item.line, items=[item]))
    return made


def _between_headings(blocks: list[Block]) -> list[list[Block]]:
    runs: list[list[Block]] = [[]]
    for block in blocks:
        if block.kind == "heading":
            runs.append([block])
        else:
            runs[-1].append(block)
    return runs


def _joined(blocks: list[Block]) -> list[Block]:
    made: list[Block] = []
    between: list[Block] = []
    current: Block | None = None
    undone = False
    for block in blocks:
        if block.kind == "list" and current is not None and _goes_on(current, between, block):
            undone = undone or any(_is_undo(b) for b in between)
            current.items[-1].blocks += between
            current.items += block.items
            between = []
        elif block.kind == "list":
            made += _closed(current, between, undone)
            made.append(block)
            current, between, undone = block, [], False
        elif current is None:
            made.append(block)
        else:
            between.append(block)
    return made + _closed(current, between, undone)


def _closed(current: Block | None, between: list[Block], undone: bool) -> list[Block]:
    """What is left after a list: commands right behind it are still its last item's.

    So is a rollback behind it, where the items before have theirs in the same way.
    """
    if current is None or not _carries(current):
        return between
    own = 0
    for block in between:
        runs = block.kind == "fence" and commands.is_command(block)
        if not runs and block.kind != "other" and not (undone and _is_undo(block)):
            break
        own += 1
    finals = [n for n, b in enumerate(between) if b.kind == "paragraph" and _is_final(b)]
    own = max([own, *(n + 1 for n in finals[:1])])
    current.items[-1].blocks += between[:own]
    return between[own:]


def _goes_on(current: Block, between: list[Block], following: Block) -> bool:
    """Whether the second list is the first one going on."""
    if not _carries(current) or not _carries(following):
        return False
    if not between:
        return following.items[0].number == current.items[-1].number + 1 > 1
    if between[-1].kind == "paragraph" and BOLD.match(between[-1].text):
        return False
    last, first = current.items[-1], following.items[0]
    if last.ordered != first.ordered:
        return False
    commanded = any(b.kind == "fence" for b in between)
    if not first.ordered:
        return commanded and all(b.kind != "paragraph" or _is_undo(b) for b in between)
    return first.number == last.number + 1 or (
        commanded and first.number == last.number == 1 and not any(map(_is_title, between))
    )


def _carries(block: Block) -> bool:
    return any(i.ordered or i.box is not None for i in block.items)


def _is_title(block: Block) -> bool:
    return block.kind == "fold" or (
        block.kind == "paragraph" and bool(BOLD.match(block.text)) and not _is_undo(block)
    )


def _is_final(block: Block) -> bool:
    return is_final(Item(block.line, block.text, ordered=True))


def _is_undo(block: Block) -> bool:
    if block.kind not in {"paragraph", "fold"}:
        return False
    found = label(block.text.split("\n", 1)[0].rstrip("*_: ") + ":")
    return found is not None and found.kind == "undo"
