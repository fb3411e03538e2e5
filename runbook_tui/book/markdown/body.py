"""What stands under a step: commands, undo, checks, steps inside; by the labels of its lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from runbook_tui.book.markdown import commands, estimates, gates
from runbook_tui.book.markdown.blocks import Block, Item
from runbook_tui.book.markdown.labels import (
    FINAL,
    IMPOSSIBLE,
    LONGEST,
    NEEDLESS,
    label,
    only_commands,
    spans,
)
from runbook_tui.book.markdown.words import plain
from runbook_tui.book.model import Estimate
from runbook_tui.frozen import frozen

ABOUT_IT = re.compile(
    r"(?:\W|\b(?:this|that|it|the|a|an|is|are|note|warning|caution|important|attention|step|change"
    r"|action|operation|command|once|done|started|run|has|been|and)\b)*",
    re.IGNORECASE,
)


ONLY_LINK = re.compile(r"^[^:：\n]{1,40}[:：]\s*(?:<?https?://\S+|\[[^\]\n]+\]\([^)\n]+\))[.。]?$")
"""A name, and where it is to be found."""


@frozen(kw_only=False)
class Line:
    """A command that stands as code in a line of text."""

    line: int
    text: str


@dataclass(slots=True)
class Body:
    """The parts of a step; ``shown`` are fences that are no commands whatever they look like."""

    run: list[Block | Line] = field(default_factory=list)
    undo: list[Block | Line] = field(default_factory=list)
    shown: list[Block] = field(default_factory=list)
    unclear: list[Block] = field(default_factory=list)
    by_hand: list[tuple[Block, bool]] = field(default_factory=list)
    """Commands that no shell runs, and whether they are the way back; the text has them too."""

    checks: list[Item] = field(default_factory=list)
    inner: list[Item] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    estimate: Estimate | None = None
    irreversible: str = ""
    titled: str = ""
    needs_no_undo: bool = False
    undo_in_words: bool = False
    notes: bool = False
    """Whether bullets without a box are notes here, not checks."""

    _under: str = ""
    """The kind of the label that what follows belongs to."""
    _served: bool = False
    """Whether a block was taken under that label: the next paragraph ends it."""
    _held: str = ""
    """The kind of the title that everything below it belongs to."""
    _before: str = ""
    """The words right before the block that is read now."""

    def read(self, blocks: Iterable[Block]) -> None:
        """Take in blocks, in order."""
        for block in blocks:
            match block.kind:
                case "paragraph":
                    self.paragraph(block.text, block.line)
                    self._before = block.text
                    continue
                case "fence":
                    self._fence(block)
                case "list":
                    self._list(block.items)
                case "quote":
                    self._quote(block.inner)
                case "fold" | "fold-end":
                    self._title(block.text)
            self._before = block.text if block.kind == "fold" else ""

    def title(self, text: str) -> None:
        """Take in the step's own title; “(cannot be undone)” counts there too."""
        self.titled = self._before = text
        if FINAL.search(text[:LONGEST]):
            self.irreversible = text

    def paragraph(self, text: str, line: int) -> None:
        """Take in lines of text, each with its own label."""
        if self._served:
            self._under, self._served = self._held, False
        for offset, words in enumerate(text.split("\n")):
            if words.strip():
                self._line(words, line + offset)

    def said_commands(self) -> Iterator[str]:
        """Code in the words of the step that looks like a command."""
        for text in (self.titled, *self.text):
            if "`" in text:
                yield from (code for code in spans(text) if commands.types(code))

    def _title(self, text: str) -> None:
        """Below a title everything is of its kind, up to the next title."""
        found = label(text.rstrip(" :*_") + ":") if text else None
        if text and (found is None or found.kind != "undo"):
            self.text.append(text)
        self._held = self._under = found.kind if found else ""
        self._served = False

    def _line(self, words: str, line: int) -> None:
        found = label(words)
        inline = only_commands(found.rest) if found else ""
        if self._held == "undo" and (found is None or found.kind != "undo"):
            self._way_back(inline, words, line)
            return
        self.estimate = (
            self.estimate or estimates.in_field(words, line) or estimates.of_waiting(words, line)
        )
        if FINAL.search(words):
            self.irreversible = self.irreversible or words.strip()
        if found is None:
            self._words(words, line)
            return
        self._under = self._held
        if found.kind == "undo":
            self._undo_line(found.rest, inline, words, line)
        elif found.kind == "command" and inline:
            self.run.append(Line(line, inline))
        elif found.kind == "verify" and found.rest:
            self.checks.append(Item(line, words, ordered=False))
        else:
            self.text.append(words)
            if not found.rest or found.rest.endswith(":"):
                self._under = found.kind

    def _words(self, words: str, line: int) -> None:
        """A line that is nothing but code is a command, where its program is a known one."""
        alone = only_commands(words) if words.strip().startswith("`") else ""
        if alone and commands.LOOKS.match(alone) and self._under in {"", "command"}:
            self.run.append(Line(line, alone))
        else:
            self.text.append(words)

    def _undo_line(self, rest: str, inline: str, words: str, line: int) -> None:
        if inline or not rest:
            self._way_back(inline, rest, line)
            self._under = self._held if inline else "undo"
        elif IMPOSSIBLE.search(rest) or FINAL.search(rest):
            self.irreversible = self.irreversible or words.strip()
        elif NEEDLESS.search(rest):
            self.needs_no_undo = True
        else:
            self._way_back("", words, line)
            self._under = "undo"
            self._served = not rest.endswith(":")

    def _way_back(self, inline: str, words: str, line: int) -> None:
        if inline:
            self.undo.append(Line(line, inline))
        elif words.strip():
            self.text.append(words)
            self.undo_in_words = True

    def _fence(self, block: Block) -> None:
        self._served = True
        back = self._under == "undo" or commands.language(block) == "rollback"
        if commands.by_hand(block, self._before) and self._under in {"", "command", "undo"}:
            self.by_hand.append((block, back))
            self.text += ["", *block.text.rstrip("\n").split("\n")]
            self.undo_in_words = self.undo_in_words or back
        elif back:
            certainly = commands.runnable(block, certain=True)
            (self.undo if certainly else self.shown).append(block)
        elif self._under == "shown":
            self.shown.append(block)
        elif self._under == "unsure":
            return
        elif commands.runnable(block, self._under == "command", self._before):
            self.run.append(block)
        elif commands.unclear(block):
            self.unclear.append(block)

    def _list(self, items: list[Item]) -> None:
        if self._under in {"", "command"} and only_code(items):
            self.run += [Line(item.line, only_commands(item.text)) for item in items]
            items = []
        for item in items:
            if self._under == "undo":
                self._undo_item(item)
            elif item.ordered and is_final(item):
                self.paragraph(item.text, item.line)
            elif item.ordered or item.box is not None:
                self.inner.append(item)
            elif item.text.strip():
                self._bullet(item)
            else:
                self.read(item.blocks)
        self._served = True

    def _undo_item(self, item: Item) -> None:
        self._way_back(only_commands(item.text), item.text, item.line)
        for block in item.blocks:
            if block.kind == "fence":
                self._fence(block)

    def _bullet(self, item: Item) -> None:
        """A bullet is a check, unless it is a field: ``- Owner: Ann``, ``- Rollback: `…` ``."""
        first = item.text.split("\n", 1)[0]
        found = label(first)
        if gates.is_field(first) or ONLY_LINK.match(first):
            self.text.append(first)
        elif (found is None or found.kind == "verify") and holds_steps(item.blocks, item.text):
            self.inner.append(item)
        elif found is None and self.notes:
            self.paragraph("- " + item.text, item.line)
            self.read(item.blocks)
            self._under = self._held
        elif found is None or found.kind == "verify" or (found.kind == "shown" and found.rest):
            self.checks.append(item)
        else:
            self.paragraph(item.text, item.line)
            self.read(item.blocks)
            self._under = self._held

    def _quote(self, blocks: list[Block]) -> None:
        """Quoted words count, quoted commands do not: they may be somebody's else."""
        for block in blocks:
            if block.kind == "paragraph":
                self.paragraph(block.text, block.line)


def is_final(item: Item) -> bool:
    """Whether an item says that what is around it cannot be undone, and nothing else."""
    if item.box is not None or item.blocks or not FINAL.search(item.text[:LONGEST]):
        return False
    return ABOUT_IT.fullmatch(FINAL.sub(" ", plain(item.text[:LONGEST]))) is not None


def only_code(items: list[Item]) -> bool:
    """Whether every item is a bullet that is nothing but a command of a known program."""
    return all(
        not _asks(i) and not i.blocks and commands.LOOKS.match(only_commands(i.text)) for i in items
    )


def holds_steps(blocks: Iterable[Block], before: str = "") -> bool:
    """Whether something to do stands in a bullet: a command, numbers, boxes."""
    return holds_command(blocks := list(blocks), before) or any(
        (b.kind == "list" and only_code(b.items))
        or any(_asks(i) or holds_steps(i.blocks, i.text) for i in b.items)
        for b in blocks
    )


def _asks(item: Item) -> bool:
    return item.ordered or item.box is not None


def holds_command(blocks: Iterable[Block], before: str = "") -> bool:
    """Whether one of the blocks is a command to run; ``before`` are the words before the first."""
    for block in blocks:
        if block.kind == "fence" and commands.is_command(block, before=before):
            return True
        before = block.text if block.kind == "paragraph" else ""
    return False
