"""Markdown as blocks with lines: headings, paragraphs, lists, fences, tables (CommonMark, GFM)."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from runbook_tui.book.markdown.front_matter import Front, set_aside

BOX = re.compile(r"\[([ xX]?)\](?:\s+|$)")
DRAWN = re.compile(r"([☐☑☒])\ufe0f?\s+(?=\S)(?!.*[☐☑☒])")
"""A box that is a sign; several in a line are a choice."""

NUMBERED = re.compile(r"(\d{1,2})[.)]\s+(?=\S)")
LOOSE = re.compile(
    r"(?:(\d{1,2})(?:\.-\s+|[.)]-\s+|[、．]\s*)|[(（](\d{1,2})[)）]\s*|([①-⑳])\s*)(?=\S)"
)
"""Numbers as people write them that are none to CommonMark: ``1.- ``, ``1、``, ``（1）``, ``①``."""
SHORT = 60
"""Characters of a line that nobody breaks in the middle of a sentence."""
INDENTED = re.compile(
    r"```[ \t]*(\S*)[^\n`]*\n(.*?)^```[ \t]*(?:\n(.*))?\Z", re.DOTALL | re.MULTILINE
)
"""A fence that is indented further than its item: code for CommonMark, its own marks and all."""

MARKS = frozenset("☐☑☒0123456789(（①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
"""How a line begins that is an item in other marks than CommonMark's."""
TAB = re.compile(r"===[!+]? \"([^\"\n]{1,100})\"")
"""The head of a tab as MkDocs has it."""
TAB_ITEM = re.compile(r"<TabItem\b[^<>]{0,200}?\b(?:label|value)=[\"']([^\"'\n]{1,100})[\"']")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SUMMARY = re.compile(r"<summary>(.{0,200}?)</summary>", re.DOTALL | re.IGNORECASE)
TAG = re.compile(r"<[^<>]{0,200}>")


@dataclass(slots=True, eq=False)
class Item:
    """One list item: its text, its box (None, open, ticked) and what stands under it."""

    line: int
    text: str
    ordered: bool
    box: bool | None = None
    blocks: list[Block] = field(default_factory=list)
    number: int = 0
    choice: bool = False
    """Whether it is one of several ways to do the same."""


@dataclass(slots=True, eq=False)
class Row:
    """One row of a table, the head being the first."""

    line: int
    cells: list[str]


@dataclass(slots=True, eq=False)
class Block:
    """One block.

    ``kind``: heading, paragraph, list, fence, table, quote (its blocks are ``inner``), fold (a
    ``<summary>``), fold-end, other.
    """

    kind: str
    line: int
    text: str = ""
    level: int = 0
    info: str = ""
    items: list[Item] = field(default_factory=list)
    inner: list[Block] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """A whole document: its blocks, and what its front matter says."""

    blocks: list[Block]
    front: Front


def parse(text: str) -> Page:
    """The blocks of a document; front matter is set aside, line numbers are those of the file."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    front, text = set_aside(text)
    tokens = _parser().parse(text)
    return Page(blocks=_blocks(tokens, 0, len(tokens)), front=front)


@cache
def _parser() -> MarkdownIt:
    """A parser of blocks: what stands inside a line is looked at where it matters, as text."""
    return MarkdownIt("commonmark").enable("table").disable("inline")


def _blocks(tokens: list[Token], start: int, end: int) -> list[Block]:
    found: list[Block] = []
    at = start
    while at < end:
        stop = _closing(tokens, at)
        found += _numbered_below(_block(tokens, at, stop))
        if tokens[at].type == "code_block":
            found += _behind_indented(tokens[at])
        at = stop + 1
    return found


def _behind_indented(token: Token) -> list[Block]:
    """What stands behind a fence that is indented too far: CommonMark takes it for its code, too.

    What is indented too far in there is not looked into again.
    """
    fence = INDENTED.match(token.content)
    rest = fence.group(3) if fence else None
    if fence is None or not rest or not rest.strip() or INDENTED.search(rest):
        return []
    above = (token.map[0] if token.map else 0) + token.content.count("\n", 0, fence.start(3))
    inner = _parser().parse("\n" * above + textwrap.dedent(rest))
    return _blocks(inner, 0, len(inner))


def _block(tokens: list[Token], at: int, stop: int) -> Block:
    token = tokens[at]
    line = token.map[0] + 1 if token.map else 0
    match token.type:
        case "heading_open":
            return Block("heading", line, _text(tokens[at + 1]), level=int(token.tag[1]))
        case "paragraph_open":
            return Block("paragraph", line, _text(tokens[at + 1]))
        case "fence":
            return Block("fence", line, token.content, info=token.info.strip())
        case "code_block":
            inner = INDENTED.match(token.content)
            text, info = (inner.group(2), inner.group(1)) if inner else (token.content, "")
            return Block("fence", line, text, info=info)
        case "bullet_list_open" | "ordered_list_open":
            return Block("list", line, items=_items(tokens, at, stop))
        case "blockquote_open":
            return Block("quote", line, inner=_blocks(tokens, at + 1, stop))
        case "table_open":
            return Block("table", line, rows=_rows(tokens[at:stop]))
        case "html_block":
            return _html(token.content, line)
    return Block("other", line)


def _numbered_below(block: Block) -> list[Block]:
    """A paragraph, and the numbers right below its words as a list.

    CommonMark lets only a list that begins with 1 follow without an empty line.
    """
    if block.kind != "paragraph":
        return [block]
    tab = TAB.fullmatch(block.text)
    if tab is not None:
        return [Block("fold", block.line, tab.group(1))]
    if "\n" not in block.text and block.text[:1] not in MARKS:
        return [block]
    lines = block.text.split("\n")
    if all(DRAWN.match(line) for line in lines):
        return [Block("list", block.line, items=[
            _drawn(Item(n, line, ordered=False)) for n, line in enumerate(lines, block.line)
        ])]  # fmt: skip
    first = next((n for n in range(len(lines)) if _begins(lines, n)), None)
    if first is None:
        return [block]
    items: list[Item] = []
    for number, line in enumerate(lines[first:], first):
        match = NUMBERED.match(line) or LOOSE.match(line)
        if match:
            text, box = line[match.end() :], BOX.match(line[match.end() :])
            ticked = None if box is None else box.group(1) in {"x", "X"}
            text = text[box.end() :] if box else text
            items.append(Item(block.line + number, text, True, ticked, [], _number(match)))
        else:
            items[-1].text += "\n" + line
    words = [Block("paragraph", block.line, "\n".join(lines[:first]))] if first else []
    return [*words, Block("list", items[0].line, items=items)]


def _begins(lines: list[str], n: int) -> bool:
    """Whether a numbered item begins in a line of a paragraph."""
    return (n > 0 and NUMBERED.match(lines[n]) is not None and _ends(lines[n - 1])) or (
        LOOSE.match(lines[n]) is not None and (n == 0 or _ends(lines[n - 1]))
    )


def _number(match: re.Match[str]) -> int:
    said = next(group for group in match.groups() if group)
    return ord(said) - ord("①") + 1 if said >= "①" else int(said)


def _ends(line: str) -> bool:
    """Whether what follows a line is no more of the same sentence."""
    return len(line) < SHORT or line.rstrip(" *_`").endswith((".", ":", "!", "?", ";", ")"))


def _text(token: Token) -> str:
    """The text of a token without the comments in it."""
    end = token.content.rfind("-->") + 3
    if end < 3:
        return token.content
    return (COMMENT.sub("", token.content[:end]) + token.content[end:]).rstrip()


def _html(content: str, line: int) -> Block:
    """A ``<summary>`` or tab is the title of what is below it; any other HTML says nothing."""
    summary = SUMMARY.search(content)
    if summary:
        return Block("fold", line, TAG.sub("", summary.group(1)).strip())
    tab = TAB_ITEM.search(content)
    if tab:
        return Block("fold", line, tab.group(1))
    ends = "</details>" in content.lower() or "</Tab" in content
    return Block("fold-end" if ends else "other", line)


def _closing(tokens: list[Token], at: int) -> int:
    """The index of the token that closes the one at ``at``."""
    if tokens[at].nesting != 1:
        return at
    depth = 0
    for index in range(at, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _items(tokens: list[Token], opening: int, end: int) -> list[Item]:
    ordered = tokens[opening].type.startswith("ordered")
    number = int(tokens[opening].attrGet("start") or 1) if ordered else 0
    items: list[Item] = []
    at = opening + 1
    while at < end:
        stop = _closing(tokens, at)
        items.append(_item(tokens, at, stop, ordered, number + len(items) if ordered else 0))
        at = stop + 1
    return items


def _item(tokens: list[Token], at: int, stop: int, ordered: bool, number: int) -> Item:
    blocks = _blocks(tokens, at + 1, stop)
    line = (tokens[at].map or [0])[0] + 1
    if tokens[at + 1].type == "paragraph_open" and blocks and blocks[0].kind == "list":
        first = blocks[0].items.pop(0)  # It stands in the text of this item.
        rest = blocks if blocks[0].items else blocks[1:]
        return Item(line, first.text, ordered, first.box, rest, number)
    text = blocks.pop(0).text if blocks and blocks[0].kind == "paragraph" else ""
    box = BOX.match(text) if text[:1] == "[" else None
    if box:
        text = text[box.end() :]
    ticked = None if box is None else box.group(1) in {"x", "X"}
    return _drawn(Item(line, text, ordered, ticked, blocks, number))


def _drawn(item: Item) -> Item:
    """An item whose box is a sign: ``☐ Ask Ann``."""
    drawn = DRAWN.match(item.text) if item.text[:1] in MARKS and item.box is None else None
    if drawn:
        item.box = drawn.group(1) != "☐"
        item.text = item.text[drawn.end() :]
    return item


def _rows(tokens: list[Token]) -> list[Row]:
    rows: list[Row] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append(Row((token.map or [0])[0] + 1, []))
        elif token.type == "inline" and rows:
            rows[-1].cells.append(_text(token).strip())
    return rows
