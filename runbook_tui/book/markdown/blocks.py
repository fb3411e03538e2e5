"""Markdown as blocks with lines: headings, paragraphs, lists and fences (CommonMark, tables)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

BOX = re.compile(r"\[([ xX]?)\](?:\s+|$)")
FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
KEY = re.compile(r"^(title|name)\s*:\s*(.+?)\s*$", re.MULTILINE)


@dataclass(slots=True)
class Item:
    """One list item: its text, its box (None, open, ticked) and what stands under it."""

    line: int
    text: str
    ordered: bool
    box: bool | None = None
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """One block. ``kind``: heading, paragraph, list, fence, other."""

    kind: str
    line: int
    text: str = ""
    level: int = 0
    info: str = ""
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """A whole document: its blocks, and title or name of its front matter."""

    blocks: list[Block]
    front_title: str = ""


def parse(text: str) -> Page:
    """The blocks of a document; front matter is set aside, line numbers are those of the file."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    front = FRONT.match(text)
    title = ""
    if front:
        keys = dict(KEY.findall(front.group(1)))
        title = str(keys.get("title") or keys.get("name") or "").strip("\"'")
        text = "\n" * text[: front.end()].count("\n") + text[front.end() :]
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    blocks, _ = _blocks(tokens, 0, len(tokens))
    return Page(blocks=blocks, front_title=title)


def _blocks(tokens: list[Token], start: int, end: int) -> tuple[list[Block], int]:
    found: list[Block] = []
    at = start
    while at < end:
        token = tokens[at]
        stop = _closing(tokens, at)
        line = token.map[0] + 1 if token.map else 0
        if token.type == "heading_open":
            text = tokens[at + 1].content
            found.append(Block("heading", line, text, level=int(token.tag[1])))
        elif token.type == "paragraph_open":
            found.append(Block("paragraph", line, tokens[at + 1].content))
        elif token.type in {"fence", "code_block"}:
            found.append(Block("fence", line, token.content, info=token.info.strip()))
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            items = _items(tokens, at + 1, stop, token.type.startswith("ordered"))
            found.append(Block("list", line, items=items))
        elif token.type == "blockquote_open":
            found.append(Block("other", line))
        else:
            found.append(Block("other", line, token.content))
        at = stop + 1
    return found, at


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


def _items(tokens: list[Token], start: int, end: int, ordered: bool) -> list[Item]:
    items = []
    at = start
    while at < end:
        stop = _closing(tokens, at)
        blocks, _ = _blocks(tokens, at + 1, stop)
        line = (tokens[at].map or [0])[0] + 1
        text = ""
        if blocks and blocks[0].kind == "paragraph":
            text = blocks.pop(0).text
        box = BOX.match(text)
        if box:
            text = text[box.end() :]
        items.append(Item(line, text, ordered, _ticked(box), blocks))
        at = stop + 1
    return items


def _ticked(box: re.Match[str] | None) -> bool | None:
    return None if box is None else box.group(1) in {"x", "X"}
