"""Links to parts of the document that are not there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from runbook_tui.book.findings import Finding
from runbook_tui.book.markdown.blocks import Block
from runbook_tui.book.markdown.words import plain

LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,200})\]\(\s*<?#([^)\s>]{1,200})>?(?:\s[^)\n]{0,200})?\)")
ANCHOR = re.compile(
    r"<[a-z][^<>\n]{0,200}?\b(?:id|name)\s*=\s*[\"']?([^\s\"'<>]{1,200})", re.IGNORECASE
)
GIVEN = re.compile(r"\{\s*#([^\s{}]{1,200})[^{}\n]{0,100}\}")
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


def dead_links(blocks: list[Block], text: str) -> Iterator[Finding]:
    """A finding for each link to a part that no title and no anchor of the document has."""
    links = sorted(_links(blocks))
    if not links:
        return
    known = _known(blocks, text)
    nearest = {_loose(name): name for name in known}
    dead: dict[str, list[tuple[int, str]]] = {}
    for line, name, target in links:
        if target != "top" and not {target.lower(), _unescaped(target).lower()} & known:
            dead.setdefault(target, []).append((line, name))
    for target, places in dead.items():
        like = nearest.get(_loose(_unescaped(target)))
        instead = f"“#{like}” is there" if like else "name a title that is there"
        more = f", as do {len(places) - 1} more" if len(places) > 1 else ""
        yield Finding(
            code="dead-link", severity="low", line=places[0][0],
            related_line=places[1][0] if more else None,
            message=f"the link “{plain(places[0][1])}” goes to “#{target}”{more}, which no title"
            f" here has: {instead}",
        )  # fmt: skip


def slug(title: str) -> str:
    """The name under which a title is linked to, as forges make it."""
    kept = re.sub(r"[^\w\- ]", "", plain(title).strip().lower())
    return kept.replace(" ", "-")


def _links(blocks: list[Block]) -> Iterator[tuple[int, str, str]]:
    for line, text in _texts(blocks):
        if "](" not in text:
            continue
        clean = CODE.sub(" ", text)
        for match in LINK.finditer(clean):
            yield line + clean.count("\n", 0, match.start()), match.group(1), match.group(2)


def _texts(blocks: list[Block]) -> Iterator[tuple[int, str]]:
    todo = list(reversed(blocks))
    while todo:
        block = todo.pop()
        if block.kind in {"heading", "paragraph"}:
            yield block.line, block.text
        for row in block.rows:
            yield row.line, " | ".join(row.cells)
        for item in block.items:
            yield item.line, item.text
            todo += reversed(item.blocks)
        todo += reversed(block.inner)


def _known(blocks: list[Block], text: str) -> set[str]:
    """All names that a link in the document can go to, in small letters."""
    count: Counter[str] = Counter()
    known = {m.group(1).lower() for m in ANCHOR.finditer(text)}
    known |= {m.group(1).lower() for m in GIVEN.finditer(text)}
    todo = list(reversed(blocks))
    while todo:
        block = todo.pop()
        todo += reversed(block.inner)
        for item in block.items:
            todo += reversed(item.blocks)
        if block.kind == "heading":
            name = slug(GIVEN.sub("", block.text))
            known.add(f"{name}-{count[name]}" if count[name] else name)
            count[name] += 1
    return known


def _loose(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _unescaped(target: str) -> str:
    """A target without its ``%20``: what is escaped there is not in a title."""

    def byte(match: re.Match[str]) -> str:
        return bytes.fromhex(match.group(0).replace("%", "")).decode("utf-8", "replace")

    return re.sub(r"(?:%[0-9A-Fa-f]{2})+", byte, target)
