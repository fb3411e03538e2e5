"""A text in Markdown as a person reads it: headings, lists, tables, code, within any width.

What is read is only laid out; nothing in it is a control sequence, a link or a tag.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from runbook_tui.book.plain_text import printable
from runbook_tui.frozen import frozen
from runbook_tui.tui.views.filling import chopped, filled
from runbook_tui.tui.views.tabled import tabled
from runbook_tui.tui.views.tone import Line, cells, length

if TYPE_CHECKING:
    from markdown_it.token import Token

LONGEST = 500_000
"""Characters of a text that are shown."""
RULED = 2
"""The levels of titles with a rule below them; with these a part begins."""
DEEPEST = 6
"""Lists in one another that are each set in further."""


@frozen(kw_only=False)
class Heading:
    """A title; ``level`` 1 is the document's."""

    level: int
    line: Line


@frozen(kw_only=False)
class Text:
    """A paragraph, or an item of a list: ``mark`` stands before it, what follows below it."""

    line: Line
    mark: str = ""
    depth: int = 0


@frozen(kw_only=False)
class Code:
    """Lines as they are."""

    text: str
    output: bool = False


@frozen(kw_only=False)
class Table:
    """Cells below their heads."""

    heads: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]


Block = Heading | Text | Code | Table


def read(text: str, longest: int = LONGEST) -> tuple[Block, ...]:
    """The parts of a text in Markdown."""
    from markdown_it import MarkdownIt

    kept = text[:longest]
    if len(text) > longest:
        kept = kept.rpartition("\n")[0]
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(kept)
    blocks = _Reading().blocks(tokens)
    if len(text) > longest:
        blocks.append(Text([("It goes on: that is too long to be shown here.", "warn")]))
    return tuple(blocks)


class _Reading:
    """Goes through the tokens once."""

    def __init__(self) -> None:
        self._found: list[Block] = []
        self._lists: list[str] = []
        self._mark = ""
        self._level = 0
        self._cells: list[list[Line]] = []

    def blocks(self, tokens: Sequence[Token]) -> list[Block]:
        """What was found."""
        for token in tokens:
            kind = token.type
            if kind == "inline":
                self._inline(token)
            elif kind in {"fence", "code_block"}:
                self._found.append(Code(token.content.rstrip("\n"), token.info == "text"))
            elif kind == "hr":
                self._found.append(Text([("─" * 12, "dim")]))
            else:
                self._structure(token)
        return self._found

    def _structure(self, token: Token) -> None:
        kind = token.type
        if kind == "heading_open":
            self._level = int(token.tag[1:])
        elif kind == "heading_close":
            self._level = 0
        elif kind in {"bullet_list_open", "ordered_list_open"}:
            self._lists.append("•" if kind.startswith("bullet") else "")
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            self._lists.pop()
        elif kind == "list_item_open":
            self._mark = self._lists[-1] or f"{token.info}."
        elif kind == "table_open":
            self._cells = []
        elif kind == "tr_open":
            self._cells.append([])
        elif kind == "table_close":
            heads, *rows = self._cells
            self._found.append(Table(tuple(heads), tuple(map(tuple, rows))))
            self._cells = []

    def _inline(self, token: Token) -> None:
        line = _parts(token.children or [])
        if self._cells:
            self._cells[-1].append(line)
        elif self._level:
            self._found.append(Heading(self._level, line))
        else:
            self._found.append(Text(line, self._mark, len(self._lists)))
            self._mark = ""


def _parts(tokens: Sequence[Token]) -> Line:
    """A line's parts; what is strong stands out, all else is plain text."""
    strong = 0
    line: Line = []
    for token in tokens:
        if token.type == "strong_open":
            strong += 1
        elif token.type == "strong_close":
            strong -= 1
        elif token.type in {"softbreak", "hardbreak"}:
            line.append((" ", "plain"))
        elif token.content:
            tone = "strong" if strong else "accent" if token.type == "code_inline" else "plain"
            line.append((printable(token.content), tone))
    return line


def laid(blocks: Sequence[Block], width: int) -> tuple[list[Line], list[int]]:
    """All of it in lines of at most ``width`` cells, and at which of them its parts begin."""
    lines: list[Line] = []
    parts: list[int] = []
    before: Block | None = None
    for block in blocks:
        if before is not None and not _close(before, block):
            lines.append([])
        if isinstance(block, Heading) and block.level <= RULED:
            parts.append(len(lines))
        lines += _block(block, max(8, width))
        before = block
    return lines, parts


def _close(before: Block, block: Block) -> bool:
    """Whether nothing stands between them: below a ruled title, and between items of a list."""
    if isinstance(before, Heading):
        return before.level <= RULED
    return (
        isinstance(before, Text) and isinstance(block, Text) and min(before.depth, block.depth) > 0
    )


def _block(block: Block, width: int) -> list[Line]:
    if isinstance(block, Heading):
        return _heading(block, width)
    if isinstance(block, Table):
        return tabled(block.heads, block.rows, width)
    if isinstance(block, Code):
        tone = "dim" if block.output else "plain"
        text = printable(block.text, lines=True)
        return [
            [("│ ", "dim"), (piece, tone)]
            for line in text.split("\n") for piece in chopped(line, width - 2)
        ]  # fmt: skip
    return _text(block, width)


def _heading(block: Heading, width: int) -> list[Line]:
    tone = "accent" if block.level <= RULED else "strong"
    rows = [[(text, tone) for text, _ in row] for row in filled(block.line, width)]
    if block.level > RULED:
        return rows
    rule = "━" if block.level == 1 else "─"
    return [*rows, [(rule * max(map(length, rows)), tone)]]


def _text(block: Text, width: int) -> list[Line]:
    aside = "  " * max(0, min(block.depth, DEEPEST) - 1)
    mark = f"{aside}{block.mark} " if block.mark else f"{aside}  " if block.depth else ""
    rows = filled(block.line, width - cells(mark))
    first, *rest = rows
    below = " " * cells(mark)
    return [[(mark, "dim"), *first], *([(below, "plain"), *row] for row in rest)]
