"""Line and column of every key and table of a TOML text, by tree-sitter.

A path is what pydantic calls a location: keys and list indices from the top. Lines and columns
count from 1, columns in characters.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

Path = tuple[str | int, ...]
Position = tuple[int, int]
DEEPEST = 80
"""Headers of more names than this have no place of their own: no plan may be nested so deeply."""


def positions(text: str) -> Mapping[Path, Position]:
    """Where each key, table and list item begins."""
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    parser = Parser(Language(tree_sitter_toml.language()))
    source = text.encode("utf-8", "surrogatepass")
    return _Index(source).walk(parser.parse(source).root_node)


def nearest(found: Mapping[Path, Position], path: Path) -> Position:
    """The position of a path, or of the closest thing around it."""
    if (there := found.get(path)) is not None:
        return there
    for end in range(len(path) - 1, 0, -1):
        if path[:end] in found:
            return found[path[:end]]
    return 1, 1


class _Index:
    def __init__(self, source: bytes) -> None:
        self._source = source
        # Only where a character takes several bytes do columns have to be counted.
        self._lines = [] if source.isascii() else source.split(b"\n")
        self._last = 0, 0, 0
        self._found: dict[Path, Position] = {}
        self._counts: dict[Path, int] = {}

    def walk(self, root: Node) -> Mapping[Path, Position]:
        for node in root.children:
            if node.type == "pair":
                self._pair(node, ())
            elif node.type in {"table", "table_array_element"}:
                self._table(node)
        return self._found

    def _place(self, node: Node) -> Position:
        row, column = node.start_point
        at, done, characters = self._last
        if row != at or column < done:
            done = characters = 0
        # Only what is new since the last place: a line may be very long and full of keys.
        characters += len(self._lines[row][done:column].decode("utf-8", "replace"))
        self._last = row, column, characters
        return row + 1, characters + 1

    def _put(self, path: Path, node: Node) -> None:
        if path not in self._found:
            self._found[path] = self._place(node) if self._lines else _plainly(node)

    def _table(self, node: Node) -> None:
        key = next((c for c in node.children if c.type in KEYS), None)
        if key is None:
            return
        names = self._names(key)
        if len(names) > DEEPEST:
            return
        path = self._into(names[:-1], node)
        if node.type == "table_array_element":
            array = (*path, names[-1])
            number = self._counts.get(array, 0)
            self._counts[array] = number + 1
            self._put(array, node)
            path = (*array, number)
        else:
            path = (*path, names[-1])
        self._put(path, node)
        for child in node.children:
            if child.type == "pair":
                self._pair(child, path)

    def _into(self, names: tuple[str, ...], node: Node) -> Path:
        """Follow names, which are there from now on; an array stands for its newest element."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
            self._put(path, node)
        return path

    def _pair(self, node: Node, base: Path) -> None:
        key, *rest = node.children
        # Behind the value a comment may stand.
        value = rest[1] if len(rest) > 1 else rest[-1]
        path = base
        for name in self._names(key):
            path = (*path, name)
            self._put(path, key)
        if value.type in HOLDING:
            self._value(value, path)

    def _value(self, node: Node, path: Path) -> None:
        kind = node.type
        if kind == "inline_table":
            for child in node.children:
                if child.type == "pair":
                    self._pair(child, path)
        elif kind == "array":
            items = (child for child in node.named_children if child.type != "comment")
            for number, item in enumerate(items):
                self._put((*path, number), item)
                if item.type in HOLDING:
                    self._value(item, (*path, number))

    def _names(self, node: Node) -> tuple[str, ...]:
        if node.type == "bare_key":
            return (self._source[node.start_byte : node.end_byte].decode("utf-8", "replace"),)
        behind: list[str] = []
        while node.type == "dotted_key":
            # a.b.c is (a.b).c: from the end to the front, however many there are.
            first, *others = [child for child in node.children if child.is_named]
            for child in reversed(others):
                behind += self._names(child)
            node = first
        if behind:
            return (*self._names(node), *reversed(behind))
        text = self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")
        if node.type == "quoted_key" and len(text) >= 2:
            return (_unquoted(text),)
        return (text,)


def _plainly(node: Node) -> Position:
    row, column = node.start_point
    return row + 1, column + 1


def _unquoted(key: str) -> str:
    if "\\" not in key or key.startswith("'"):
        return key[1:-1]
    try:
        return next(iter(tomllib.loads(f"{key} = 1")))
    except tomllib.TOMLDecodeError:
        return key[1:-1]


HOLDING = frozenset({"inline_table", "array"})
"""Values that hold keys or items of their own."""
KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})
